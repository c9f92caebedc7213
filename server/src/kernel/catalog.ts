import { defineError } from './errors.ts'

/** A name that no part of this kind carries. HTTP 422. */
export const PartUnknown = defineError({
  code: 'PART_UNKNOWN',
  status: 422,
  message: (d: { kind: string; id: string; known: readonly string[] }) => `There is no ${d.kind} called "${d.id}".`,
  hint: (d) => `Use one of: ${d.known.join(', ')}.`,
})

/**
 * The parts of one kind, by id. Two parts with one id stop the program: a registry that overwrites silently
 * would let a new file change what an old contract means.
 */
export function createCatalog<T extends { readonly id: string }>(kind: string, parts: readonly T[]) {
  const byId = new Map<string, T>()
  for (const part of parts) {
    if (byId.has(part.id)) throw new Error(`Two ${kind}s are called "${part.id}". Rename one of them.`)
    byId.set(part.id, part)
  }
  const ids = [...byId.keys()].toSorted()
  return Object.freeze({
    ids,
    all: (): readonly T[] => [...byId.values()],
    find: (id: string): T | undefined => byId.get(id),
    get(id: string): T {
      const part = byId.get(id)
      if (part === undefined) throw new PartUnknown({ kind, id, known: ids })
      return part
    },
  })
}
