import { BinaryReader } from '@bufbuild/protobuf/wire'

const METADATA_PROPS = 14

/** The key-value pairs of an ONNX file, everything else skipped. Throws when the bytes are no protobuf message. */
export function readMetadata(model: Uint8Array): ReadonlyMap<string, string> {
  const reader = new BinaryReader(model)
  const entries = new Map<string, string>()
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field !== METADATA_PROPS || wire !== 2) reader.skip(wire, field)
    else {
      const [key, value] = readEntry(reader.bytes())
      entries.set(key, value)
    }
  }
  return entries
}

/** A StringStringEntryProto: key and value. */
function readEntry(bytes: Uint8Array): [string, string] {
  const reader = new BinaryReader(bytes)
  const entry: [string, string] = ['', '']
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if ((field === 1 || field === 2) && wire === 2) entry[field - 1] = reader.string()
    else reader.skip(wire, field)
  }
  return entry
}
