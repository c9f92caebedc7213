/**
 * The end of the chain, signed and taken away. A log proves its middle by itself but not its end: who can write the file can
 * cut the last entries and set the head back, or recompute everything. Against a checkpoint that lies elsewhere (a mail, a
 * ticket, another disk) both show.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../../../kernel/canonical-json.ts'

export const AuditCheckpoint = z.strictObject({
  format: z.literal('seaworthy-audit-checkpoint/1'),
  sequence: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Milliseconds since 1970 in UTC. */
  time: z.int(),
  keyId: z.string(),
  /** Ed25519 over the canonical JSON of the members above, base64. */
  signature: z.string(),
})
export type AuditCheckpoint = Readonly<z.infer<typeof AuditCheckpoint>>

export interface CheckpointKey {
  readonly keyId: string
  /** Ed25519. */
  readonly privateKey: KeyObject
}

export function createCheckpoint(
  { sequence, hash, time }: { readonly sequence: number; readonly hash: string; readonly time: number },
  { keyId, privateKey }: CheckpointKey,
): AuditCheckpoint {
  const body = { format: 'seaworthy-audit-checkpoint/1' as const, sequence, hash, time, keyId }
  return Object.freeze({ ...body, signature: sign(null, Buffer.from(canonicalJson(body)), privateKey).toString('base64') })
}

/** Whether the checkpoint was signed by this key and not changed since. */
export function isGenuineCheckpoint(checkpoint: AuditCheckpoint, key: KeyObject): boolean {
  const { signature, ...body } = checkpoint
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return verify(null, Buffer.from(canonicalJson(body)), publicKey, Buffer.from(signature, 'base64'))
}
