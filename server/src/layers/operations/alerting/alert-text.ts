/** An alert in words, for every channel that is read by people. Plain text; whoever needs marks or tags escapes it first. */
import type { AlertEvent, AlertFinding, AlertMessage } from './alert-message.ts'

const EVENT_WORDS: Readonly<Record<AlertEvent, string>> = {
  open: 'Incident',
  change: 'Incident grew',
  repeat: 'Incident goes on',
  escalate: 'Nobody answers',
  acknowledge: 'Acknowledged',
  reopen: 'Incident goes on after its silence',
  resolve: 'Resolved',
  test: 'Test',
}

const shortTime = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')

/** `Incident 12, flight-delay: half of distance is missing` */
export const headlineOf = ({ event, incident: { id, deployment, title } }: AlertMessage): string =>
  event === 'test' ? title : `${EVENT_WORDS[event]}${event === 'open' ? '' : ': incident'} ${id}, ${deployment}: ${title}`

/** `since` and `until`, what is found, what follows from it, what was changed before, what to do. One fact a line. */
export function linesOf({ event, actor, reason, incident }: AlertMessage): readonly string[] {
  if (event === 'test') return ['If you read this, the channel works.']
  const { causes, causesCount, consequences, consequencesCount, changes, advice, examples, id } = incident
  const more = (shown: number, count: number) => (count > shown ? [`  and ${count - shown} more`] : [])
  return [
    `Since ${shortTime(incident.since)} UTC, last seen until ${shortTime(incident.window.to)} UTC, ${incident.severity}.`,
    ...(actor === undefined ? [] : [`By ${actor}${reason === undefined ? '' : `: ${reason}`}.`]),
    ...causes.flatMap(findingLines),
    ...more(causes.length, causesCount),
    ...(consequencesCount === 0 ? [] : ['Explained by that:']),
    ...consequences.map((sentence) => `  ${sentence}`),
    ...more(consequences.length, consequencesCount),
    ...changes.map((change) => `Changed then: ${change}`),
    ...(examples.length === 0 ? [] : [`Predictions that show it: ${examples.join(', ')}`]),
    ...(event === 'resolve' ? [] : [`${advice.sentence}: ${advice.command}`]),
    `Details: seaworthy incidents show ${id}`,
  ]
}

function findingLines({ sentence, chart }: AlertFinding): readonly string[] {
  return [`• ${sentence}`, ...(chart === undefined ? [] : [`  before ${chart.before}`, `  after  ${chart.after}`])]
}
