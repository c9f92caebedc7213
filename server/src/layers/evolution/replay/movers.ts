/** The parts of the traffic whose answers move most: each value of each input that has few of them. */
import type { Mover } from './replay.ts'

/** An input with more values than this is no way to cut the traffic. */
const VALUES_MAX = 500
/** A part with fewer predictions says more about chance than about the version. */
const ROWS_MIN = 30
const SHOWN_MAX = 10

interface Part {
  rows: number
  changed: number
  /** Over the `numbers` rows whose difference is a number. */
  sum: number
  sumAbsolute: number
  numbers: number
}

export interface Movers {
  add(parts: Readonly<Record<string, unknown>>, isChanged: boolean, difference: number | undefined): void
  /** Those that moved most first: by the mean of |difference|, or without numbers by the share that changed. */
  list(): readonly Mover[]
}

/** `differences`: whether differences are numbers, and whether these have a sign. */
export function createMovers(differences: 'signed' | 'unsigned' | 'none'): Movers {
  const inputs = new Map<string, Map<string, Part>>()
  const tooMany = new Set<string>()
  return Object.freeze<Movers>({
    add(parts, isChanged, difference) {
      for (const [input, value] of Object.entries(parts)) {
        if (tooMany.has(input)) continue
        const byValue = inputs.get(input) ?? new Map<string, Part>()
        inputs.set(input, byValue)
        const key = value === null ? 'missing' : String(value)
        const part = byValue.get(key) ?? { rows: 0, changed: 0, sum: 0, sumAbsolute: 0, numbers: 0 }
        if (part.rows === 0 && byValue.size === VALUES_MAX) {
          tooMany.add(input)
          inputs.delete(input)
          continue
        }
        byValue.set(key, part)
        part.rows += 1
        if (isChanged) part.changed += 1
        if (difference !== undefined && Number.isFinite(difference)) {
          part.numbers += 1
          part.sum += difference
          part.sumAbsolute += Math.abs(difference)
        }
      }
    },
    list() {
      const weight = ({ meanAbsolute, changed, rows }: Mover) => (differences === 'none' ? changed / rows : (meanAbsolute ?? 0))
      return [...inputs]
        .flatMap(([input, byValue]) => [...byValue].map(([value, part]) => moverOf(input, value, part, differences === 'signed')))
        .filter((mover) => mover.rows >= ROWS_MIN && weight(mover) > 0)
        .toSorted((a, b) => weight(b) - weight(a))
        .slice(0, SHOWN_MAX)
    },
  })
}

function moverOf(input: string, value: string, { rows, changed, sum, sumAbsolute, numbers }: Part, hasSign: boolean): Mover {
  if (numbers === 0) return { input, value, rows, changed }
  return { input, value, rows, changed, ...(hasSign ? { mean: sum / numbers } : {}), meanAbsolute: sumAbsolute / numbers }
}
