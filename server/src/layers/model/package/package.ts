/**
 * A package: the files of one version. A folder, or the same folder as one uncompressed tar, `name-1.seaworthy`.
 *
 *     manifest.json       what the package is: sha256 and size of every other file, signed; its own sha256 is the digest
 *     model/model.onnx    the graph, and beside it the files it keeps weights in
 *     signature.json      typed inputs and outputs
 *     sample.json         a few instances of the training data, for warm-up and documentation
 *     baseline.json       profile of the training data          absent when it came without data
 *     metrics.json        what the training said of itself; no gate believes it
 *     environment.json    language, libraries and versions it was trained with
 *     lineage.json        run, snapshots, commit, parent
 *     seaworthy.yaml      the contract                          absent when it came without one
 */
import { z } from 'zod'
import type { Instance } from '../../../kernel/table.ts'
import type { Signature } from '../signature/signature.ts'
import { PACKAGE_FORMAT } from './package-format.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const PackageFile = z.strictObject({
  /** Relative, with forward slashes, inside the package. */
  path: z.string().min(1).max(1_024),
  bytes: z.int().min(0),
  sha256: Sha256,
})
export type PackageFile = Readonly<z.infer<typeof PackageFile>>

export const PackageManifest = z.strictObject({
  format: z.literal(PACKAGE_FORMAT),
  model: z.string().min(1),
  version: z.int().min(1),
  /** Milliseconds since 1970 in UTC. */
  createdAt: z.int(),
  createdBy: z.string(),
  modelFormat: z.string(),
  /** Path of the model file inside the package. */
  modelFile: z.string(),
  /** Every file but this one, by path. */
  files: z.array(PackageFile).min(1).readonly(),
})
export type PackageManifest = Readonly<z.infer<typeof PackageManifest>>

/** The document `manifest.json`: the manifest and a signature over its canonical JSON. */
export const SealedManifest = z.strictObject({
  manifest: PackageManifest,
  signature: z.strictObject({ keyId: z.string(), publicKey: z.string(), value: z.string() }),
})
export type SealedManifest = Readonly<z.infer<typeof SealedManifest>>

export const Environment = z.looseObject({
  language: z.string().optional(),
  libraries: z.record(z.string(), z.string()).optional(),
  /** Text of the lock file, or its name and sha256 when it is long. */
  lock: z.unknown().optional(),
})
export const Lineage = z.strictObject({
  runId: z.string().optional(),
  snapshotDigest: z.string().optional(),
  evaluationDigest: z.string().optional(),
  commit: z.string().optional(),
  parentVersion: z.int().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  seed: z.int().optional(),
  /** Column of the training data that holds the outcome. */
  outcome: z.string().optional(),
})
export type Lineage = Readonly<z.infer<typeof Lineage>>

/** A package that was opened: verified, and laid out on disk for the engine. */
export interface OpenedPackage {
  readonly manifest: PackageManifest
  /** sha256 of `manifest.json`: the identity of the version. */
  readonly digest: string
  readonly keyId: string
  readonly folder: string
  /** Absolute path of the model file. */
  readonly modelFile: string
  readonly signature: Signature
  readonly sample: readonly Instance[]
  readonly contractText?: string | undefined
}
