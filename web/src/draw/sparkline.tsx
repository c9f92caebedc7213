import { linearScale } from './scale.ts'

interface Props {
  /** Evenly spaced; undefined is a gap. */
  readonly values: readonly (number | undefined)[]
  /** What it shows, in words with its last value. */
  readonly label: string
  readonly width?: number
  readonly height?: number
  /** A bound, drawn as a dashed line. */
  readonly bound?: number | undefined
}

/** A line without axes: the shape of something over time. */
export function Sparkline({ values, label, width = 96, height = 24, bound }: Props) {
  const known = values.filter((value) => value !== undefined)
  if (known.length === 0) return <span className="dim">–</span>
  const all = bound === undefined ? known : [...known, bound]
  const x = linearScale([0, Math.max(1, values.length - 1)], [1, width - 3])
  const y = linearScale([Math.min(0, ...all), Math.max(...all) || 1], [height - 2, 2])
  const path = pathOf(values, x, y)
  const last = values.findLastIndex((value) => value !== undefined)
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: 'block', overflow: 'visible' }}>
      {bound === undefined ? null : (
        <line x1={0} x2={width} y1={y(bound)} y2={y(bound)} stroke="var(--ink-dim)" strokeDasharray="2 3" opacity={0.6} />
      )}
      <path d={path} fill="none" stroke="var(--series-1)" strokeWidth={1.5} strokeLinejoin="round" />
      <circle cx={x(last)} cy={y(values[last]!)} r={2} fill="var(--series-1)" />
    </svg>
  )
}

function pathOf(values: readonly (number | undefined)[], x: (i: number) => number, y: (value: number) => number): string {
  let pen = 'M'
  return values
    .map((value, i) => {
      const step = value === undefined ? '' : `${pen}${x(i).toFixed(1)} ${y(value).toFixed(1)}`
      pen = value === undefined ? 'M' : 'L'
      return step
    })
    .join('')
}
