import { useId } from 'react'
import { formatShare } from '../format/number.ts'
import styles from './histogram-pair.module.css'
import { linearScale, type Scale, ticksOf } from './scale.ts'
import { useWidth } from './use-width.ts'

interface Props {
  /** Names of the bins, or their bounds as text. */
  readonly labels: readonly string[]
  /** Shorter names for the axis. */
  readonly axis?: readonly string[]
  /** Shares of rows by bin, 0 to 1: of what is compared with, and of what is looked at. */
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly names?: readonly [before: string, after: string]
  readonly caption: string
  readonly height?: number
}

const AXIS = 22
const LEFT = 48
const LABEL_PX = 56

/** Two distributions over the same bins: the reference hatched, the window filled, so that neither needs its colour. */
export function HistogramPair(props: Props) {
  const { labels, axis = labels, before, after, names = ['reference', 'window'], caption, height = 160 } = props
  const [ref, width] = useWidth<HTMLDivElement>()
  const hatch = useId()
  const top = Math.max(0.01, ...before, ...after)
  const y = linearScale([0, top], [height - AXIS, 8])
  const slot = Math.max(0, width - LEFT) / Math.max(1, labels.length)
  const bar = Math.max(1, Math.min(28, slot * 0.4))
  const every = Math.max(1, Math.ceil(LABEL_PX / Math.max(1, slot)))
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <span>
          <Swatch hatch={hatch} filled={false} /> {names[0]}
        </span>
        <span>
          <Swatch hatch={hatch} filled /> {names[1]}
        </span>
      </figcaption>
      <div ref={ref}>
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={describe(caption, labels, before, after)}
          style={{ display: 'block' }}
        >
          <defs>
            <pattern id={hatch} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width={5} height={5} fill="var(--surface)" />
              <line x1={0} x2={0} y1={0} y2={5} stroke="var(--ink-dim)" strokeWidth={2.5} />
            </pattern>
          </defs>
          <Shares top={top} y={y} width={width} />
          {labels.map((label, i) => {
            const middle = LEFT + slot * (i + 0.5)
            return (
              <g key={`${i}/${label}`}>
                <title>{`${label}: ${formatShare(before[i] ?? 0)} → ${formatShare(after[i] ?? 0)}`}</title>
                <rect x={middle - slot / 2} y={0} width={slot} height={height - AXIS} fill="transparent" />
                <rect
                  x={middle - bar - 0.5}
                  y={y(before[i] ?? 0)}
                  width={bar}
                  height={y(0) - y(before[i] ?? 0)}
                  fill={`url(#${hatch})`}
                  stroke="var(--ink-dim)"
                  strokeWidth={0.75}
                />
                <rect x={middle + 0.5} y={y(after[i] ?? 0)} width={bar} height={y(0) - y(after[i] ?? 0)} fill="var(--series-1)" />
                {i % every === 0 ? (
                  <text x={middle} y={height - 6} className={styles.tick} textAnchor="middle">
                    {cut(axis[i] ?? label)}
                  </text>
                ) : null}
              </g>
            )
          })}
          <line x1={LEFT} x2={width} y1={y(0)} y2={y(0)} stroke="var(--line-strong)" />
        </svg>
      </div>
    </figure>
  )
}

const Shares = ({ top, y, width }: { readonly top: number; readonly y: Scale; readonly width: number }) =>
  ticksOf([0, top], 3).map((tick) => (
    <g key={tick}>
      <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--grid)" />
      <text x={LEFT - 6} y={y(tick) + 4} className={styles.tick} textAnchor="end">
        {formatShare(tick)}
      </text>
    </g>
  ))

const cut = (label: string) => (label.length > 12 ? `${label.slice(0, 11)}…` : label)

const Swatch = ({ hatch, filled }: { readonly hatch: string; readonly filled: boolean }) => (
  <svg width={12} height={12} aria-hidden style={{ verticalAlign: '-1px' }}>
    <rect
      width={12}
      height={12}
      rx={2}
      fill={filled ? 'var(--series-1)' : `url(#${hatch})`}
      stroke={filled ? 'none' : 'var(--ink-dim)'}
    />
  </svg>
)

const DESCRIBED_MAX = 20
const describe = (caption: string, labels: readonly string[], before: readonly number[], after: readonly number[]): string =>
  `${caption}. ${labels
    .slice(0, DESCRIBED_MAX)
    .map((label, i) => `${label}: ${formatShare(before[i] ?? 0)}, then ${formatShare(after[i] ?? 0)}`)
    .join('; ')}`
