/**
 * Who answers a request. Each key has a place in 0..1, by a hash that the name of the deployment salts, and each variant a
 * stretch of it: challengers from 0 on, the champion what they leave. So a key meets the same version until its stretch
 * grows over it, growing takes nobody back, and two deployments do not try their challengers on the same callers.
 */
export interface SharedVariant {
  readonly name: string
  /** At least 0; taken in proportion. */
  readonly share: number
}

const CHAMPION = 'champion'

/** `variants` has at least one; when no share is above 0, the first answers. */
export function createSplit<Variant extends SharedVariant>(variants: readonly Variant[], salt: string): (key: string) => Variant {
  const sharing = variants.filter(({ share }) => share > 0)
  const ordered = [...sharing.filter(({ name }) => name !== CHAMPION), ...sharing.filter(({ name }) => name === CHAMPION)]
  const last = ordered.at(-1) ?? variants[0]!
  if (ordered.length <= 1) return () => last
  const total = ordered.reduce((sum, { share }) => sum + share, 0)
  return (key) => {
    let point = placeOf(key, salt) * total
    for (const variant of ordered) {
      point -= variant.share
      if (point < 0) return variant
    }
    return last
  }
}

/** In 0..1, 1 excluded: 32-bit FNV-1a, finished as MurmurHash3 is, because the last characters hardly move the high bits of FNV. */
export function placeOf(key: string, salt: string): number {
  let hash = addTo(addTo(0x811c9dc5, salt), key)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296
}

function addTo(start: number, text: string): number {
  let hash = Math.imul(start ^ 0xff, 0x01000193)
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
