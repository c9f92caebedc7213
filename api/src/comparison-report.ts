/** The report of a comparison, as it is stored: metrics and slices with intervals, cost, and the decision. */
import { z } from 'zod'

export const ReportedDifference = z.looseObject({
  metric: z.string(),
  better: z.enum(['higher', 'lower']),
  rows: z.number(),
  champion: z.number(),
  challenger: z.number(),
  improvement: z
    .object({ value: z.number(), low: z.number(), high: z.number(), confidence: z.number() })
    .describe('In the unit of the metric, above 0 where the challenger is better.'),
  p: z.number(),
  method: z.string(),
})
export type ReportedDifference = z.infer<typeof ReportedDifference>
const ReportedShortfall = z.looseObject({ metric: z.string(), rows: z.number(), shortfall: z.string() })

export const ComparisonReport = z.looseObject({
  model: z.string(),
  champion: z.int(),
  rows: z.looseObject({ words: z.string(), digest: z.string(), compared: z.number(), withoutOutcome: z.number() }),
  rule: z.string().describe('As the contract writes it.'),
  versions: z.array(
    z.looseObject({
      name: z.string(),
      version: z.int(),
      bytes: z.number(),
      runMs: z.number(),
      rowMs: z.number(),
      rowsUnanswered: z.number(),
    }),
  ),
  challengers: z.array(
    z.looseObject({
      name: z.string(),
      version: z.int(),
      metrics: z.array(z.union([ReportedDifference, ReportedShortfall])).describe('The first decides.'),
      slices: z.array(z.looseObject({ label: z.string(), difference: ReportedDifference, isHarmed: z.boolean() })),
      slicesCompared: z.number(),
      slicesUnjudged: z.number(),
    }),
  ),
  decision: z.looseObject({
    verdict: z.enum(['promote', 'keep', 'not-enough-data']),
    winner: z.int().optional(),
    summary: z.string(),
    challengers: z
      .array(z.looseObject({ name: z.string(), reasons: z.array(z.string()).describe('Sentences with the numbers.') }))
      .default([]),
  }),
  createdAt: z.number(),
})
export type ComparisonReport = z.infer<typeof ComparisonReport>
