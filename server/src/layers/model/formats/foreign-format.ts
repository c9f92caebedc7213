/** Recognises, by its first bytes, what a file is that is not the model it was said to be, and says how to make one of it. */

export interface ForeignFormat {
  /** Goes on from "it is". */
  readonly kind: string
  readonly advice: string
}

const SKLEARN =
  'Load it where it was trained and export it: skl2onnx.to_onnx(model, X[:1], options={"zipmap": False}). A pickle runs code when it is opened, so it is never opened here.'
const TORCH = 'Export it where it was trained: torch.onnx.export(model, example, "model.onnx", dynamo=True).'
const KERAS = 'Export it where it was trained: model.export("model.onnx", format="onnx"), or python -m tf2onnx.convert.'
const BOOSTER =
  'Export it where it was trained with onnxmltools: convert_xgboost(model, initial_types=…) or convert_lightgbm(model, initial_types=…, zipmap=False).'
const UNPACK = 'Unpack it first, and push the .onnx file inside.'

const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0))
interface Magic extends ForeignFormat {
  readonly offset?: number
  readonly bytes: readonly number[]
}

/** The order matters: the more particular stand first. */
const MAGIC: readonly Magic[] = [
  { bytes: [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c], kind: 'a PyTorch file of the old kind (a pickle)', advice: TORCH },
  ...[2, 3, 4, 5].map((protocol) => ({
    bytes: [0x80, protocol],
    kind: 'a Python pickle, as scikit-learn and joblib write it',
    advice: SKLEARN,
  })),
  { bytes: ascii('\x89HDF\r\n\x1a\n'), kind: 'an HDF5 file, as Keras writes it', advice: KERAS },
  { bytes: ascii('version https://git-lfs'), kind: 'a Git LFS pointer', advice: 'Fetch the real file with: git lfs pull.' },
  { bytes: [0x1f, 0x8b], kind: 'gzip-compressed (a joblib pickle, or a compressed model)', advice: UNPACK },
  { bytes: [0x78, 0x9c], kind: 'a compressed joblib pickle', advice: SKLEARN },
  { bytes: [0x78, 0x01], kind: 'a compressed joblib pickle', advice: SKLEARN },
  { bytes: [0x78, 0xda], kind: 'a compressed joblib pickle', advice: SKLEARN },
  { bytes: ascii('BZh'), kind: 'bzip2-compressed', advice: UNPACK },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], kind: 'xz-compressed', advice: UNPACK },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], kind: 'zstd-compressed', advice: UNPACK },
  { bytes: [0x04, 0x22, 0x4d, 0x18], kind: 'lz4-compressed', advice: UNPACK },
  { bytes: ascii('ZF'), kind: 'a compressed joblib pickle', advice: SKLEARN },
  {
    bytes: ascii('TFL3'),
    offset: 4,
    kind: 'a TensorFlow Lite model',
    advice: 'Convert it with: python -m tf2onnx.convert --tflite model.tflite --output model.onnx.',
  },
  {
    bytes: ascii('ORTM'),
    offset: 4,
    kind: 'a model in ONNX Runtime’s own format',
    advice: 'Push the .onnx file that it was made from.',
  },
  { bytes: ascii('CBM1'), kind: 'a CatBoost model', advice: 'Save it as ONNX: model.save_model("model.onnx", format="onnx").' },
  {
    bytes: ascii('GGUF'),
    kind: 'a GGUF language model',
    advice: 'Export it to ONNX from the original weights with optimum-cli export onnx.',
  },
  { bytes: ascii('tree\nversion='), kind: 'a LightGBM model', advice: BOOSTER },
  { bytes: ascii('binf'), kind: 'an XGBoost model', advice: BOOSTER },
  { bytes: ascii('PAR1'), kind: 'a Parquet file', advice: 'Give the model first and the data with --data.' },
  { bytes: ascii('\x7fELF'), kind: 'a program', advice: 'Give the path of the .onnx file.' },
  {
    bytes: ascii('<'),
    kind: 'an XML or HTML page (PMML, or a download that needed a login)',
    advice: 'Look into it with a text editor, and export the model as ONNX.',
  },
]

/** `head` is the start of the file, 4 KiB of it or all. Undefined when nothing is recognised. */
export function recogniseForeign(head: Uint8Array): ForeignFormat | undefined {
  if (head.length === 0) return { kind: 'empty', advice: 'Export the model again; the disk may have been full.' }
  const text = new TextDecoder('latin1').decode(head)
  if (text.startsWith('PK\x03\x04')) return zipFormat(text)
  if (/^\s*[{[]/.test(text))
    return /learner|"?booster/.test(text)
      ? { kind: 'an XGBoost model', advice: BOOSTER }
      : { kind: 'a JSON document', advice: 'Give the path of the .onnx file.' }
  const magic = MAGIC.find(({ bytes, offset = 0 }) => bytes.every((byte, i) => head[offset + i] === byte))
  if (magic !== undefined) return { kind: magic.kind, advice: magic.advice }
  // safetensors: eight bytes of length, then JSON.
  if (text.slice(8, 10) === '{"') return { kind: 'a safetensors file: weights without a graph', advice: TORCH }
  return undefined
}

function zipFormat(text: string): ForeignFormat {
  if (text.includes('data.pkl') || text.includes('/byteorder') || text.includes('constants.pkl'))
    return { kind: 'a PyTorch file (a pickle in a zip)', advice: TORCH }
  if (text.includes('config.json') && text.includes('metadata.json')) return { kind: 'a Keras file', advice: KERAS }
  if (text.includes('.npy')) return { kind: 'a NumPy archive', advice: 'Export the model itself as ONNX.' }
  if (text.includes('schema') && text.includes('skops')) return { kind: 'a skops file', advice: SKLEARN }
  return { kind: 'a zip archive', advice: UNPACK }
}
