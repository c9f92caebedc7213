/** A deployment watched over days: a real registry, a real journal, a clock that is moved by hand. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRegisteredModels } from '../fixtures/registered-models.ts'
import { treesModel, treesSample, treesSignature } from '../fixtures/synthetic-trees.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { createRandom } from '../../src/stats/random.ts'
import { openDataFile } from '../../src/platform/tables/open-data-file.ts'
import { createAuditTrail } from '../../src/layers/collaboration/index.ts'
import { profileData } from '../../src/layers/model/index.ts'
import { createDeploymentRepository } from '../../src/layers/serving/index.ts'
import { createIncidentDesk } from '../../src/layers/operations/incidents/incident-desk.ts'
import { createJournalWindows } from '../../src/layers/operations/journal/journal-window.ts'
import { createJournal } from '../../src/layers/operations/journal/journal.ts'
import { monitorJob } from '../../src/layers/operations/monitoring/monitor.job.ts'
import { createMonitorStore } from '../../src/layers/operations/monitoring/monitor-store.ts'
import { createQualityEstimators } from '../../src/layers/operations/monitoring/quality-estimators.ts'
import { fitLoss } from '../fixtures/watched-world.ts'

const HOUR_MS = 3_600_000
const ROWS = 300
const CONTRACT = `name: trees
outcome: { name: late, arrives-within: 1d }
inputs: { distance: { type: number, unit: miles } }
sufficient: { quality: { roc-auc: { min: 0.7 } } }
monitoring: { window: 1h, drift: { sustained: 3 } }
`
type Registered = Awaited<ReturnType<typeof openRegisteredModels>>
let models: Registered
let world: Awaited<ReturnType<typeof openWorld>>
beforeEach(async () => {
  models = await openRegisteredModels()
  world = await openWorld(models)
})
afterEach(async () => {
  await world.journal.close()
  await models.close()
})

interface Row {
  readonly hour: number
  readonly weekday: number
  readonly month: number
  readonly distance: number | null
  readonly origin: string
  readonly destination: string
  /** What the model says, and what happens, which is more likely where it says more. */
  readonly late: number
}

function rowOf(random: () => number): Row {
  const pick = (from: number) => treesSample[Math.floor(random() * from)]!.origin
  const [hour, distance] = [Math.floor(random() * 24), 100 + Math.round(2_400 * random() ** 2)]
  return {
    hour,
    weekday: 1 + Math.floor(random() * 7),
    month: 1,
    distance,
    origin: pick(8),
    destination: pick(8),
    late: random(),
  }
}

async function openWorld({ folder, registry, db, services }: Registered) {
  const { clock, sqlEngine, ids } = services
  const random = createRandom(7)
  await registry.addVersion(
    await draftOf(
      folder,
      sqlEngine,
      Array.from({ length: 20_000 }, () => rowOf(random)),
    ),
    { actor: 'test' },
  )
  const audit = createAuditTrail({ clock })
  const deployments = createDeploymentRepository({ db, clock, audit })
  const launch = {
    name: 'trees',
    model: 'trees',
    version: 1,
    target: 'local',
    contractText: CONTRACT,
    contractDigest: 'c',
    actor: 'test',
  }
  await deployments.launch(launch)
  const journalFolder = path.join(folder, 'journal')
  const options = { syncMs: 5, bufferBytesMax: 1e8, segmentBytesMax: 1e8, segmentMsMax: 1e9 }
  const journal = createJournal({ folder: journalFolder, sync: 'interval', clock, ...options })
  const settings = { repeatMs: 1e12, escalateMs: 1e12, findingsKeepDays: 90, incidentsKeepDays: 90 }
  const changeLog = { before: () => Promise.resolve([]) }
  const desk = createIncidentDesk({ db, clock, audit, ids, changeLog, escalateTo: [], codeVersion: 'test', settings })
  const monitors = createMonitorStore({ db, clock })
  const journalWindows = createJournalWindows({ folder: journalFolder, engine: sqlEngine })
  const estimators = createQualityEstimators({ fitRegressor: fitLoss })
  const monitored = { journalWindows, monitors, estimators, desk, deployments, registry, keepDays: 400, clock, log: silentLog }
  clock.advance(HOUR_MS - (clock.now() % HOUR_MS))
  return {
    journal,
    desk,
    monitors,
    /** One hour of traffic; outcomes come when `outcomes` is given, and as often as it says from the score. */
    async hour(change: (row: Row) => Partial<Row> = () => ({}), outcome?: (score: number) => boolean, rows = ROWS) {
      for (let i = 0; i < rows; i++) {
        const { late, ...row } = { ...rowOf(random) }
        const inputs = { ...row, ...change({ ...row, late }) }
        const id = ids()
        await journal.accept({
          requestId: id,
          deployment: 'trees',
          model: 'trees',
          version: 1,
          variant: 'champion',
          timeMs: clock.now() + Math.floor((i * HOUR_MS) / rows),
          latencyMs: 1,
          caller: '',
          instances: JSON.stringify({ instances: [inputs] }),
          reply: JSON.stringify({ predictions: [{ id, output: { late } }] }),
        })
        if (outcome !== undefined) await journal.recordOutcomes('trees', [{ predictionId: id, outcome: outcome(late) }])
      }
      await journal.flush()
      clock.advance(HOUR_MS)
    },
    async watch() {
      clock.advance(2_000)
      const context = {
        jobId: 'j',
        input: {},
        resumeFrom: undefined,
        signal: new AbortController().signal,
        progress: async () => {},
      }
      const result = await monitorJob.run(context as never, monitored)
      clock.advance(-2_000)
      return result
    },
  }
}

async function draftOf(folder: string, engine: Registered['services']['sqlEngine'], rows: readonly Row[]) {
  const draft = mkdtempSync(path.join(folder, 'draft-'))
  mkdirSync(path.join(draft, 'model'))
  writeFileSync(path.join(draft, 'model/model.onnx'), treesModel(10, 3, 1))
  const data = path.join(folder, 'train.jsonl')
  writeFileSync(data, rows.map((row) => JSON.stringify(row)).join('\n'))
  const file = await openDataFile(engine, { path: data, name: 'train.jsonl' })
  const baseline = await profileData(file)
  file.close()
  const documents = { signature: treesSignature, sample: treesSample, metrics: {}, environment: {}, lineage: {}, baseline }
  for (const [name, document] of Object.entries(documents))
    writeFileSync(path.join(draft, `${name}.json`), JSON.stringify(document))
  return { model: 'trees', modelFormat: 'onnx', folder: draft, modelFile: 'model/model.onnx' }
}

test('days of healthy traffic raise nothing, and every window says what it saw', async () => {
  for (let i = 0; i < 12; i++) await world.hour()
  expect(await world.watch()).toMatchObject({ windows: 13, rows: 12 * ROWS })
  expect((await world.desk.list({ limit: 10 })).items).toEqual([])
  const [newest] = await world.monitors.list('trees', 1)
  expect(newest).toMatchObject({ version: 1, rows: ROWS })
  expect(newest!.findings.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['feed', 'data-quality', 'drift', 'prediction-drift']),
  )
  expect(await world.watch()).toMatchObject({ windows: 0 })
}, 60_000)

test('a feed that turns miles into kilometres is one incident, and the drift that follows from it is not another', async () => {
  for (let i = 0; i < 8; i++) await world.hour(undefined, undefined, 2_000)
  for (let i = 0; i < 4; i++) await world.hour(({ distance }) => ({ distance: distance! * 1.609344 }), undefined, 2_000)
  await world.watch()
  const { items } = await world.desk.list({ limit: 10 })
  expect(items).toHaveLength(1)
  const incident = await world.desk.get(items[0]!.id)
  const roles = incident.members.map(({ finding, role }) => `${role} ${finding.kind} ${finding.subject} ${finding.measure}`)
  expect(roles[0]).toBe('cause data-quality distance rescaled')
  expect(roles).toContain('consequence drift distance population-stability-index')
  expect(incident.suggestedAction).toBe('fix-the-feed')
  expect(incident.title).toMatch(/kilometres|km/)
}, 60_000)

test('a column that stops coming is told as missing, and one that stands still as stuck', async () => {
  for (let i = 0; i < 7; i++) await world.hour()
  for (let i = 0; i < 3; i++)
    await world.hour(({ distance }) => ({ distance: Math.random() < 0.4 ? null : distance, origin: 'AAA' }))
  await world.watch()
  const [newest] = await world.monitors.list('trees', 1)
  const breaches = newest!.findings
    .filter(({ state }) => state === 'breach')
    .map(({ subject, measure }) => `${subject} ${measure}`)
  expect(breaches).toEqual(expect.arrayContaining(['distance missing', 'origin stuck', 'origin new-values']))
}, 60_000)

test('silence of the feed is told at once, and when it is over, so is that', async () => {
  for (let i = 0; i < 8; i++) await world.hour()
  await world.hour(undefined, undefined, 0)
  await world.watch()
  expect((await world.desk.list({ limit: 10, state: 'live' })).items).toMatchObject([
    { title: expect.stringMatching(/No predictions/) },
  ])
  for (let i = 0; i < 3; i++) await world.hour()
  await world.watch()
  expect((await world.desk.list({ limit: 10, state: 'live' })).items).toEqual([])
}, 60_000)

test('quality is judged when its outcomes are due, and its fall is told with the coverage', async () => {
  const random = createRandom(3)
  for (let i = 0; i < 24; i++) await world.hour(undefined, (score) => random() < score, 40)
  for (let i = 0; i < 24; i++) await world.hour(undefined, () => random() < 0.5, 40)
  for (let i = 0; i < 26; i++) await world.hour(undefined, undefined, 40)
  await world.watch()
  const told = (await world.monitors.list('trees', 100))
    .flatMap(({ findings }) => findings)
    .filter(({ kind }) => kind === 'quality')
  expect(told.map(({ state }) => state)).toEqual(['breach', 'ok'])
  expect(told[0]!.sentence).toMatch(/roc-auc 0\.\d+ \[.*\], agreed at least 0\.7; 100 % of 960 outcomes/)
  expect((await world.desk.list({ limit: 10 })).items.some(({ title }) => title.startsWith('roc-auc'))).toBe(true)
}, 120_000)
