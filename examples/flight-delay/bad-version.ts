/** A version that is wrong is forced in: first by steps, then past them; and the way back. */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { listVersions } from '@seaworthy/api/model'
import { getRelease } from '@seaworthy/api/release'
import { END_MS } from './calendar.ts'
import { once, type Voyage } from './chapters.ts'
import { DAY_MS, DEPLOYMENT, sail } from './sail.ts'
import { createReleaseWatch, isOver } from './second-half.ts'
import { CommandFailed, number, say, wrap } from './stage.ts'

/** A contract of one's own, with a shorter way: which one a release had is recorded with it. */
async function writeShortContract({ folder, home }: Voyage): Promise<string> {
  const text = await readFile(path.join(folder, 'seaworthy.yaml'), 'utf8')
  const file = path.join(home, 'in-a-hurry.yaml')
  await writeFile(file, text.replace(/steps: \[.*\]/, 'steps: [canary 20%, full]'))
  return path.relative(folder, file)
}

export async function aborted(voyage: Voyage): Promise<void> {
  const { ship, run, folder } = voyage
  await once(voyage, 13, 'A worse version is forced in: its training had yes for no', 'aborted', async () => {
    const hurried = { actor: 'in-a-hurry', lines: 1 }
    await run(['train', '--data', path.relative(folder, voyage.tableFile('january-inverted'))], { lines: 1 })
    const { items } = await ship.client.call(listVersions, { params: { model: DEPLOYMENT } })
    const bad = `${DEPLOYMENT}@${Math.max(...items.map(({ version }) => version))}`
    await voyage.refused(['launch', bad])
    const contract = await writeShortContract(voyage)
    await run(['launch', bad, '--contract', contract, '--override', 'due today, no time for a check'], hurried)
    await run(['approve', DEPLOYMENT], { actor: 'too-trusting', lines: 1 })
    const { id } = await ship.client.call(getRelease, { params: { release: DEPLOYMENT } })
    const watch = createReleaseWatch(ship, id)
    const isThere = async () => {
      const release = await watch()
      if (release.state !== 'holding') return isOver(release)
      for (const line of wrap(`! held by itself: ${release.explanation ?? ''}`, 96)) say(`  ${line}`)
      await run(['release', 'resume', id, '--reason', 'we know that it is different'], hurried)
      return false
    }
    await sail(ship, { to: END_MS - 3 * DAY_MS, catchUpMs: DAY_MS / 4, isThere })
    const release = await watch()
    if (release.state !== 'aborted') throw new CommandFailed(`The release is ${release.state}: ${release.explanation ?? ''}.`)
    return { what: `${bad}: the canary ended by itself`, command: `release show ${id}` }
  })
}

/** Past every gate and step, with reasons that stand in the audit log; then back, while requests come. */
export async function rolledBack(voyage: Voyage): Promise<void> {
  const { ship, run } = voyage
  await once(voyage, 14, 'Forced past the steps, too, it is live: back within a second', 'rolled back', async () => {
    const { version: bad, champion } = await ship.client.call(getRelease, { params: { release: DEPLOYMENT } })
    const because = 'it is due today'
    await run(['launch', `${DEPLOYMENT}@${bad}`, '--override', because, '--now', because], { actor: 'in-a-hurry', lines: 2 })
    const to = Math.min(END_MS, ship.logbook.page().sentUntil + 5 * DAY_MS)
    const [{ answers, failed }] = await Promise.all([
      sail(ship, { to }),
      run(['rollback', DEPLOYMENT, '--reason', 'it says yes for no'], { actor: 'on-call', lines: 2 }),
    ])
    const by = Map.groupBy(answers, ({ version }) => version)
    const count = (version: number) => number(by.get(version)?.length ?? 0)
    say(
      `  ${count(bad)} flights were answered by version ${bad}, then ${count(champion)} by version ${champion}; ${failed} failed`,
    )
    return { what: `from version ${bad} to ${champion}, ${failed} requests failed`, command: `rollback ${DEPLOYMENT} --drill` }
  })
}
