/** `flight-delay@3`, `flight-delay@champion`, `flight-delay`: how command lines name a version. */
import type { Client } from '@seaworthy/api/client'
import { getModel } from '@seaworthy/api/model'
import { ReferenceUnknown } from './errors.ts'
import { UsageError } from './define-command.ts'

export interface VersionReference {
  readonly model: string
  readonly version: number
}

/** Asks for what the text names; without `@` the newest version. Throws UsageError, ReferenceUnknown and the server's problem. */
export async function resolveVersion(client: Client, reference: string): Promise<VersionReference> {
  const parts = /^([^@\s]+?)(?:@([^@\s]+))?$/.exec(reference)
  if (parts === null) throw new UsageError(`"${reference}" names no version: write NAME, NAME@3 or NAME@champion.`)
  const [, model, place] = parts as unknown as [string, string, string | undefined]
  if (place !== undefined && /^[1-9]\d{0,8}$/.test(place)) return { model, version: Number(place) }
  const { versionLast, aliases } = await client.call(getModel, { params: { model } })
  const aliased = place !== undefined && Object.hasOwn(aliases, place) ? aliases[place] : undefined
  const version = place === undefined ? versionLast : aliased
  if (version === undefined || version === 0)
    throw new ReferenceUnknown({ reference, model, versionLast, aliases: Object.keys(aliases) })
  return { model, version }
}

/** Name of a model without a version. Throws UsageError. */
export function parseName(text: string): string {
  if (text.includes('@')) throw new UsageError(`"${text}" names a version; here a name alone is meant.`)
  return text
}
