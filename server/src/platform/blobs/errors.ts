import { defineError } from '../../kernel/errors.ts'

/** A blob that is not here. HTTP 404. */
export const BlobMissing = defineError({
  code: 'BLOB_MISSING',
  status: 404,
  message: (d: { digest: string }) => `There is no file with the digest ${d.digest}.`,
  hint: () => 'Upload it first: POST /v1/uploads.',
})

/** A blob whose bytes are not those it was stored with: a damaged disk, or somebody changed it. HTTP 409. */
export const BlobCorrupt = defineError({
  code: 'BLOB_CORRUPT',
  status: 409,
  message: (d: { digest: string; found: string }) => `The file ${d.digest} was changed on disk; its content is now ${d.found}.`,
  hint: () => 'Restore it from a backup, or push it again; the damaged file was not used.',
})

/** More bytes than one file may have. HTTP 413. */
export const BlobTooLarge = defineError({
  code: 'BLOB_TOO_LARGE',
  status: 413,
  message: (d: { bytesMax: number }) => `The file is larger than ${d.bytesMax} bytes.`,
  hint: () => 'Raise SEAWORTHY_UPLOAD_BYTES_MAX if a file of this size is meant.',
})
