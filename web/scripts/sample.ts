/** Starts the sample of the browser suites and keeps it until Ctrl-C, to look at pages while they are made. */
import { ask, makeSample, startSample } from '../test/sample.ts'

const sample = await startSample(await makeSample())
await ask(sample.url, 'flight-delay', 100)
process.stdout.write(`${sample.url}\n`)
process.once('SIGINT', () => void sample.close())
process.once('SIGTERM', () => void sample.close())
