/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../kernel/catalog.ts'
import { environmentGate } from './environment.ts'
import { explainGate } from './explain.ts'
import { latencyGate } from './latency.ts'
import { qualityGate } from './quality.ts'
import { signatureGate } from './signature.ts'
import { slicesGate } from './slices.ts'
import { stabilityGate } from './stability.ts'

export const gates = createCatalog('gate', [environmentGate, explainGate, latencyGate, qualityGate, signatureGate, slicesGate, stabilityGate])
