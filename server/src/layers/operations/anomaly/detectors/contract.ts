/**
 * One way to notice that a stream of numbers is no longer what it was. A file beside this one that declares a detector makes it
 * a choice of monitoring. `input` says what it may be fed: `error` the error of each prediction from 0 to 1, as outcomes come;
 * `value` any number, errors included.
 *
 * Defaults are chosen for long streams: on 200 streams of 20,000 values without a change (40 for KSWIN), no detector gave more than
 * one false alarm in 40 streams; of an error rate that goes from 10 % to 20 % they hear after 200 to 600 values in the median.
 */
import { z } from 'zod'
import type { DetectorSnapshot, DriftDetector } from '../../../../stats/drift-detector.ts'
import { DetectorOptionsInvalid } from '../errors.ts'

export interface Detector {
  readonly id: string
  readonly title: string
  readonly input: 'error' | 'value'
  readonly options: z.ZodObject
  /**
   * A detector with these settings, defaults for the rest, that goes on from a snapshot or begins anew. Throws
   * DetectorOptionsInvalid and DetectorSnapshotInvalid.
   */
  create(options?: unknown, restored?: DetectorSnapshot): DriftDetector
}

export function defineDetector<S extends z.ZodObject>(
  spec: Omit<Detector, 'options' | 'create'> & {
    readonly options: S
    create(options: z.infer<S>, restored?: DetectorSnapshot): DriftDetector
  },
): Detector {
  return Object.freeze<Detector>({
    ...spec,
    create(options = {}, restored) {
      const parsed = spec.options.safeParse(options)
      if (parsed.success) return spec.create(parsed.data, restored)
      const reason = parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')
      throw new DetectorOptionsInvalid({ detector: spec.id, reason, names: Object.keys(spec.options.shape) })
    },
  })
}

/** A probability that decides an alarm. */
export const probability = z.number().gt(0).lt(1)
