/** A model card after Mitchell et al., "Model Cards for Model Reporting" (2019), made of package, contract and last check. */
import type { GateResult } from '@seaworthy/api/check-report'
import type { CheckDetail } from '@seaworthy/api/evolution'
import type { VersionDetail } from '@seaworthy/api/model'
import { formatAmount, formatBytes, formatInterval, formatNumber, formatWithUnit } from '../../format/number.ts'
import { formatTime } from '../../format/time.ts'
import type { AgreedContract } from './agreed-contract.ts'
import { flatten } from './flatten.ts'

type FactText = readonly [name: string, value: string]
export interface CardSection {
  readonly title: string
  readonly paragraphs?: readonly string[]
  readonly facts?: readonly FactText[]
  /** A text that keeps its lines. */
  readonly code?: string
}
export interface CardSources {
  readonly version: VersionDetail
  readonly contract: AgreedContract | undefined
  /** The last one. */
  readonly check: CheckDetail | undefined
  readonly zone: string
}

export const modelCard = ({ version, contract, check, zone }: CardSources): readonly CardSection[] =>
  [
    purposeOf(contract),
    identityOf(version, zone),
    qualityOf(check, zone),
    limitsOf(check),
    { title: 'What it takes', facts: version.signature.inputs.map((input) => [input.name, inputWords(input)] as const) },
    { title: 'What it gives', facts: version.signature.outputs.map(outputWords) },
    trainingOf(version),
    ...(version.contract === undefined ? [] : [{ title: 'Contract', code: version.contract.trim() }]),
  ].filter(({ paragraphs = [], facts = [], code }: CardSection) => paragraphs.length + facts.length > 0 || code !== undefined)

function purposeOf(contract: AgreedContract | undefined): CardSection {
  const { purpose, serving, owners = {} } = contract ?? {}
  return {
    title: 'What it is for',
    paragraphs: [purpose ?? 'Its contract does not say what it is for.'],
    facts: [
      ...(serving?.mode === undefined
        ? []
        : [['Served as', [serving.mode, serving.because].filter(Boolean).join(': ')] as const]),
      ...Object.entries(owners).map(([trade, who]) => [`Owner, ${trade}`, who] as const),
      ...(contract?.maintenance?.['review-by'] === undefined ? [] : [['Review by', contract.maintenance['review-by']] as const]),
    ],
  }
}

const identityOf = (version: VersionDetail, zone: string): CardSection => ({
  title: 'The model',
  facts: [
    ['Name', version.model],
    ['Version', [version.version, ...version.aliases].join(', ')],
    ['Made', `${formatTime(version.createdAt, zone)} ${zone}, by ${version.createdBy}`],
    ['Format and size', `${version.format}, ${formatBytes(version.bytes)}`],
    ['Digest', version.digest],
    ['Signed by key', version.keyId],
  ],
})

function qualityOf(check: CheckDetail | undefined, zone: string): CardSection {
  if (check === undefined) return { title: 'Quality', paragraphs: ['It was not checked against its contract yet.'] }
  const { report, verdict, createdAt, createdBy } = check
  const says = `The last check, of ${formatTime(createdAt, zone)} ${zone} by ${createdBy}, on ${formatAmount(report.snapshotRows, 'row')}, says: ${verdict.replaceAll('-', ' ')}.`
  return { title: 'Quality', paragraphs: [says], facts: report.gates.map((gate) => [gate.measured, gateWords(gate)] as const) }
}

function gateWords({ value, interval, bound, unit, verdict, explanation }: GateResult): string {
  if (value === undefined) return `${verdict.replaceAll('-', ' ')}: ${explanation}`
  const number = unit === undefined ? formatInterval(value, interval?.[0], interval?.[1]) : formatWithUnit(value, unit)
  const least = bound?.min === undefined ? '' : `, at least ${formatWithUnit(bound.min, unit)}`
  const most = bound?.max === undefined ? '' : `, at most ${formatWithUnit(bound.max, unit)}`
  return `${number}${least}${most}: ${verdict.replaceAll('-', ' ')}`
}

/** What the check could not say or did not like, and where the model is worst. */
const limitsOf = (check: CheckDetail | undefined): CardSection => ({
  title: 'Limits',
  paragraphs: (check?.report.gates ?? [])
    .filter(({ gate, verdict }) => verdict !== 'pass' || gate === 'slices')
    .map(({ measured, explanation }) => `${measured}: ${explanation}`),
})

function trainingOf({ lineage, runId, metrics, environment }: VersionDetail): CardSection {
  return {
    title: 'Data and training',
    facts: [
      ['Snapshot', lineage.snapshotDigest ?? 'not told'],
      ['Outcome', lineage.outcome ?? 'not told'],
      ['Run', runId ?? 'brought from elsewhere'],
      ...(lineage.commit === undefined ? [] : [['Commit', lineage.commit] as const]),
      ...(lineage.seed === undefined ? [] : [['Seed', String(lineage.seed)] as const]),
      ...Object.entries(metrics).map(([name, value]) => [`${name}, said by training`, formatNumber(value)] as const),
      ...flatten(lineage.parameters ?? {}),
      ...flatten(environment),
    ],
  }
}

function inputWords({ type, nullable, min, max, categories }: VersionDetail['signature']['inputs'][number]): string {
  const range =
    min === undefined || max === undefined ? '' : `, ${formatNumber(min)} to ${formatNumber(max)} in the training data`
  const known = categories === undefined ? '' : `, ${categories.length} known`
  return `${type}${range}${known}${nullable ? ', may be missing' : ''}`
}

const outputWords = ({ name, type, classes }: VersionDetail['signature']['outputs'][number]): FactText => [
  name,
  classes === undefined ? type : `${type} of ${classes.join(', ')}`,
]
