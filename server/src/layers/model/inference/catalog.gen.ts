/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../kernel/catalog.ts'
import { onnx } from './runtimes/onnx.ts'

export const runtimes = createCatalog('runtime', [onnx])
