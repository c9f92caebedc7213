/** A model card after Mitchell et al., "Model Cards for Model Reporting" (2019), made of what the package and the last check say. */
import type { Check } from '@seaworthy/api/evolution'
import type { VersionDetail } from '@seaworthy/api/model'
import { formatBytes, formatNumber } from '../../format/number.ts'
import { formatTime } from '../../format/time.ts'
import { flatten } from './flatten.ts'

export interface CardSection {
  readonly title: string
  readonly paragraphs?: readonly string[]
  readonly facts?: readonly (readonly [name: string, value: string])[]
}

export function modelCard(version: VersionDetail, check: Check | undefined, zone: string): readonly CardSection[] {
  const { signature, lineage, metrics } = version
  return [
    {
      title: 'The model',
      facts: [
        ['Name', version.model],
        ['Version', String(version.version)],
        ['Made', `${formatTime(version.createdAt, zone)} ${zone}, by ${version.createdBy}`],
        ['Format and size', `${version.format}, ${formatBytes(version.bytes)}`],
        ['Digest', version.digest],
        ['Signed by key', version.keyId],
      ],
    },
    {
      title: 'What it takes',
      facts: signature.inputs.map((input) => [input.name, inputWords(input)] as const),
    },
    {
      title: 'What it gives',
      facts: signature.outputs.map(
        ({ name, type, classes }) => [name, classes === undefined ? type : `${type} of ${classes.join(', ')}`] as const,
      ),
    },
    {
      title: 'Data and training',
      facts: [
        ['Snapshot', lineage.snapshotDigest ?? 'not told'],
        ['Outcome', lineage.outcome ?? 'not told'],
        ['Run', version.runId ?? 'brought from elsewhere'],
        ...(lineage.seed === undefined ? [] : [['Seed', String(lineage.seed)] as const]),
        ...flatten(lineage.parameters ?? {}),
        ...flatten(version.environment),
      ],
    },
    {
      title: 'Quality',
      paragraphs: [
        check === undefined
          ? 'It was not checked against its contract yet.'
          : `The last check, ${check.id} of ${formatTime(check.createdAt, zone)} ${zone}, says: ${check.verdict.replaceAll('-', ' ')}.`,
        ...(Object.keys(metrics).length === 0 ? [] : ['Training said of itself, and no gate believes it:']),
      ],
      facts: Object.entries(metrics).map(([name, value]) => [name, formatNumber(value)] as const),
    },
    ...(version.contract === undefined ? [] : [{ title: 'Contract', paragraphs: version.contract.split(/\n{2,}/) }]),
  ]
}

function inputWords({ type, nullable, min, max, categories }: VersionDetail['signature']['inputs'][number]): string {
  const range =
    min === undefined || max === undefined ? '' : `, ${formatNumber(min)} to ${formatNumber(max)} in the training data`
  const known = categories === undefined ? '' : `, ${categories.length} known`
  return `${type}${range}${known}${nullable ? ', may be missing' : ''}`
}

/** Text of strangers stands in tables and paragraphs; what Markdown would take for its own is escaped. */
const escape = (text: string) => text.replaceAll(/([\\`*_{}[\]<>|#!])/g, '\\$1').replaceAll('\n', ' ')

export function toMarkdown(title: string, sections: readonly CardSection[]): string {
  const parts = sections.map(({ title: name, paragraphs = [], facts = [] }) =>
    [
      `## ${name}`,
      ...(name === 'Contract' ? [fenced(paragraphs.join('\n\n'))] : paragraphs.map(escape)),
      ...(facts.length === 0
        ? []
        : [['| | |', '| --- | --- |', ...facts.map(([key, value]) => `| ${escape(key)} | ${escape(value)} |`)].join('\n')]),
    ].join('\n\n'),
  )
  return `# Model card: ${escape(title)}\n\n${parts.join('\n\n')}\n`
}

/** A fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}yaml\n${text}\n${fence}`
}
