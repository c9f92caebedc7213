// Generated from this folder; do not edit. A new file with defineFormat is all it takes.
import { createCatalog } from '../../../kernel/catalog.ts'
import { onnx } from './onnx.ts'

export const formats = createCatalog('model format', [onnx])
