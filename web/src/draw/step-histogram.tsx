import { formatShare } from '../format/number.ts'
import type { SeriesStyle } from '../theme/palette.ts'
import { linearScale, ticksOf } from './scale.ts'
import styles from './step-histogram.module.css'
import { useWidth } from './use-width.ts'

export interface Distribution {
  readonly label: string
  /** By bin; of any sum. */
  readonly counts: readonly number[]
  readonly style: SeriesStyle
  /** Beside its name: a median, a total. */
  readonly note?: string
}
interface Props {
  readonly caption: string
  /** One for each bin. */
  readonly labels: readonly string[]
  readonly series: readonly Distribution[]
  /** What is written below, where that is not the label of every bin: at the beginning of a bin. */
  readonly ticks?: readonly (readonly [bin: number, label: string])[]
  readonly height?: number
}

const AXIS = 22
const LEFT = 40
const LABEL_PX = 56

/** Distributions over the same bins as outlines over each other, each in shares of its own sum; the first is filled. */
export function StepHistogram({ caption, labels, series, ticks, height = 180 }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const shares = series.map(({ counts }) => sharesOf(counts))
  const top = Math.max(0.01, ...shares.flat())
  const x = linearScale([0, labels.length], [LEFT, Math.max(LEFT + 1, width)])
  const y = linearScale([0, top], [height - AXIS, 8])
  const every = Math.max(1, Math.ceil(LABEL_PX / Math.max(1, x(1) - x(0))))
  const written = ticks ?? labels.map((label, i) => [i + 0.5, label] as const).filter((_, i) => i % every === 0)
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.legend}>
        {series.map(({ label, style, note }) => (
          <span key={label} className={styles.item}>
            <svg width={20} height={8} aria-hidden>
              <line x1={0} x2={20} y1={4} y2={4} stroke={style.color} strokeWidth={2} strokeDasharray={style.dash.join(' ')} />
            </svg>
            {label}
            {note === undefined ? null : <b className="numeric">{note}</b>}
          </span>
        ))}
      </figcaption>
      <div ref={ref}>
        <svg width={width} height={height} role="img" aria-label={caption} style={{ display: 'block' }}>
          {ticksOf([0, top], 3).map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--grid)" />
              <text x={LEFT - 6} y={y(tick) + 4} className={styles.tick} textAnchor="end">
                {formatShare(tick)}
              </text>
            </g>
          ))}
          {series.map(({ label, style }, i) => (
            <path
              key={label}
              d={outline(shares[i]!, x, y)}
              stroke={style.color}
              strokeWidth={1.75}
              strokeDasharray={style.dash.join(' ')}
              strokeLinejoin="round"
              fill={i === 0 ? style.color : 'none'}
              fillOpacity={0.15}
            />
          ))}
          {labels.map((label, i) => (
            <rect key={label} x={x(i)} y={0} width={Math.max(0, x(1) - x(0))} height={height - AXIS} fill="transparent">
              <title>{titleOf(label, series, shares, i)}</title>
            </rect>
          ))}
          {written.map(([bin, label]) =>
            x(bin) + LABEL_PX / 3 > width ? null : (
              <text key={label} x={x(bin)} y={height - 6} className={styles.tick} textAnchor={bin === 0 ? 'start' : 'middle'}>
                {label}
              </text>
            ),
          )}
          <line x1={LEFT} x2={width} y1={y(0)} y2={y(0)} stroke="var(--line-strong)" />
        </svg>
      </div>
    </figure>
  )
}

function sharesOf(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total === 0 ? 0 : count / total))
}

const titleOf = (label: string, series: readonly Distribution[], shares: readonly (readonly number[])[], bin: number) =>
  `${label}: ${series.map((one, i) => `${one.label} ${formatShare(shares[i]![bin] ?? 0)}`).join('; ')}`

function outline(shares: readonly number[], x: (bin: number) => number, y: (share: number) => number): string {
  const steps = shares.map((share, i) => `L${x(i).toFixed(1)} ${y(share).toFixed(1)}H${x(i + 1).toFixed(1)}`)
  return `M${x(0).toFixed(1)} ${y(0).toFixed(1)}${steps.join('')}V${y(0).toFixed(1)}`
}
