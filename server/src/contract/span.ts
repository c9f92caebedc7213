import { z } from 'zod'
import { durationMs } from './duration.ts'

const SPAN = /^last ([1-9]\d{0,5}[smhdw])$/

/** A span of the journal that ends now, as people write it: `last 60d`. */
export const Span = z
  .string()
  .regex(SPAN, 'a span is "last" and a duration: last 60d, last 12h, last 8w')
  .describe('"last" and a duration: last 60d, last 12h, last 8w.')

/** Milliseconds of a valid span. */
export const spanMs = (span: string): number => durationMs(SPAN.exec(span)![1]!)
