/** Uniform random numbers in [0, 1), the same sequence for the same seed on every machine. */
export type Random = () => number

/**
 * sfc32 (C. Doty-Humphrey, PractRand), seeded through splitmix32: 32 good bits a call, a period of at least 2^32, passes
 * PractRand and BigCrush, and costs a few nanoseconds. Not for secrets.
 *
 * @param seed Any integer; its lower 53 bits count.
 */
export function createRandom(seed: number): Random {
  let state = (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32) >>> 0, 0x9e3779b1)
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return mixed ^ (mixed >>> 15)
  }
  let [a, b, c, counter] = [next(), next(), next(), 1]
  return () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
}
