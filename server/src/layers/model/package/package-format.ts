/** Names and bounds of a package that every part of it agrees on. Apart from `package.ts`, which loads a schema library. */
export const PACKAGE_FORMAT = 'seaworthy-package/1'
export const MANIFEST_FILE = 'manifest.json'
export const SIGNATURE_FILE = 'signature.json'
export const SAMPLE_FILE = 'sample.json'
export const CONTRACT_FILE = 'seaworthy.yaml'
/** Folder of the model file and of the files beside it that hold its weights. */
export const MODEL_FOLDER = 'model'

/** A name of a model: also a part of addresses and of file names. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/

/** Files of one package; the largest models come in a few hundred. */
export const FILES_MAX = 4_096
/** A manifest of that many files with long names, in bytes. */
export const MANIFEST_BYTES_MAX = 8 * 1_024 * 1_024
/** One document (signature, sample, contract, ...), in bytes; a signature with a million categories fits. */
export const DOCUMENT_BYTES_MAX = 64 * 1_024 * 1_024
/** Instances of a sample; warm-up and documentation need a handful. */
export const SAMPLE_INSTANCES_MAX = 1_000
/** Values of one row, all its columns and tensors together; a batch is a multiple of it in memory. */
export const ROW_VALUES_MAX = 2 ** 24
