/** The server of a folder as another process: finding it, starting it in the background, ending it. */
import { spawn } from 'node:child_process'
import { openSync, closeSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@seaworthy/api/client'
import { getServer } from '@seaworthy/api/platform'
import type { ListenOptions, ServerFound } from '../entry/cli/define-command.ts'
import { ServerNotStarted } from '../entry/cli/errors.ts'
import { makeOwnFolder } from '../platform/files/atomic-file.ts'
import { findServerAddress } from '../platform/files/server-lock.ts'
import { setLongLogAside } from '../platform/telemetry/server-log.ts'

const ANSWER_MS_MAX = 2_000
const START_MS_MAX = 60_000
const LOOK_MS = 50
/** Longest wait for a server to be gone, beyond the time it has for requests in flight. */
const STOP_MS_MORE = 5_000
/** Of its log, what may hold the reason why it did not start. */
const LOG_BYTES_SHOWN = 4_096

/** The server that answers for this folder, or undefined. What `server.json` says is believed when the server says the same. */
export async function findRunningServer(home: string): Promise<ServerFound | undefined> {
  const address = findServerAddress(home)
  if (address === undefined) return undefined
  try {
    const client = createClient({ baseUrl: address.url })
    const facts = await client.call(getServer, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    const isOurs = facts.pid === address.pid && path.resolve(facts.home) === path.resolve(home)
    return isOurs ? { url: address.url, pid: address.pid } : undefined
  } catch {
    return undefined
  }
}

/** Runs `seaworthy start` detached and waits until it is ready. Throws ServerNotStarted with the reason it gave. */
export async function startDetached(
  {
    home,
    cwd,
    entry,
    signal,
  }: { readonly home: string; readonly cwd: string; readonly entry: string; readonly signal: AbortSignal },
  { host, port }: ListenOptions,
): Promise<ServerFound & { readonly logFile: string }> {
  makeOwnFolder(home)
  const logFile = path.join(home, 'server.log')
  setLongLogAside(logFile)
  const log = openSync(logFile, 'a', 0o600)
  const from = statSync(logFile).size
  const args = ['start', ...(host === undefined ? [] : ['--host', host]), ...(port === undefined ? [] : ['--port', String(port)])]
  const child = spawn(process.execPath, [entry, ...args], { cwd, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code) => (ended = reasonIn(logFile, from) ?? `it ended with code ${code}.`))
  child.unref()
  const deadline = Date.now() + START_MS_MAX
  while (ended === undefined && Date.now() < deadline && !signal.aborted) {
    const found = await findRunningServer(home)
    if (found?.pid === child.pid && found !== undefined) return { ...found, logFile }
    await pause(LOOK_MS)
  }
  if (ended === undefined) child.kill('SIGTERM')
  signal.throwIfAborted()
  throw new ServerNotStarted({ explanation: ended ?? `it was not ready after ${START_MS_MAX / 1_000} s.`, logFile })
}

/** The failure that the program printed last: its line begins with a cross. */
function reasonIn(logFile: string, from: number): string | undefined {
  const text = readFileSync(logFile).subarray(from).subarray(-LOG_BYTES_SHOWN).toString()
  return /^✗ (.+)$/m.exec(text)?.[1]
}

/** Ends the server of this folder and waits until its process is gone. Undefined when none answers. */
export async function stopRunningServer(home: string, drainMsMax: number): Promise<ServerFound | undefined> {
  const found = await findRunningServer(home)
  if (found === undefined) return undefined
  process.kill(found.pid, 'SIGTERM')
  const deadline = Date.now() + drainMsMax + STOP_MS_MORE
  while (isAlive(found.pid) && Date.now() < deadline) await pause(LOOK_MS)
  return found
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
