/**
 * The key of an installation: ed25519, made at the first start, readable by its owner only. It signs packages, check reports
 * and the head of the audit chain, so that what leaves the folder can be told from what somebody made.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { defineError } from '../../kernel/errors.ts'
import { writeFileAtomic } from '../files/atomic-file.ts'

export interface SigningKey {
  /** First 16 hexadecimal digits of the sha256 of the public key (SPKI, DER): short enough to compare by eye. */
  readonly keyId: string
  /** SPKI, DER, base64. */
  readonly publicKey: string
  readonly privateKey: KeyObject
  /** Ed25519 over `text` in UTF-8, base64. The same text always has the same signature. */
  sign(text: string): string
}

/** A key file that holds no ed25519 key. HTTP 409. */
export const KeyUnreadable = defineError({
  code: 'KEY_UNREADABLE',
  status: 409,
  message: (d: { file: string; explanation: string }) => `The signing key ${d.file} cannot be used: ${d.explanation}.`,
  hint: () =>
    'Restore it from a backup. If it is lost, move it away: a new key is made, and what the old one signed must be checked again.',
})

/** Opens the key in `folder`, or makes one. Throws KeyUnreadable, StorageUnwritable. */
export async function openSigningKey(folder: string): Promise<SigningKey> {
  const file = path.join(folder, 'signing-key.pem')
  const pem = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new KeyUnreadable({ file, explanation: `it cannot be read (${error.code})` }, { cause: error })
  })
  if (pem !== undefined) return signingKeyOf(pem, file)
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  await writeFileAtomic(file, made, 0o600)
  return signingKeyOf(made, file)
}

function signingKeyOf(pem: string, file: string): SigningKey {
  const unreadable = (explanation: string, cause?: unknown) => new KeyUnreadable({ file, explanation }, { cause })
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey(pem)
  } catch (cause) {
    throw unreadable('it is not a private key in PEM', cause)
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') throw unreadable(`it is ${privateKey.asymmetricKeyType}, not ed25519`)
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64')
  return Object.freeze<SigningKey>({
    keyId: keyIdOf(publicKey),
    publicKey,
    privateKey,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  })
}

/** `publicKey` is SPKI, DER, base64. */
export const keyIdOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16)

/** Whether `signature` (base64) over `text` was made by the key whose public half this is. False for anything malformed. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' })
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}
