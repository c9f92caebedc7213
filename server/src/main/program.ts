/** The parts of the program that run for long, as commands start them. Each is loaded when it is used. */
import os from 'node:os'
import path from 'node:path'
import { type Client, createClient } from '@seaworthy/api/client'
import type { Config } from '../config/config.ts'
import type { Program } from '../entry/cli/define-command.ts'
import type { Log } from '../kernel/log.ts'
import { ServerAlreadyRunning } from '../platform/files/errors.ts'
import type { OpenedControlPlane } from './local-control-plane.ts'

export interface ProgramOptions {
  readonly version: string
  readonly config: Config
  readonly log: Log
  /** Of which a training inherits what is no secret. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** File that starts the program, for a server in a process of its own. */
  readonly entry: string
  readonly signal: AbortSignal
  /** A person reads what this process prints, so the log of a server goes to a file. */
  readonly logsToFile?: boolean
}

export function createProgram(options: ProgramOptions): Program {
  const { config, log, cwd, signal } = options
  const home = path.resolve(cwd, config.SEAWORTHY_HOME)
  const actor = config.SEAWORTHY_ACTOR ?? userName()
  let opened: OpenedControlPlane | undefined
  const findServer = async () => (await import('./server-process.ts')).findRunningServer(home)
  const clientOf = (baseUrl: string) => createClient({ baseUrl, actor })

  async function openLocal(): Promise<Client> {
    const { openLocalControlPlane } = await import('./local-control-plane.ts')
    try {
      opened = await openLocalControlPlane({ ...options, home, actor })
      return opened.client
    } catch (error) {
      // A server came up between looking for one and taking the folder.
      const url = error instanceof ServerAlreadyRunning ? error.details.url : undefined
      if (url === undefined || (await findServer())?.url !== url) throw error
      return clientOf(url)
    }
  }
  return Object.freeze<Program>({
    findServer,
    async openClient() {
      if (opened !== undefined) return opened.client
      if (config.SEAWORTHY_SERVER !== undefined) return clientOf(config.SEAWORTHY_SERVER)
      const server = await findServer()
      return server === undefined ? openLocal() : clientOf(server.url)
    },
    async close() {
      const closing = opened
      opened = undefined
      await closing?.close()
    },
    async start({ host, port, onReady }) {
      const { startServer } = await import('./start.ts')
      const { log: serverLog, logFile } = await openServerLog(options, home)
      const ready = (url: string) => onReady(url, logFile)
      await startServer({ ...options, config: listening(config, host, port), log: serverLog, home, onReady: ready })
    },
    async startInBackground(listen) {
      const { startDetached } = await import('./server-process.ts')
      return startDetached({ ...options, home }, listen)
    },
    async stopServer() {
      return (await import('./server-process.ts')).stopRunningServer(home, config.SEAWORTHY_SHUTDOWN_MS_MAX)
    },
    async serve({ packagePath, name, host, port, journalFolder, trustedKeyIds, onReady }) {
      const [{ serve }, { openPackage }] = await Promise.all([import('./serve.ts'), import('../layers/model/data-plane.ts')])
      const limits = { bytesMax: config.SEAWORTHY_MODEL_BYTES_MAX, cacheFolder: path.join(home, 'packages'), trustedKeyIds }
      let signed = { version: 0, keyId: '' }
      const serving = await serve({
        async open() {
          const opened = await openPackage(packagePath, limits)
          signed = { version: opened.manifest.version, keyId: opened.keyId }
          return opened
        },
        deploymentName: name,
        journalFolder,
        config: listening(config, host, port),
        log,
        signal,
      })
      onReady({ url: serving.url, deployment: serving.deployment, ...signed })
      await serving.closed
    },
  })
}

/** Where the log of a server goes: into a file where a person reads what is printed, else as everything does. */
async function openServerLog({ logsToFile, log, config }: ProgramOptions, home: string) {
  if (logsToFile !== true) return { log, logFile: undefined }
  const { createServerLog } = await import('../platform/telemetry/server-log.ts')
  const logFile = path.join(home, 'server.log')
  return { log: createServerLog(logFile, config.SEAWORTHY_LOG_LEVEL, log), logFile }
}

const listening = (config: Config, host: string | undefined, port: number | undefined): Config =>
  Object.freeze({
    ...config,
    ...(host === undefined ? {} : { SEAWORTHY_HTTP_HOST: host }),
    ...(port === undefined ? {} : { SEAWORTHY_HTTP_PORT: port }),
  })

function userName(): string {
  try {
    return os.userInfo().username
  } catch {
    return 'unknown'
  }
}
