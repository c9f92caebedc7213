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
    if (issue.code !== 'unrecognized_keys') return [`${issue.path.join('.')}: ${issue.message}`]
    return issue.keys.map((key) => {
      const meant = nearest(key, Object.keys(ConfigSchema.shape))
      return `${key}: there is no such setting${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })
  })
  throw new ConfigInvalid({ problems })
}
