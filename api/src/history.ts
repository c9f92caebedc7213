/** What a deployment's windows look like: profiles, drift and quality over time. */
import { z } from 'zod'
import { defineEndpoint, Name, TimeMs } from './endpoint.ts'
import { Prediction, Slice } from './operations.ts'

const OfDeployment = z.object({ deployment: Name })
const SpanQuery = z.object({
  from: z.coerce.number().int().optional().describe('First moment, milliseconds since 1970. Default: that of the last window.'),
  to: z.coerce
    .number()
    .int()
    .optional()
    .describe('First moment that is not meant any more. Default: the end of the last window.'),
  slice: Slice.optional().describe('Only rows like this; read from the journal, the newest 200,000 of them.'),
  version: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('On the bins of this version. Default: the one that was watched last.'),
  measure: z.string().max(100).optional().describe("Instead of the contract's."),
})
const Spread = z.object({ min: z.number(), max: z.number(), mean: z.number(), std: z.number().optional() })
const Summary = z.object({
  name: z.string(),
  type: z.string(),
  missing: z.number(),
  wrongType: z.number(),
  distinct: z.number().describe('Estimated; within `distinctErrorPercent`, one standard error.'),
  distinctErrorPercent: z.number(),
  nan: z.number().optional(),
  infinite: z.number().optional(),
  numbers: Spread.optional(),
  quantiles: z.array(z.number()).optional().describe('At 5, 25, 50, 75 and 95 %.'),
  frequent: z.array(z.tuple([z.string(), z.number()])).optional(),
  frequentError: z.number().optional(),
  length: Spread.optional(),
})
export const DriftVerdictView = z.object({
  measure: z.string(),
  title: z.string(),
  unit: z.string(),
  because: z.string().describe('Why this measure.'),
  verdict: z.enum(['no-drift', 'drift', 'not-enough-data']),
  value: z.number().optional(),
  effectFloor: z.number().describe('Below it a change is too small to matter.'),
  chance: z.number().optional().describe('What chance alone reaches as often as a false alarm is bearable.'),
  pValue: z.number().optional(),
  rowsNeeded: z.number().optional(),
  sentence: z.string(),
  changes: z
    .array(z.object({ label: z.string(), kind: z.string(), before: z.number(), after: z.number(), z: z.number() }))
    .optional()
    .describe('What changed most, surest first; shares of rows.'),
})
const About = z.object({
  deployment: Name,
  from: TimeMs,
  to: TimeMs,
  rows: z.number(),
  version: z.int().describe('Whose bins they are on.'),
  source: z.enum(['windows', 'journal']),
  windows: z.int(),
  windowsOfOthers: z.int().describe('Windows of the span that were watched with another version, and are not in it.'),
  truncated: z.boolean().describe('Older rows of the span are not in it.'),
})

export const ProfileView = About.extend({
  columns: z.array(Summary.extend({ verdict: DriftVerdictView.optional().describe('Against the training data.') })),
})
export type ProfileView = z.infer<typeof ProfileView>
export const getProfile = defineEndpoint({
  id: 'getProfile',
  method: 'GET',
  path: '/v1/deployments/:deployment/profile',
  summary: 'What the inputs of a span look like, and how far each column lies from the training data',
  layer: 'operations',
  params: OfDeployment,
  query: SpanQuery,
  reply: ProfileView,
})

export const ColumnView = About.extend({
  column: z.string(),
  type: z.string(),
  family: z.enum(['numbers', 'values']),
  against: z.string().describe('`baseline`, or the span that it is held against, `FROM..TO`.'),
  bins: z.array(
    z.object({
      kind: z
        .enum(['missing', 'infinite', 'wrong-type', 'below', 'range', 'above', 'value', 'new', 'rest'])
        .describe('`new`: values never seen in training; `rest`: seen, and not listed.'),
      label: z.string(),
      reference: z.number().describe('Rows.'),
      window: z.number(),
    }),
  ),
  rowsOf: z.object({ reference: z.number(), window: z.number() }),
  quantiles: z.object({ shares: z.array(z.number()), reference: z.array(z.number()), window: z.array(z.number()) }).optional(),
  summary: Summary,
  referenceSummary: Summary.optional().describe('Of a span; the training data has the bins and the quantiles.'),
  verdict: DriftVerdictView.optional(),
})
export type ColumnView = z.infer<typeof ColumnView>
export const getProfileColumn = defineEndpoint({
  id: 'getProfileColumn',
  method: 'GET',
  path: '/v1/deployments/:deployment/profile/columns/:column',
  summary: 'One column of a span beside the training data, or beside any other span, on the same bins',
  layer: 'operations',
  params: OfDeployment.extend({ column: z.string().min(1).max(200) }),
  query: SpanQuery.extend({
    against: z
      .string()
      .regex(
        /^(baseline|\d{1,15}\.\.\d{1,15})$/,
        'a reference is baseline, or a span of milliseconds such as 1764000000000..1764003600000',
      )
      .default('baseline'),
  }),
  reply: ColumnView,
})

const cells = <T extends z.ZodType>(of: T) => z.array(of.nullable())
const Kind = z.enum(['feed', 'data-quality', 'drift', 'prediction-drift', 'quality', 'release'])
const State = z.enum(['ok', 'breach', 'not-enough-data'])
export const FindingSeriesView = z.object({
  deployment: Name,
  windows: z.array(z.object({ from: TimeMs, to: TimeMs, version: z.int(), rows: z.number() })).describe('Oldest first.'),
  series: z
    .array(
      z.object({
        kind: Kind,
        subject: z.string(),
        measure: z.string(),
        slice: z.string().optional(),
        unit: z.string().optional(),
        states: cells(State),
        values: cells(z.number()),
        bounds: cells(z.number()),
        rows: cells(z.number()),
        chances: cells(z.number()).optional(),
        intervals: cells(z.object({ low: z.number(), high: z.number() })).optional(),
        coverages: cells(z.number()).optional(),
        estimates: cells(z.object({ value: z.number(), low: z.number(), high: z.number() })).optional(),
        spans: cells(z.object({ from: TimeMs, to: TimeMs }))
          .optional()
          .describe('What it is about, where that is not the window.'),
      }),
    )
    .describe('Lists have an entry for each window, null where it found nothing of this. Worst first.'),
  truncated: z.boolean().describe('Older windows were left out.'),
  marks: z
    .array(z.object({ at: TimeMs, version: z.int(), how: z.enum(['launch', 'release', 'rollback']), by: z.string() }))
    .describe('When another version became champion, in the span of the windows.'),
})
export type FindingSeriesView = z.infer<typeof FindingSeriesView>
export const getFindingSeries = defineEndpoint({
  id: 'getFindingSeries',
  method: 'GET',
  path: '/v1/deployments/:deployment/findings',
  summary: 'What the monitor found over time: the heat map of drift, data quality, quality with interval and coverage',
  layer: 'operations',
  params: OfDeployment,
  query: z.object({
    kind: z
      .string()
      .regex(/^[a-z-]+(,[a-z-]+)*$/)
      .default('drift,prediction-drift')
      .transform((text) => text.split(','))
      .pipe(z.array(Kind).max(6))
      .describe('drift, prediction-drift, data-quality, quality, feed; several with commas between them.'),
    from: z.coerce.number().int().optional(),
    to: z.coerce.number().int().optional(),
    limit: z.coerce.number().int().min(1).max(1_000).default(168).describe('Most windows, the newest.'),
    slices: z.stringbool().default(false).describe('true: what was found in slices, too.'),
  }),
  reply: FindingSeriesView,
})

export const FarthestRowsView = z.object({
  deployment: Name,
  from: TimeMs,
  to: TimeMs,
  items: z
    .array(
      z.object({
        prediction: Prediction,
        score: z.number().describe('Exceeded by about 10^-score of rows like those of the training data.'),
        columns: z
          .array(z.object({ column: z.string(), share: z.number() }))
          .describe('The farthest out first, with the share of training rows at least as far out.'),
      }),
    )
    .describe('The farthest first; none below a score of 2.'),
  scored: z.int().describe('Rows that were looked at, the newest 20,000 of the span.'),
  outliers: z.int().describe('How many of them score 2 or more; one in a hundred is usual.'),
  truncated: z.boolean().describe('Older rows of the span were not looked at.'),
})
export type FarthestRowsView = z.infer<typeof FarthestRowsView>
export const listOutliers = defineEndpoint({
  id: 'listOutliers',
  method: 'GET',
  path: '/v1/deployments/:deployment/outliers',
  summary: 'The predictions of a span whose inputs lie farthest outside of the training data of their version',
  layer: 'operations',
  params: OfDeployment,
  query: SpanQuery.pick({ from: true, to: true, slice: true }).extend({
    limit: z.coerce.number().int().min(1).max(100).default(10),
  }),
  reply: FarthestRowsView,
})
