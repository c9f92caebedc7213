import type { Client } from '@seaworthy/api/client'
import { getRunLog, listRuns, type Run } from '@seaworthy/api/model'
import { z } from 'zod'
import { type CommandContext, defineCommand } from './define-command.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableDuration, readableFields, readableTime, readableValue } from './readable.ts'
import { parseName } from './reference.ts'

const COLUMNS = [
  'run',
  'state',
  'version',
  { title: 'seed', optional: true },
  'begun (UTC)',
  { title: 'took', optional: true },
  { title: 'metrics', widthMin: 16, optional: true },
]

export default defineCommand({
  usage: '<model>',
  options: [{ flags: '--log <run>', about: 'print what this run printed; "last" is the newest run' }, limitFlag],
  examples: ['seaworthy runs flight-delay', 'seaworthy runs flight-delay --log last'],
  input: z.object({ model: z.string(), log: z.string().min(1).optional(), limit: LimitOption }),
  async run({ model: name, log, limit }, context) {
    const model = parseName(name)
    const client = await context.program.openClient()
    if (log !== undefined) return printLog(client, model, log, context)
    const page = await client.call(listRuns, { params: { model }, query: { limit } })
    await context.result(page, () => (page.items.length === 0 ? tellNone(model, context) : tell(model, page.items, context)))
  },
})

function tellNone(model: string, { terminal }: CommandContext): void {
  terminal.line(`${model} was not trained here; its versions were pushed.`)
  terminal.next(`seaworthy models ${model}`, 'seaworthy train --data train.parquet')
}

async function tell(model: string, runs: readonly Run[], { terminal }: CommandContext): Promise<void> {
  const rows = runs.map(({ id, state, version, seed, metrics, createdAt, finishedAt, failure }) => [
    id,
    { text: state, tone: state === 'succeeded' ? ('good' as const) : state === 'failed' ? ('bad' as const) : ('open' as const) },
    version === undefined ? '' : String(version),
    String(seed),
    readableTime(createdAt),
    finishedAt === undefined ? '' : readableDuration(finishedAt - createdAt),
    failure === undefined ? readableFields(metrics, 200) : readableValue(failure.message, 200),
  ])
  await terminal.table(COLUMNS, rows)
  const failed = runs.find(({ state }) => state === 'failed')
  if (failed !== undefined) terminal.next(`seaworthy runs ${model} --log ${failed.id}`)
}

async function printLog(client: Client, model: string, named: string, context: CommandContext): Promise<void> {
  const { signal, terminal } = context
  const [newest] =
    named === 'last' ? (await client.call(listRuns, { params: { model }, query: { limit: 1 } })).items : [{ id: named }]
  if (newest === undefined) return tellNone(model, context)
  const run = newest.id
  const text = await new Response(await client.open(getRunLog, { params: { run }, signal })).text()
  await context.result({ run, log: text }, () => terminal.text(text))
}
