/** How far one prediction is from what happened: 0 is right, and the mean over rows is least for the model that knows most. */

export interface LossOutput {
  readonly name: string
  readonly type: string
  readonly classes?: readonly string[] | undefined
}

const YES = /^(1|1\.0|true|yes|t|y)$/i
const NO = /^(0|0\.0|false|no|f|n)$/i

/**
 * The Brier score (G. Brier, 1950) for probabilities, in 0..1; a mistake is 1 for categories and truth values; the squared
 * error for numbers. Undefined where output and outcome cannot be compared.
 */
export function rowLoss(
  { name, type, classes = [] }: LossOutput,
  outputs: Readonly<Record<string, unknown>>,
  outcome: number | string | boolean,
): number | undefined {
  const said = outputs[name]
  switch (type) {
    case 'probability':
      return squared(said, truthOf(outcome, classes))
    case 'boolean':
      return typeof said === 'boolean' ? squared(Number(said), truthOf(outcome, classes)) : undefined
    case 'probabilities':
      return brier(said, String(outcome), classes)
    case 'category':
      return said === String(outcome) ? 0 : 1
    case 'number':
    case 'integer':
      return squared(said, typeof outcome === 'number' ? outcome : undefined)
    default:
      return undefined
  }
}

const squared = (said: unknown, happened: number | undefined): number | undefined =>
  typeof said === 'number' && happened !== undefined && Number.isFinite(said) ? (said - happened) ** 2 : undefined

function truthOf(outcome: number | string | boolean, classes: readonly string[]): number | undefined {
  const word = String(outcome)
  if (classes.length === 2 && classes.includes(word)) return classes.indexOf(word)
  return YES.test(word) ? 1 : NO.test(word) ? 0 : undefined
}

/** Halved, so that it stays in 0..1 and is that of a probability when there are two classes. */
function brier(said: unknown, happened: string, classes: readonly string[]): number | undefined {
  if (typeof said !== 'object' || said === null) return undefined
  const pairs: [string, unknown][] = Array.isArray(said)
    ? said.map((value: unknown, i): [string, unknown] => [classes[i] ?? String(i), value])
    : Object.entries(said)
  let sum = 0
  for (const [label, value] of pairs) {
    if (typeof value !== 'number') return undefined
    sum += (value - (label === happened ? 1 : 0)) ** 2
  }
  return pairs.some(([label]) => label === happened) ? sum / 2 : undefined
}
