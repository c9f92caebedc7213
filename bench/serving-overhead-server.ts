/** One of the servers of serving-overhead.ts, in its own process: `node serving-overhead-server.ts KIND FOLDER`. Prints its port. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { silentLog } from '../server/src/kernel/log.ts'
import { loadModel, writeNumber } from '../server/src/layers/model/data-plane.ts'
import { createJournal } from '../server/src/layers/operations/journal-plane.ts'
import { createDataPlane } from '../server/src/layers/serving/data-plane.ts'
import { treesModel, treesSample, treesSignature } from '../server/test/fixtures/synthetic-trees.ts'

const [kind = 'ours', folder = '/tmp/seaworthy-bench'] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const modelFile = path.join(folder, 'model.onnx')
writeFileSync(modelFile, treesModel())
const version = { model: 'flight-delay', version: 1, digest: 'bench', signature: treesSignature, modelFile, sample: treesSample }
const session = { threads: 1, memoryArena: true, workerRunMsMin: 2, batchRowsMax: 1_024 }
type Instance = (typeof treesSample)[number]

const listeners: Record<string, () => Promise<RequestListener>> = {
  bare: async () => (request, response) => {
    read(request, (text) => {
      const { instances } = JSON.parse(text) as { instances: Instance[] }
      answer(
        response,
        instances.map(() => 0.2312),
      )
    })
  },
  async model() {
    const loaded = await loadModel(version, session)
    const places = [...loaded.layout.places]
    const codes = new Map(treesSignature.inputs.at(-1)!.categories!.map((category, code) => [category, code]))
    return (request, response) => {
      read(request, async (text) => {
        const { instances } = JSON.parse(text) as { instances: Instance[] }
        const tensors = loaded.createTensors(instances.length)
        instances.forEach((instance, row) => {
          for (const [name, [place]] of places) {
            const value = instance[name as keyof Instance]
            writeNumber(tensors.data, place!, row, typeof value === 'string' ? codes.get(value)! : value)
          }
        })
        const outputs = await loaded.model.run(tensors.tensors(instances.length))
        answer(response, Array.from(outputs.get('prediction')!.data as Float32Array))
      })
    }
  },
  ours: () => dataPlane(false),
  journal: () => dataPlane(true),
}

async function dataPlane(withJournal: boolean): Promise<RequestListener> {
  const journal = withJournal
    ? createJournal({
        folder: path.join(folder, `journal-${process.pid}`),
        sync: 'interval',
        syncMs: 50,
        bufferBytesMax: 32 * 1_024 * 1_024,
        segmentBytesMax: 64 * 1_024 * 1_024,
        segmentMsMax: 300_000,
      })
    : undefined
  const plane = createDataPlane({
    session,
    bodyBytesMax: 8 * 1_024 * 1_024,
    nestingMax: 32,
    instancesMax: 10_000,
    rowsWaitingMax: 8_192,
    timeoutMsMax: 30_000,
    sink: journal,
    log: silentLog,
  })
  await plane.setDeployment('flight-delay', [{ name: 'champion', share: 1, version }])
  return (request, response) => void plane.handle(request, response)
}

function read(request: IncomingMessage, done: (text: string) => void): void {
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => (text += chunk))
  request.on('end', () => done(text))
}

let count = 0
function answer(response: ServerResponse, late: readonly number[]): void {
  const id = String(count++).padStart(24, '0')
  const predictions = late.map((value) => ({ id, output: { late: value } }))
  const facts = { requestId: id, deployment: 'flight-delay', model: 'flight-delay', version: 1, variant: 'champion' }
  const text = JSON.stringify({ ...facts, predictions })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

const server = createServer(await listeners[kind]!())
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.once('SIGTERM', () => process.exit(0))
