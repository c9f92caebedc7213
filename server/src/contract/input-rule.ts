import { z } from 'zod'

export const OnInvalid = z
  .enum(['reject', 'impute', 'flag'])
  .describe('What happens to a value out of range or an unknown category. Wrong types are always refused.')

/** What is agreed about one input, beyond what the model's signature says. */
export const InputRule = z
  .strictObject({
    type: z.enum(['integer', 'number', 'boolean', 'category', 'text', 'tensor']),
    unit: z.string().min(1).max(40).optional().describe('Unit of measurement, as people call it: miles, EUR, °C.'),
    min: z.number().optional().describe('Smallest valid value.'),
    max: z.number().optional().describe('Largest valid value.'),
    nullable: z.boolean().optional().describe('May be missing. Default: as in the training data.'),
    'on-invalid': OnInvalid.optional(),
    impute: z.union([z.number(), z.string(), z.boolean()]).optional().describe('The value that stands in under impute.'),
  })
  .check(({ value: rule, issues }) => {
    const complain = (path: string, message: string) => issues.push({ code: 'custom', path: [path], message, input: rule })
    const numeric = rule.type === 'integer' || rule.type === 'number'
    if (!numeric && rule.min !== undefined) complain('min', `${rule.type} has no range`)
    if (!numeric && rule.max !== undefined) complain('max', `${rule.type} has no range`)
    if (rule.min !== undefined && rule.max !== undefined && rule.min > rule.max)
      complain('max', `max (${rule.max}) is below min (${rule.min})`)
    if (rule['on-invalid'] === 'impute' && rule.impute === undefined) complain('on-invalid', 'impute needs a value: add impute')
    const problem = rule.impute === undefined ? undefined : unfit(rule, rule.impute)
    if (problem !== undefined) complain('impute', problem)
  })
export type InputRule = Readonly<z.infer<typeof InputRule>>

function unfit(rule: { type: string; min?: number | undefined; max?: number | undefined }, value: number | string | boolean) {
  const expected = { integer: 'number', number: 'number', boolean: 'boolean', category: 'string', text: 'string' }[rule.type]
  if (expected === undefined) return `${rule.type} cannot be imputed`
  if (typeof value !== expected || (rule.type === 'integer' && !Number.isInteger(value)))
    return `${JSON.stringify(value)} is no ${rule.type}`
  if (typeof value !== 'number') return undefined
  if (rule.min !== undefined && value < rule.min) return `${value} is below min (${rule.min})`
  return rule.max !== undefined && value > rule.max ? `${value} is above max (${rule.max})` : undefined
}
