/** The pages of a source checkout are built when a server starts and finds none, or older ones than their sources. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Log } from '../kernel/log.ts'

const WEB = path.resolve(import.meta.dirname, '../../../web')
const BUILD = path.join(WEB, 'scripts/build.ts')
/** Of what it printed, the end that says why it failed. */
const SAID_MAX = 2_000

export const WEB_FOLDER = path.join(WEB, 'dist')
export const WEB_ADVICE =
  'A server builds them when it starts, in about two seconds; this page reloads by itself. If it stays, run "npm ci" and then "npm run build:web" in the folder of the source code and read what it says.'

/** In a process of its own, beside the server that answers already; nothing waits for it, and failing is only logged. */
export function buildWebPages(log: Log, signal: AbortSignal): void {
  if (!existsSync(BUILD)) return
  const child = spawn(process.execPath, [BUILD, '--if-older'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-SAID_MAX)))
  const stop = () => child.kill()
  signal.addEventListener('abort', stop, { once: true })
  child.once('error', (error) => log.warn('the pages were not built', { error: error.message }))
  child.once('exit', (code) => {
    signal.removeEventListener('abort', stop)
    if (code !== 0 && !signal.aborted) log.warn('the pages were not built; "npm run build:web" says why', { code, said })
  })
}
