import { z } from 'zod'
import { OptionsInvalid } from '../errors.ts'

/** What the trees lower: log loss gives a probability of a yes-or-no outcome, squared error an expected number. */
export const Objective = z.enum(['log-loss', 'squared-error'])
export type Objective = z.infer<typeof Objective>

/** Defaults are those under which boosted trees are commonly compared; every one can be set. */
export const BoostedTreesOptions = z.strictObject({
  outcome: z.string().min(1).describe('Column to learn. Rows in which it is missing are left out.'),
  columns: z
    .array(z.string().min(1))
    .min(1)
    .max(4_096)
    .readonly()
    .optional()
    .describe('Columns to learn from. Default: all but the outcome.'),
  objective: Objective.optional().describe('Default: log-loss for a boolean outcome, squared-error for a number.'),
  seed: z.int().min(0).default(1).describe('Chooses the held-back rows and the samples. The same seed gives the same bytes.'),
  treesMax: z.int().min(1).max(10_000).default(300).describe('Trees to add at most.'),
  learningRate: z.number().min(0.001).max(1).default(0.1).describe('Share of each step that is taken.'),
  depthMax: z.int().min(1).max(16).default(6).describe('Splits from the root to a leaf.'),
  leavesMax: z.int().min(2).max(4_096).default(64).describe('Leaves of a tree. The leaf that gains most is split first.'),
  binsMax: z
    .int()
    .min(2)
    .max(255)
    .default(255)
    .describe('Different values of a number that are told apart, and categories of a category.'),
  childRowsMin: z.int().min(1).default(5).describe('Rows on each side of a split.'),
  childHessianMin: z.number().min(0).default(0.001).describe('Curvature of the loss on each side of a split.'),
  l2: z.number().min(0).max(1e6).default(1).describe('Pull of the leaves to zero, in rows of curvature 1.'),
  gainMin: z.number().min(0).default(0).describe('Loss that a split must save.'),
  rowShare: z.number().min(0.01).max(1).default(1).describe('Rows that each tree sees.'),
  columnShare: z.number().min(0.01).max(1).default(1).describe('Columns that each tree sees.'),
  categoryRowsMin: z
    .int()
    .min(1)
    .default(10)
    .describe('Rows of a node below which a category has no say and goes with the missing ones.'),
  categorySmoothing: z.number().min(0).default(10).describe('Curvature added to each category when they are put in order.'),
  categoryL2: z
    .number()
    .min(0)
    .default(10)
    .describe('Pull to zero added when a split by categories is judged: it had more freedom than a threshold.'),
  validationShare: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe('Rows held back to know when to stop, when no validation table is given. 0: never stop early.'),
  patience: z
    .int()
    .min(1)
    .max(10_000)
    .default(30)
    .describe('Trees without a better loss on the held-back rows after which training stops.'),
})
export type BoostedTreesOptions = Readonly<z.infer<typeof BoostedTreesOptions>>
/** As a script writes them: only the outcome is needed. */
export type BoostedTreesInput = Readonly<z.input<typeof BoostedTreesOptions>>

/** Throws OptionsInvalid. */
export function parseOptions(input: unknown): BoostedTreesOptions {
  const parsed = BoostedTreesOptions.safeParse(input)
  if (parsed.success) return parsed.data
  const reason = parsed.error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
  throw new OptionsInvalid({ trainer: 'boosted-trees', reason })
}
