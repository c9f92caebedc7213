/** The loop closes: watched, degraded, caught, retrained, compared, released. All of it is done by the program itself. */
import { ComparisonReport, ReportedDifference } from '@seaworthy/api/comparison-report'
import { getIncident, type Incident, type IncidentSummary, listIncidents } from '@seaworthy/api/incidents'
import { listWindows } from '@seaworthy/api/operations'
import { getJob } from '@seaworthy/api/platform'
import { getRelease, type ReleaseDetail } from '@seaworthy/api/release'
import { getRetraining, listRetrainings, type Retraining } from '@seaworthy/api/retraining'
import { FAULT_MS, FAULT_SEEN_MS, FOUR_WEEKS_MS, MAY_MS } from './calendar.ts'
import { once, type Voyage } from './chapters.ts'
import { DAY_MS, DEPLOYMENT, LOOK_MS, sail, type Ship } from './sail.ts'
import { bars, CommandFailed, createProgress, day, dim, number, say, wrap } from './stage.ts'

/** As a retraining keeps it: the comparison on the rows that decide, and one on the pinned rows that does not. */
type Compared = { readonly deciding: unknown }

export const incidentsOf = async ({ client }: Ship): Promise<readonly IncidentSummary[]> =>
  (await client.call(listIncidents, { query: { deployment: DEPLOYMENT } })).items

export async function fourWeeks(voyage: Voyage): Promise<void> {
  const { ship } = voyage
  await once(voyage, 8, 'Four weeks later: how good was it?', 'watched', async () => {
    await sail(ship, { to: FOUR_WEEKS_MS })
    const { items } = await ship.client.call(listWindows, { params: { deployment: DEPLOYMENT } })
    const judged = items
      .flatMap(({ findings }) => findings)
      .filter(({ kind, slice }) => kind === 'quality' && slice === undefined)
    for (const { sentence, state } of judged)
      for (const [i, line] of wrap(sentence, 94).entries()) say(`  ${i > 0 ? ' ' : state === 'ok' ? '✓' : '!'} ${line}`)
    const windows = items.length
    const open = (await incidentsOf(ship)).length
    say(`  ${windows} weeks were watched, ${open === 0 ? 'no incident' : `${open} incidents`}`)
    return { what: `${windows} weeks watched, ${open} incidents`, command: `watch ${DEPLOYMENT}` }
  })
}

/** Fewer flights are late in spring: what the model learned of January is too dark. */
export async function worldChanges(voyage: Voyage): Promise<void> {
  const { ship } = voyage
  await once(voyage, 9, 'The world changes: in spring fewer flights are late', 'degraded', async () => {
    const known = new Set((await incidentsOf(ship)).map(({ id }) => id))
    const news = async () => (await incidentsOf(ship)).filter(({ id }) => !known.has(id))
    await sail(ship, { to: MAY_MS, isThere: async () => (await news()).length > 0 })
    const [incident] = await news()
    if (incident === undefined) throw new CommandFailed('No incident was raised.')
    await tellIncident(voyage, incident.id)
    return { what: `one incident: ${incident.title}`, command: `incidents show ${incident.id}` }
  })
}

/** What it is, since when, what shows it, what it explains, what to do. `incidents show` says all of it. */
async function tellIncident({ ship }: Voyage, id: number): Promise<Incident> {
  const incident = await ship.client.call(getIncident, { params: { incident: id } })
  const { severity, title, since, openedAt, members, advice, channels } = incident
  say(`  ! incident ${id}, ${severity}, told on ${channels.join(', ')}`)
  for (const line of wrap(title, 94)) say(`      ${line}`)
  say(`      since ${day(since)}, sure on ${day(openedAt)}`)
  const histogram = members.find(({ finding }) => finding.evidence?.histogram !== undefined)?.finding.evidence?.histogram
  if (histogram !== undefined)
    for (const time of ['before', 'after'] as const) say(`      ${time.padEnd(6)}  ${bars(histogram[time])}`)
  const muted = members.filter(({ role }) => role === 'consequence')
  for (const { finding } of muted) say(`      explains ${finding.kind} of ${finding.subject}, which made no alarm of its own`)
  say(`      what to do: ${advice.sentence}`)
  say(dim(`      $ npx ${advice.command}`))
  return incident
}

/** A trigger of the contract begins it; the watch asks them each minute. */
export async function retrained(voyage: Voyage): Promise<void> {
  const { ship } = voyage
  await once(voyage, 10, 'It retrains itself, and compares', 'retrained', async () => {
    const progress = createProgress()
    await ship.server.catchUp(voyage.now() + 2 * LOOK_MS)
    let retraining = await lastRetraining(ship)
    for (let seen = ''; retraining.finishedAt === undefined; retraining = await lastRetraining(ship)) {
      const query = { waitMs: 1_000, seen }
      const { state, done, note = '' } = await ship.client.call(getJob, { params: { job: retraining.id }, query })
      seen = `${state}/${done}/${note}`
      progress.show(note)
      ship.signal.throwIfAborted()
    }
    progress.done(`✓ begun by the trigger "${retraining.trigger}" of the contract, by itself`)
    const told = await ship.client.call(getRetraining, { params: { retraining: retraining.id } })
    const { training } = told
    if (training !== undefined)
      say(
        `  learned from ${number(training.rows)} flights, ${day(training.from)} to ${day(training.to)}, as known on ${day(training.asOf)}`,
      )
    if (told.comparison !== undefined) tellComparison(ComparisonReport.parse((told.comparison as Compared).deciding))
    const [sentence] = retraining.explanation
    if (sentence !== undefined) for (const line of wrap(sentence, 96)) say(`  ${line}`)
    const { decision = retraining.state, winner } = retraining
    if (decision !== 'promoted') throw new CommandFailed(`The retraining ended with ${decision}.`)
    return {
      what: `${decision}${winner === undefined ? '' : `: version ${winner}`}`,
      command: `retrain ${DEPLOYMENT} --show last`,
    }
  })
}

/** Champion, warm and scratch on the same flights, which none of them has seen; in brackets how much better, plausibly. */
function tellComparison({ rows, versions, challengers, decision, rule }: ComparisonReport): void {
  say(`  on ${number(rows.compared)} later flights, kept back from training; ${rule}:`)
  const columns = challengers.map(({ metrics }) =>
    metrics.flatMap((metric) => ('improvement' in metric ? [ReportedDifference.parse(metric)] : [])),
  )
  const short = (name: string) => name.replace(DEPLOYMENT, '')
  const cells = [
    ['', short(versions[0]?.name ?? ''), ...challengers.map(({ name }) => short(name))],
    ...(columns[0] ?? []).map(({ metric, champion }, row) => [
      metric,
      number(champion, 4),
      ...columns.map((column) => (column[row] === undefined ? '' : differenceText(column[row]))),
    ]),
  ]
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  for (const row of cells) say(`    ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
  say(`  ${decision.verdict === 'promote' ? '✓' : '✗'} ${decision.summary}`)
}

const differenceText = ({ challenger, improvement: { low, high } }: ReportedDifference): string =>
  `${number(challenger, 4)} ${low > 0 ? 'better' : high < 0 ? 'worse' : 'open'} [${number(low, 4)}, ${number(high, 4)}]`

async function lastRetraining({ client }: Ship): Promise<Retraining> {
  const { items } = await client.call(listRetrainings, { params: { deployment: DEPLOYMENT }, query: { limit: 1 } })
  if (items[0] === undefined) throw new CommandFailed('No trigger began a retraining.')
  return items[0]
}

/** As it stands, with a line for each step that has ended since the last look. */
export function createReleaseWatch(ship: Ship, id: string) {
  let told = 0
  return async (): Promise<ReleaseDetail> => {
    const release = await ship.client.call(getRelease, { params: { release: id } })
    const ended = release.progress.filter(({ endedAt }) => endedAt !== undefined)
    for (const { step, endedAt, outcome = '', analysis } of ended.slice(told)) {
      say(
        `  ${outcome === 'loss' || outcome === 'aborted' ? '✗' : '✓'} ${day(endedAt!).padEnd(11)}  ${step.padEnd(10)}  ends by ${outcome}`,
      )
      for (const line of wrap(analysis?.sentence ?? '', 82)) say(`                 ${line}`)
    }
    told = ended.length
    return release
  }
}

export const isOver = ({ state }: ReleaseDetail) => state === 'promoted' || state === 'aborted' || state === 'rolled-back'

export async function released(voyage: Voyage): Promise<void> {
  const { ship, run } = voyage
  await once(voyage, 11, 'The winner takes over by steps', 'released', async () => {
    const { id, version, state } = await ship.client.call(getRelease, { params: { release: DEPLOYMENT } })
    if (state === 'waiting-for-approval')
      await run(['approve', DEPLOYMENT, '--comment', 'the comparison is clear'], { actor: 'ground-ops', lines: 1 })
    const watch = createReleaseWatch(ship, id)
    await sail(ship, {
      to: ship.logbook.page().sentUntil + 16 * DAY_MS,
      catchUpMs: DAY_MS,
      isThere: async () => isOver(await watch()),
    })
    const release = await watch()
    if (release.state !== 'promoted') throw new CommandFailed(`The release is ${release.state}: ${release.explanation ?? ''}.`)
    const open = (await incidentsOf(ship)).filter((incident) => incident.state !== 'resolved')
    for (const incident of open)
      await run(
        [
          'incidents',
          'resolve',
          String(incident.id),
          '--verdict',
          'real',
          '--reason',
          `version ${version} has learned of spring`,
        ],
        { lines: 1 },
      )
    return { what: `version ${version} by ${release.steps.join(', ')}`, command: `release show ${id}` }
  })
}

/** An upstream fault, and it is ours: values that are valid as numbers and wrong in meaning. */
export async function fault(voyage: Voyage): Promise<void> {
  const { ship, run } = voyage
  await once(voyage, 12, 'A fault upstream, simulated: the distance comes in kilometres', 'caught', async () => {
    await sail(ship, { to: FAULT_MS })
    const known = new Set((await incidentsOf(ship)).map(({ id }) => id))
    await sail(ship, { to: FAULT_SEEN_MS, isKilometres: true })
    const news = (await incidentsOf(ship)).filter(({ id }) => !known.has(id))
    const [incident] = news
    if (incident === undefined) throw new CommandFailed('No incident was raised.')
    await tellIncident(voyage, incident.id)
    const because = 'the feed says miles again'
    await run(['incidents', 'resolve', String(incident.id), '--verdict', 'real', '--reason', because], { lines: 1 })
    return { what: `one incident: ${incident.title}`, command: `incidents show ${incident.id}` }
  })
}
