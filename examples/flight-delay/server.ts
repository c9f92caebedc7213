/** The server of the voyage as another process (harbour.ts), and the way to move its clock. */
import { fork } from 'node:child_process'
import { mkdirSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Done, Order } from './orders.ts'
import { CommandFailed } from './stage.ts'

const START_MS_MAX = 30_000

export interface VoyageServer {
  readonly url: string
  /** It is this moment now; what that means for schedules and releases is seen as usual, a moment later. */
  moveTo(ms: number): void
  /** Also does all that the clock has come to; resolves when nothing is due any more. */
  catchUp(ms: number): Promise<void>
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  end(): Promise<void>
}

export async function startServer(folder: string, home: string, port: string, signal: AbortSignal): Promise<VoyageServer> {
  mkdirSync(home, { recursive: true })
  const logFile = path.join(home, 'server.log')
  const log = openSync(logFile, 'a')
  const child = fork(path.join(import.meta.dirname, 'harbour.ts'), {
    cwd: folder,
    env: { ...process.env, SEAWORTHY_HTTP_PORT: port },
    stdio: ['ignore', log, log, 'ipc'],
  })
  const waiting = new Map<number, PromiseWithResolvers<void>>()
  child.on('message', ({ id, error }: Done) => {
    if (error === undefined) waiting.get(id)?.resolve()
    else waiting.get(id)?.reject(new CommandFailed(`The server could not follow its clock: ${error}.`))
    waiting.delete(id)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => waiting.forEach(({ reject }) => reject(new CommandFailed('The server has ended.'))))
  let lastId = 0
  const order = (moveTo: number, isCatchUp: boolean) => {
    const message: Order = { id: ++lastId, moveTo, isCatchUp }
    if (child.connected) child.send(message)
    return message.id
  }
  const deadline = Date.now() + START_MS_MAX
  let url = addressOf(home, child.pid)
  for (; url === undefined; url = addressOf(home, child.pid)) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new CommandFailed(`The server did not start; the reason is at the end of ${logFile}.`)
    if (signal.aborted) child.kill('SIGTERM')
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return Object.freeze<VoyageServer>({
    url,
    ended,
    moveTo: (ms) => void order(ms, false),
    catchUp(ms) {
      const done = Promise.withResolvers<void>()
      if (!child.connected) return Promise.reject(new CommandFailed('The server has ended.'))
      waiting.set(order(ms, true), done)
      return done.promise
    },
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  })
}

/** The server writes its address beside its state once it answers. */
function addressOf(home: string, pid: number | undefined): string | undefined {
  try {
    const file = JSON.parse(readFileSync(path.join(home, 'server.json'), 'utf8')) as { pid: number; url: string }
    return file.pid === pid ? file.url : undefined
  } catch {
    return undefined
  }
}
