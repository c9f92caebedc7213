import type { z } from 'zod'
import { defineError } from '../kernel/errors.ts'
import { nearest } from '../kernel/nearest.ts'
import { type Config, ConfigSchema } from './config.ts'

/** Settings that are wrong, all of them in one message. HTTP 422, exit code 2. */
export const ConfigInvalid = defineError({
  code: 'CONFIG_INVALID',
  status: 422,
  message: (d: { problems: readonly string[] }) =>
    `The configuration has ${d.problems.length === 1 ? 'a problem' : `${d.problems.length} problems`}:\n${d.problems.map((problem) => `  - ${problem}`).join('\n')}`,
  hint: () => 'Every setting, its unit and its bounds are listed in docs/reference/config.md.',
})

/** Reads the settings from the environment, once. Unknown `SEAWORTHY_*` names are refused: a typo must not be a silent default. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const ours = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name.startsWith('SEAWORTHY_') && value !== undefined && value !== ''),
  )
  const parsed = ConfigSchema.safeParse(ours)
  if (parsed.success) return Object.freeze(parsed.data)
  const problems = parsed.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [`${issue.path.join('.')}: ${told(issue, ours)}`]
    return issue.keys.map((key) => {
      const meant = nearest(key, Object.keys(ConfigSchema.shape))
      return `${key}: there is no such setting${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })
  })
  throw new ConfigInvalid({ problems })
}

/** The value is shown where it is no secret; an address may hold a password. */
function told(issue: z.core.$ZodIssue, given: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0])
  if (issue.code === 'invalid_format' && issue.format === 'url')
    return `this is no address; write ${name === 'SEAWORTHY_DATABASE_URL' ? 'postgres://USER:PASSWORD@HOST/DATABASE' : 'http://HOST:PORT'}`
  const message = issue.code === 'invalid_type' ? `expected a ${issue.expected}` : issue.message
  return `${message}, got ${JSON.stringify(given[name]?.slice(0, 40))}`
}
