/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../kernel/catalog.ts'
import { onnx } from './onnx.ts'

export const formats = createCatalog('format', [onnx])
