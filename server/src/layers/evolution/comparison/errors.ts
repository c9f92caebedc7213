import { defineError } from '../../../kernel/errors.ts'

/** A rule of `maintenance.compare.require` that means nothing here. HTTP 422. */
export const ComparisonRuleInvalid = defineError({
  code: 'COMPARISON_RULE_INVALID',
  status: 422,
  message: (d: { rule: string }) => `"${d.rule}" is no rule for a comparison.`,
  hint: () =>
    'Write better-with-95%-confidence, better-by-0.01-with-95%-confidence, not-worse-with-95%-confidence or not-worse-by-0.01-with-95%-confidence; the confidence is from 50% to 99.99%.',
})

/** Two versions that were not judged on the same rows. HTTP 422. */
export const ComparisonUnpaired = defineError({
  code: 'COMPARISON_UNPAIRED',
  status: 422,
  message: (d: { reason: string }) => `The versions cannot be compared row by row: ${d.reason}.`,
  hint: () => 'Score the same rows with both versions, and give their outcomes in the same order.',
})

/** Versions, rows or a contract of which nothing can be compared. HTTP 422. */
export const ComparisonImpossible = defineError({
  code: 'COMPARISON_IMPOSSIBLE',
  status: 422,
  message: (d: { model: string; reason: string }) => `The versions of "${d.model}" cannot be compared: ${d.reason}.`,
  hint: () =>
    'A comparison needs two versions, a contract with an outcome, and rows that neither was trained on: seaworthy compare A B --on evaluation, or --on "last 14d".',
})
