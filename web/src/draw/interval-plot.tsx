import { formatNumber } from '../format/number.ts'
import type { Tone } from '../theme/palette.ts'
import { ToneSign } from '../ui/status-badge.tsx'
import styles from './interval-plot.module.css'
import { linearScale, ticksOf } from './scale.ts'
import { useWidth } from './use-width.ts'

export interface IntervalRow {
  readonly label: string
  readonly value: number
  readonly low: number
  readonly high: number
  readonly tone: Tone
  /** What it means, in words. */
  readonly verdict: string
}
interface Props {
  readonly rows: readonly IntervalRow[]
  /** The line that decides: 0 for a difference, the bound for a gate. */
  readonly reference: number
  /** What lies right and left of it: "better", "worse". */
  readonly sides?: readonly [left: string, right: string]
  readonly caption: string
  readonly format?: (value: number) => string
}

const ROW = 28
const AXIS = 24
const PAD = 14
/** Half of the widest number on the axis; one that would be cut is left out. */
const TICK_PX = 24

/** Estimates with their intervals against one line: what lies wholly on one side of it is sure. */
export function IntervalPlot({ rows, reference, sides, caption, format = formatNumber }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const values = rows.flatMap(({ low, high }) => [low, high]).concat(reference)
  const spread = Math.max(...values) - Math.min(...values) || 1
  const domain = [Math.min(...values) - spread * 0.06, Math.max(...values) + spread * 0.06] as const
  const x = linearScale(domain, [PAD, Math.max(PAD + 1, width - PAD)])
  return (
    <figure className={styles.figure} aria-label={caption}>
      <ul className={styles.rows}>
        {rows.map((row) => (
          <li key={row.label} style={{ height: ROW }} className={styles.row}>
            <ToneSign tone={row.tone} />
            <span className={`${styles.label} foreign`}>{row.label}</span>
            <span className="sr-only">
              {`${format(row.value)}, from ${format(row.low)} to ${format(row.high)}: ${row.verdict}`}
            </span>
          </li>
        ))}
      </ul>
      <div ref={ref} className={styles.plot}>
        <svg width={width} height={rows.length * ROW + AXIS} aria-hidden style={{ display: 'block' }}>
          {ticksOf(x.domain, Math.max(3, width / 90)).map((tick) => (
            <g key={tick}>
              <line x1={x(tick)} x2={x(tick)} y1={0} y2={rows.length * ROW} stroke="var(--grid)" />
              <text x={x(tick)} y={rows.length * ROW + 16} className={styles.tick}>
                {x(tick) < TICK_PX || x(tick) > width - TICK_PX ? null : trimmed(format(tick))}
              </text>
            </g>
          ))}
          <line x1={x(reference)} x2={x(reference)} y1={0} y2={rows.length * ROW + 4} stroke="var(--ink)" strokeWidth={1.5} />
          {rows.map((row, i) => (
            <Whisker
              key={row.label}
              row={row}
              y={i * ROW + ROW / 2}
              x={x}
              title={`${format(row.value)} (${format(row.low)} to ${format(row.high)})`}
            />
          ))}
        </svg>
        {sides === undefined ? null : (
          <div className={styles.sides} aria-hidden>
            <span>← {sides[0]}</span>
            <span>{sides[1]} →</span>
          </div>
        )}
      </div>
    </figure>
  )
}

/** A round number without the zeros that say nothing. */
const trimmed = (text: string) => text.replace(/(\.\d*?)0+(?!\d)/, '$1').replace(/\.(?!\d)/, '')

function Whisker({ row, x, y, title }: { row: IntervalRow; x: (value: number) => number; y: number; title: string }) {
  const color = `var(--${row.tone === 'quiet' || row.tone === 'info' ? 'unknown' : row.tone})`
  return (
    <g stroke={color} fill={color}>
      <title>{title}</title>
      <line x1={x(row.low)} x2={x(row.high)} y1={y} y2={y} strokeWidth={2} />
      <line x1={x(row.low)} x2={x(row.low)} y1={y - 5} y2={y + 5} strokeWidth={2} />
      <line x1={x(row.high)} x2={x(row.high)} y1={y - 5} y2={y + 5} strokeWidth={2} />
      <circle cx={x(row.value)} cy={y} r={4.5} />
    </g>
  )
}
