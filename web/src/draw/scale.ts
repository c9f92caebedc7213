/** A linear scale from values to pixels, and round values to mark on it. */
export interface Scale {
  (value: number): number
  readonly domain: readonly [number, number]
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain[0] === domain[1] ? [domain[0] - 0.5, domain[1] + 0.5] : domain
  const factor = (range[1] - range[0]) / (high - low)
  return Object.assign((value: number) => range[0] + (value - low) * factor, { domain: [low, high] as const })
}

/** About `count` round values inside the domain. */
export function ticksOf([low, high]: readonly [number, number], count: number): readonly number[] {
  const raw = (high - low) / Math.max(1, count)
  if (!(raw > 0) || !Number.isFinite(raw)) return []
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10)
  const first = Math.ceil(low / step)
  const last = Math.floor(high / step)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step)
}
