import { commands } from './commands.ts'
import { EXIT } from './report-error.ts'

/** Markdown of every command with its arguments, options and examples, as `--help` tells them. */
export async function commandReference(): Promise<string> {
  const sections = await Promise.all(
    commands.map(async ({ name, summary, load }) => sectionOf(name, summary, (await load()).default)),
  )
  const codes = Object.entries(EXIT).map(([meaning, code]) => `| ${code} | ${MEANINGS[meaning as keyof typeof EXIT]} |`)
  return [
    '# Commands',
    '',
    'Every command takes `--json` (one JSON document on standard output, for machines), `--quiet`, `--no-color` and `--help`.',
    'A version is named `NAME@3`, `NAME@champion` (an alias), or `NAME` (the newest).',
    '',
    ...sections,
    '## Exit codes',
    '',
    '| code | meaning |',
    '|---|---|',
    ...codes,
    '',
  ].join('\n')
}

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done',
  failed: 'it failed; the message says why',
  usage: 'the command line, a setting or the contract cannot be understood',
  notFound: 'something that was named is not there',
  refused: 'refused: a check did not pass, or there is none',
  unreachable: 'the server does not answer',
  stopped: 'stopped by Ctrl-C',
}

type Loaded = Awaited<ReturnType<(typeof commands)[number]['load']>>['default']

function sectionOf(name: string, summary: string, { usage, options, examples }: Loaded): string {
  const rows = options.map(({ flags, about }) => `| \`${flags}\` | ${about} |`)
  return [
    `## seaworthy ${name}`,
    '',
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    '',
    '```',
    ...[`seaworthy ${name} ${usage}`.trim() + (options.length > 0 ? ' [options]' : '')],
    '```',
    '',
    ...(rows.length > 0 ? ['| option | what |', '|---|---|', ...rows, ''] : []),
    'Examples:',
    '',
    '```sh',
    ...examples,
    '```',
    '',
  ].join('\n')
}
