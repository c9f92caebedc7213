/** An incident as a terminal shows it: what, since when, how it looks before and after, what was changed, and what to type next. */
import type { Finding, Incident, IncidentPage, MeasurePrecision } from '@seaworthy/api/incidents'
import { sparklines } from '../../kernel/sparkline.ts'
import { readableCount, readableDuration, readableNumber, readableNumberOf, readableTime } from './readable.ts'
import { singleLine, type Terminal, type Tone } from './terminal.ts'

const CAUSES_MAX = 8
const CONSEQUENCES_MAX = 8
const SLICES_MAX = 5
const TRANSITIONS_MAX = 8
const CHART_WIDTH_MAX = 40
const STATE_TONES: Readonly<Record<string, Tone>> = { open: 'bad', acknowledged: 'open', silenced: 'open', resolved: 'good' }

type Member = Incident['members'][number]

/** `all`: those that are over are in it. */
export async function tellIncidents({ items, next, suspicions }: IncidentPage, all: boolean, terminal: Terminal): Promise<void> {
  if (items.length === 0) terminal.done(all ? 'There was no incident yet' : 'No incident is going on')
  else
    await terminal.table(
      [
        '#',
        'state',
        { title: 'deployment', widthMin: 10 },
        'since (UTC)',
        { title: 'what', widthMin: 20 },
        { title: 'who', optional: true },
      ],
      items.map((incident) => [
        String(incident.id),
        { text: incident.state, tone: STATE_TONES[incident.state]! },
        incident.deployment,
        readableTime(incident.since).slice(0, 16),
        incident.title,
        incident.resolved?.by ?? incident.silence?.by ?? incident.acknowledged?.by ?? '',
      ]),
    )
  if (suspicions.length > 0) {
    const [first] = suspicions
    terminal.line(
      `\n  ${readableNumberOf(suspicions.length, 'suspicion')}, told to nobody yet: ${singleLine(first!.subject)} (${singleLine(first!.measure)}) ${first!.breaches} of ${first!.sustained} in a row${suspicions.length > 1 ? ' ...' : ''}`,
    )
  }
  if (next !== undefined) terminal.line(terminal.dim('  There are more; --limit and --deployment choose.'))
  const urgent = items.find(({ state }) => state === 'open') ?? items[0]
  if (urgent !== undefined) terminal.next(`seaworthy incidents show ${urgent.id}`)
}

/** `done` says what was just done with it, by somebody who has seen its evidence. */
export function tellIncident(incident: Incident, terminal: Terminal, done?: string): void {
  const { id, state, severity, deployment, title } = incident
  if (done !== undefined) terminal.done(`Incident ${id} is ${done}\n`)
  terminal.line(`${terminal.bold(`Incident ${id}`)}  ${terminal.tone(state, STATE_TONES[state]!)}  ${severity}  ${deployment}`)
  terminal.line(`${terminal.bold(singleLine(title))}\n`)
  terminal.pairs(factsOf(incident))
  if (done === undefined) tellEvidence(incident, terminal)
  if (state === 'resolved')
    return terminal.next(
      ...(incident.verdict === undefined ? [`seaworthy incidents resolve ${id} --verdict real|false-alarm`] : []),
    )
  terminal.line(`\n${terminal.bold('What to do')}  ${incident.advice.sentence}`)
  terminal.next(
    incident.advice.command,
    ...(state === 'open' ? [`seaworthy incidents ack ${id}`] : []),
    `seaworthy incidents resolve ${id} --verdict real|false-alarm`,
  )
}

function tellEvidence(incident: Incident, terminal: Terminal): void {
  const { members } = incident
  const causes = members.filter(({ role }) => role === 'cause')
  for (const member of causes.slice(0, CAUSES_MAX)) tellCause(member, terminal)
  if (causes.length > CAUSES_MAX) terminal.line(`\n  and ${causes.length - CAUSES_MAX} more causes; --json has them`)
  tellConsequences(
    members.filter(({ role }) => role === 'consequence'),
    terminal,
  )
  tellChanges(incident, terminal)
  tellHistory(incident, terminal)
}

function factsOf({
  since,
  window,
  openedAt,
  acknowledged,
  silence,
  resolved,
  verdict,
  channels,
  toldAt,
}: Incident): [string, string][] {
  const until = resolved?.at ?? window.to
  return [
    ['since', `${readableTime(since)} UTC, for ${readableDuration(Math.max(0, until - since))}`],
    ['last seen', `in the window until ${readableTime(window.to)} UTC`],
    [
      'told',
      toldAt === undefined
        ? 'nobody'
        : `on ${channels.join(', ')}, first after ${readableDuration(Math.max(0, openedAt - since))}`,
    ],
    ...(acknowledged === undefined
      ? []
      : [['acknowledged', `by ${acknowledged.by} at ${readableTime(acknowledged.at)} UTC`] as [string, string]]),
    ...(silence === undefined
      ? []
      : [['silenced', `by ${silence.by} until ${readableTime(silence.until)} UTC: ${silence.reason}`] as [string, string]]),
    ...(resolved === undefined
      ? []
      : [
          [
            'resolved',
            `by ${resolved.by} at ${readableTime(resolved.at)} UTC${resolved.reason === undefined ? '' : `: ${resolved.reason}`}`,
          ] as [string, string],
        ]),
    ...(resolved === undefined
      ? []
      : [['verdict', verdict ?? 'nobody has said yet whether it was worth it'] as [string, string]]),
  ]
}

function tellCause({ finding, clearedAt }: Member, terminal: Terminal): void {
  const { sentence, evidence } = finding
  const mark = clearedAt === undefined ? terminal.tone('●', 'bad') : terminal.tone('○', 'good')
  terminal.line(`\n${mark} ${singleLine(sentence)}`)
  terminal.line(
    terminal.dim(
      `  ${numbersOf(finding)}${clearedAt === undefined ? '' : ', over since'}${clearedAt === undefined ? '' : ` ${readableTime(clearedAt)} UTC`}`,
    ),
  )
  const { histogram, slices = [], predictions = [], effect } = evidence ?? {}
  if (histogram !== undefined) tellHistogram(histogram, terminal)
  if (effect !== undefined) terminal.line(`  effect  ${singleLine(effect)}`)
  if (slices.length > 0) {
    const shown = slices
      .slice(0, SLICES_MAX)
      .map(({ slice, value, rows }) =>
        [
          singleLine(slice),
          ...(value === undefined ? [] : [readableNumber(value)]),
          ...(rows === undefined ? [] : [`(${readableCount(rows)} rows)`]),
        ].join(' '),
      )
    terminal.line(`  worst   ${shown.join('\n          ')}`)
  }
  if (predictions.length > 0) terminal.line(`  such as ${predictions.slice(0, SLICES_MAX).map(singleLine).join(', ')}`)
}

type Histogram = NonNullable<NonNullable<Finding['evidence']>['histogram']>

function tellHistogram({ labels, before, after }: Histogram, terminal: Terminal): void {
  const lines = sparklines(before, after, CHART_WIDTH_MAX)
  terminal.line(`  before  ${lines.before}`)
  terminal.line(`  after   ${terminal.tone(lines.after, 'open')}`)
  const moved = mostMoved({ labels, before, after })
  if (moved !== undefined) terminal.line(terminal.dim(`          ${moved}`))
}

/** The bin whose share grew most: what a line of bars shows and does not say. */
function mostMoved({ labels, before, after }: Histogram): string | undefined {
  const growth = after.map((share, at) => share - (before[at] ?? 0))
  const at = growth.indexOf(Math.max(...growth))
  const label = labels?.[at]
  if (label === undefined) return undefined
  const percent = (share: number | undefined) => `${readableNumber(100 * (share ?? 0))} %`
  return `most of it: ${singleLine(label)}, from ${percent(before[at])} to ${percent(after[at])}`
}

/** `data-quality, missing: 0.41, bound 0.02, of 5,000 rows` */
function numbersOf({ kind, measure, slice, value, bound, unit, rows }: Finding): string {
  const number = (is: number) => `${readableNumber(is)}${unit === undefined ? '' : ` ${unit}`}`
  return singleLine(
    [
      `${kind}, ${measure}${slice === undefined ? '' : ` where ${slice}`}${value === undefined ? '' : `: ${number(value)}`}`,
      ...(bound === undefined ? [] : [`bound ${number(bound)}`]),
      ...(rows === undefined ? [] : [`of ${readableCount(rows)} rows`]),
    ].join(', '),
  )
}

function tellConsequences(members: readonly Member[], terminal: Terminal): void {
  if (members.length === 0) return
  terminal.line(`\n${terminal.bold('What that explains')}`)
  for (const { finding, mutedBy } of members.slice(0, CONSEQUENCES_MAX))
    terminal.line(
      `  ${singleLine(finding.sentence)}${mutedBy === undefined ? '' : terminal.dim(`  (by ${singleLine(`${mutedBy.kind} of ${mutedBy.subject}`)})`)}`,
    )
  if (members.length > CONSEQUENCES_MAX) terminal.line(`  and ${members.length - CONSEQUENCES_MAX} more`)
}

function tellChanges({ changes, since }: Incident, terminal: Terminal): void {
  if (changes.length === 0) return
  terminal.line(`\n${terminal.bold('Changed about when it began')}`)
  for (const { time, actor, action, subject, reason } of changes)
    terminal.line(
      `  ${time < since ? `${readableDuration(since - time)} before` : `${readableDuration(time - since)} into its first window`}  ${singleLine(`${actor}: ${action} of ${subject}${reason === undefined ? '' : ` (${reason})`}`)}`,
    )
}

function tellHistory({ transitions }: Incident, terminal: Terminal): void {
  terminal.line(`\n${terminal.bold('What became of it')}`)
  for (const { at, event, actor, reason } of transitions.slice(-TRANSITIONS_MAX))
    terminal.line(
      `  ${readableTime(at)}  ${event} ${terminal.dim(singleLine(`by ${actor}${reason === undefined ? '' : `: ${reason}`}`))}`,
    )
}

export async function tellPrecision(items: readonly MeasurePrecision[], terminal: Terminal): Promise<void> {
  if (items.length === 0) return terminal.line('There was no incident yet.')
  await terminal.table(
    ['kind', 'measure', 'incidents', 'real', 'false alarms', 'not judged', 'precision'],
    items.map(({ kind, measure, incidents, real, falseAlarms, unknown, precision }) => [
      ...[kind, measure, readableCount(incidents), readableCount(real), readableCount(falseAlarms), readableCount(unknown)],
      precision === undefined ? 'not enough data' : `${readableNumber(100 * precision)} %`,
    ]),
  )
  if (items.some(({ unknown }) => unknown > 0)) terminal.next('seaworthy incidents resolve ID --verdict real|false-alarm')
}
