/**
 * A sample that Python and we make from the same whole numbers, digit for digit, for the tests of this folder:
 *
 *     i = np.arange(2000); p = ((i*7919)%1009)/1009; y = (((i*104729+12345)%9973)/9973 < p*0.6+0.1).astype(float)
 */
export function referenceSample(): { probabilities: Float64Array; outcomes: Float64Array; coarse: Float64Array } {
  const probabilities = Float64Array.from({ length: 2000 }, (_, i) => ((i * 7919) % 1009) / 1009)
  const outcomes = probabilities.map((p, i) => (((i * 104729 + 12345) % 9973) / 9973 < p * 0.6 + 0.1 ? 1 : 0))
  return { probabilities, outcomes, coarse: probabilities.map((p) => Math.round(p * 10) / 10) }
}
