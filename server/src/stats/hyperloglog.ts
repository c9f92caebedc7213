/**
 * How many different values there were, from 4,096 bytes: of the 32 bits of a value's hash the first twelve choose a register,
 * and the register keeps the longest run of zeros that the others began with. Registers of two parts are merged by the larger,
 * so that the result is the same in any order and whatever was seen twice.
 *
 * Standard error 1.04 / √4096 = 1.6 %, at any size up to some 1e9; exact in effect below a few hundred. The estimator is O.
 * Ertl's (2017, arXiv:1702.01284, algorithm 6), which needs no tables of corrections; what 32 bits confuse is put back at the end.
 * Source of the sketch: P. Flajolet, E. Fusy, O. Gandouet, F. Meunier (2007).
 */
import type { ValueBlock } from './value-block.ts'

const INDEX_BITS = 12
export const REGISTERS = 2 ** INDEX_BITS
/** Largest value of a register. */
export const REGISTER_MAX = 32 - INDEX_BITS + 1
export const DISTINCT_STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS)

export type DistinctSketch = Uint8Array

export const createDistinctSketch = (): DistinctSketch => new Uint8Array(REGISTERS)

function see(registers: DistinctSketch, hash: number): void {
  const index = hash >>> (32 - INDEX_BITS)
  const run = Math.clz32((hash << INDEX_BITS) | (1 << (INDEX_BITS - 1))) + 1
  if (run > registers[index]!) registers[index] = run
}

/** A bijection that moves every bit into every other (C. Wellons, hash-prospector: "lowbias32"). */
function mix(x: number): number {
  const a = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  const b = Math.imul(a ^ (a >>> 15), 0x735a2d97)
  return b ^ (b >>> 15)
}

export function addBlockToDistinct(registers: DistinctSketch, { words, rows }: ValueBlock): void {
  for (let i = 0; i < rows; i++) see(registers, mix(mix(words[2 * i + 1]!) ^ words[2 * i]!))
}

export function addTextToDistinct(registers: DistinctSketch, text: string): void {
  let hash = text.length
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  see(registers, mix(hash))
}

export function mergeDistinct(registers: DistinctSketch, other: DistinctSketch): void {
  for (let i = 0; i < REGISTERS; i++) if (other[i]! > registers[i]!) registers[i] = other[i]!
}

/** The estimate, with a standard error of 1.6 %. */
export function distinctOf(registers: DistinctSketch): number {
  const held = new Float64Array(REGISTER_MAX + 1)
  for (const register of registers) held[register]!++
  if (held[0] === REGISTERS) return 0
  let z = REGISTERS * tau(1 - held[REGISTER_MAX]! / REGISTERS)
  for (let run = REGISTER_MAX - 1; run >= 1; run--) z = (z + held[run]!) / 2
  z += REGISTERS * sigma(held[0]! / REGISTERS)
  const hashes = REGISTERS ** 2 / (2 * Math.LN2 * z)
  return -(2 ** 32) * Math.log1p(-Math.min(hashes / 2 ** 32, 1 - 1e-9))
}

function sigma(share: number): number {
  let [x, y, z, before] = [share, 1, share, -1]
  while (z !== before) {
    x *= x
    before = z
    z += x * y
    y += y
  }
  return z
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, z, before] = [share, 1, 1 - share, -1]
  while (z !== before) {
    x = Math.sqrt(x)
    before = z
    y /= 2
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}
