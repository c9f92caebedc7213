import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../test/fixtures/postgres-server.ts'
import { openDatabase } from '../open-database.ts'

let postgres: PostgresServer | undefined
beforeAll(async () => void (postgres = await startPostgres()), 60_000)
afterAll(() => postgres?.stop())

/** The way to a server, which can be cut and mended. */
async function cuttableWay(url: URL) {
  const sockets = new Set<Socket>()
  const listen = (port: number) =>
    new Promise<Server>((resolve) => {
      const server = createServer((from) => {
        const to = connect(Number(url.port), url.hostname)
        for (const socket of [from, to]) sockets.add(socket.on('error', () => {}))
        from.pipe(to).pipe(from)
      })
      server.listen(port, '127.0.0.1', () => resolve(server))
    })
  let server = await listen(0)
  const { port } = server.address() as { port: number }
  return {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    async cut() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
    async mend() {
      server = await listen(port)
    },
  }
}

test('a server that goes away under a running program is told as that, and is used again when it is back', async ({ skip }) => {
  if (postgres === undefined) return skip('no PostgreSQL here')
  const way = await cuttableWay(new URL(await postgres.createDatabase()))
  const db = await openDatabase({ url: way.url, poolMax: 2 })
  const count = () => db.kysely.selectFrom('model').select('name').execute()
  expect(await count()).toEqual([])
  const inside = db.transaction(async (tx) => {
    await tx.selectFrom('model').select('name').execute()
    await way.cut()
    await tx.selectFrom('model').select('name').execute()
  })
  await expect(inside).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', status: 503 })
  await expect(count()).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', status: 503 })
  await way.mend()
  await expect.poll(count).toEqual([])
  await db.close()
  await way.cut()
})
