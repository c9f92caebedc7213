/**
 * The document `manifest.json`: a manifest and an ed25519 signature over its canonical JSON. The document itself is canonical
 * JSON too and is refused in any other spelling, so that one content has one digest.
 */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import { isSignedBy, keyIdOf, type SigningKey } from '../../../platform/keys/signing-key.ts'
import { anyText, fields, listOf, oneOf, parseDocument, type Shape, text, whole } from './document-shape.ts'
import { PackageChanged, PackageKeyUntrusted, PackageMalformed, PackageTooLarge } from './errors.ts'
import type { PackageManifest, SealedManifest } from './package.ts'
import { FILES_MAX, MANIFEST_FILE, MODEL_NAME, PACKAGE_FORMAT } from './package-format.ts'
import { faultOfPaths } from './package-path.ts'

export interface ManifestLimits {
  /** Most bytes of all files together. */
  readonly bytesMax: number
  readonly filesMax?: number | undefined
  /** Ids of keys whose packages are accepted. Absent: any, so that the signature only shows that nothing was changed. */
  readonly trustedKeyIds?: readonly string[] | undefined
}
export interface ReadManifest {
  readonly manifest: PackageManifest
  readonly keyId: string
  /** sha256 of the document: the identity of the version. */
  readonly digest: string
}

const sha256 = text(/^[0-9a-f]{64}$/, 'is not a sha256')
const sealedManifest: Shape<SealedManifest> = fields({
  manifest: fields({
    format: oneOf(PACKAGE_FORMAT),
    model: text(MODEL_NAME, 'is not a name of a model'),
    version: whole(1),
    createdAt: whole(Number.MIN_SAFE_INTEGER),
    createdBy: anyText,
    modelFormat: anyText,
    modelFile: anyText,
    files: listOf(fields({ path: anyText, bytes: whole(0), sha256 }), 1),
  }),
  signature: fields({ keyId: anyText, publicKey: anyText, value: anyText }),
})

/** Signs a manifest; gives the bytes of the document and their sha256. */
export function sealManifest(manifest: PackageManifest, key: SigningKey): { readonly bytes: Buffer; readonly digest: string } {
  const signature = { keyId: key.keyId, publicKey: key.publicKey, value: key.sign(canonicalJson(manifest)) }
  const bytes = Buffer.from(canonicalJson({ manifest, signature } satisfies SealedManifest))
  return { bytes, digest: digestOf(bytes) }
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** `place` names the package in messages. Throws PackageMalformed, PackageTooLarge, PackageChanged, PackageKeyUntrusted. */
export function parseManifest(bytes: Uint8Array, place: string, limits: ManifestLimits): ReadManifest {
  const refuse = (reason: string) => new PackageMalformed({ package: place, file: MANIFEST_FILE, reason })
  const document = Buffer.from(bytes).toString()
  const sealed = parseDocument(document, sealedManifest, refuse)
  if (canonicalJson(sealed) !== document) throw refuse('it is not written in the one spelling that is signed')
  const { manifest, signature } = sealed
  if (keyIdOf(signature.publicKey) !== signature.keyId) throw refuse('the id of its key is not that of its public key')
  if (!isSignedBy(signature.publicKey, canonicalJson(manifest), signature.value))
    throw new PackageChanged({ package: place, file: MANIFEST_FILE, reason: 'its signature does not fit what it says' })
  const { trustedKeyIds: trusted } = limits
  if (trusted !== undefined && !trusted.includes(signature.keyId))
    throw new PackageKeyUntrusted({ package: place, keyId: signature.keyId, trusted })
  checkFiles(manifest, place, limits, refuse)
  return { manifest, keyId: signature.keyId, digest: digestOf(bytes) }
}

function checkFiles(
  { files, modelFile }: PackageManifest,
  place: string,
  { bytesMax, filesMax = FILES_MAX }: ManifestLimits,
  refuse: (reason: string) => Error,
): void {
  if (files.length > filesMax) throw new PackageTooLarge({ package: place, what: 'files', found: files.length, limit: filesMax })
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  if (bytes > bytesMax) throw new PackageTooLarge({ package: place, what: 'bytes', found: bytes, limit: bytesMax })
  const fault = faultOfPaths([MANIFEST_FILE, ...files.map(({ path }) => path)])
  if (fault !== undefined) throw refuse(`it names a file ${JSON.stringify(fault.path.slice(0, 200))}, and ${fault.reason}`)
  if (!files.some(({ path }) => path === modelFile)) throw refuse('its model file is not among its files')
}
