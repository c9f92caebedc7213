/** The process that startup.ts times: `serve` on a package that it verifies. Prints its port, and on SIGTERM all modules it loaded. */
import { createRequire, registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServeConfig } from '../server/src/main/serve.ts'

const modules = new Set<string>()
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    if (found.url.startsWith('file:')) modules.add(fileURLToPath(found.url))
    return found
  },
})

const folder = process.argv[2]!
const config: ServeConfig = {
  SEAWORTHY_HTTP_HOST: '127.0.0.1',
  SEAWORTHY_HTTP_PORT: 0,
  SEAWORTHY_HTTP_BODY_BYTES_MAX: 8_388_608,
  SEAWORTHY_HTTP_NESTING_MAX: 32,
  SEAWORTHY_HTTP_TIMEOUT_MS_MAX: 30_000,
  SEAWORTHY_INSTANCES_MAX: 10_000,
  SEAWORTHY_QUEUE_ROWS_MAX: 8_192,
  SEAWORTHY_BATCH_ROWS_MAX: 1_024,
  SEAWORTHY_WORKER_RUN_MS_MIN: 2,
  SEAWORTHY_MODEL_THREADS: 1,
  SEAWORTHY_SHUTDOWN_MS_MAX: 1_000,
  SEAWORTHY_JOURNAL_SYNC: 'interval',
  SEAWORTHY_JOURNAL_SYNC_MS: 50,
  SEAWORTHY_JOURNAL_BUFFER_BYTES_MAX: 33_554_432,
  SEAWORTHY_JOURNAL_SEGMENT_BYTES_MAX: 67_108_864,
  SEAWORTHY_JOURNAL_SEGMENT_MS_MAX: 300_000,
}
const log = { debug() {}, info() {}, warn: console.error, error: console.error }
const { serve } = await import('../server/src/main/serve.ts')
const { openPackage } = await import('../server/src/layers/model/data-plane.ts')
const serving = await serve({
  open: () => openPackage(path.join(folder, 'package'), { bytesMax: 2 ** 30, cacheFolder: path.join(folder, 'cache') }),
  journalFolder: path.join(folder, 'journal'),
  config,
  log,
})
console.log(serving.port)
process.once('SIGTERM', () => {
  for (const file of Object.keys(createRequire(import.meta.url).cache)) modules.add(file)
  console.log(JSON.stringify([...modules]))
  void serving.close()
})
