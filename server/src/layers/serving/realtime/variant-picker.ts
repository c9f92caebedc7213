/** Spreads requests over variants by a hash of the request id, so that a retry meets the same version. */
export function createVariantPicker<Variant extends { readonly share: number }>(
  variants: readonly Variant[],
): (requestId: string) => Variant {
  const first = variants[0]!
  if (variants.length === 1) return () => first
  const total = variants.reduce((sum, { share }) => sum + share, 0)
  return (requestId) => {
    let point = uniform(requestId) * total
    for (const variant of variants) {
      point -= variant.share
      if (point < 0) return variant
    }
    return first
  }
}

/** FNV-1a with a final mix, as a number in 0..1. */
function uniform(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296
}
