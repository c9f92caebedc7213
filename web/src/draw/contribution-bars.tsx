/**
 * How parts add up to a whole: each bar begins where the one before ended, from what is said on average to what is said here.
 * A part that raises points right and is filled, one that lowers points left and is hatched.
 */
import { useId } from 'react'
import { formatDifference, formatNumber } from '../format/number.ts'
import styles from './contribution-bars.module.css'
import { linearScale, type Scale, ticksOf } from './scale.ts'
import { useWidth } from './use-width.ts'

export interface ContributionRow {
  readonly name: string
  /** What was sent. */
  readonly input: string
  readonly value: number
  readonly standardError: number
}
interface Props {
  readonly caption: string
  readonly base: number
  readonly total: number
  readonly rows: readonly ContributionRow[]
  readonly baseLabel: string
  readonly totalLabel: string
}

const ROW = 26
const AXIS = 20
const PAD = 8

export function ContributionBars({ caption, base, total, rows, baseLabel, totalLabel }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const hatch = useId()
  const ends = rows.reduce<readonly number[]>((sums, { value }) => [...sums, sums.at(-1)! + value], [base])
  const spread = Math.max(...ends, total) - Math.min(...ends, total) || 1
  const domain = [Math.min(...ends, total) - spread * 0.05, Math.max(...ends, total) + spread * 0.05] as const
  const x = linearScale(domain, [PAD, Math.max(PAD + 1, width - PAD)])
  const height = (rows.length + 2) * ROW
  return (
    <figure className={styles.figure} aria-label={caption}>
      <ol className={styles.rows}>
        <Label name={baseLabel} value={formatNumber(base)} strong />
        {rows.map(({ name, input, value, standardError }) => (
          <Label
            key={name}
            name={name}
            input={input}
            value={`${formatDifference(value)}${standardError > 0 ? ` ± ${formatNumber(standardError, 2)}` : ''}`}
          />
        ))}
        <Label name={totalLabel} value={formatNumber(total)} strong />
      </ol>
      <div ref={ref} className={styles.plot} aria-hidden>
        <svg width={width} height={height + AXIS} style={{ display: 'block' }}>
          <defs>
            <pattern id={hatch} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <line x1={0} x2={0} y1={0} y2={5} stroke="var(--series-1)" strokeWidth={3} />
            </pattern>
          </defs>
          {ticksOf(domain, Math.max(2, width / 90)).map((tick) => (
            <g key={tick}>
              <line x1={x(tick)} x2={x(tick)} y1={0} y2={height} stroke="var(--grid)" />
              <text x={x(tick)} y={height + 14} className={styles.tick} textAnchor="middle">
                {formatNumber(tick)}
              </text>
            </g>
          ))}
          <line x1={x(base)} x2={x(base)} y1={ROW * 0.2} y2={height} stroke="var(--line-strong)" strokeDasharray="2 3" />
          <Point x={x(base)} row={0} />
          {rows.map(({ name, value }, i) => (
            <Bar key={name} x={x} from={ends[i]!} to={ends[i]! + value} row={i + 1} hatch={hatch} />
          ))}
          <Point x={x(total)} row={rows.length + 1} />
        </svg>
      </div>
    </figure>
  )
}

function Bar({ x, from, to, row, hatch }: { x: Scale; from: number; to: number; row: number; hatch: string }) {
  const raises = to >= from
  return (
    <g>
      <rect
        x={Math.min(x(from), x(to))}
        y={row * ROW + 5}
        width={Math.max(1.5, Math.abs(x(to) - x(from)))}
        height={ROW - 10}
        rx={1.5}
        fill={raises ? 'var(--series-6)' : `url(#${hatch})`}
        stroke={raises ? 'none' : 'var(--series-1)'}
        strokeWidth={1}
      />
      <line x1={x(to)} x2={x(to)} y1={row * ROW + ROW - 5} y2={(row + 1) * ROW + 5} stroke="var(--ink-dim)" strokeWidth={0.75} />
    </g>
  )
}

const Point = ({ x, row }: { readonly x: number; readonly row: number }) => (
  <circle cx={x} cy={row * ROW + ROW / 2} r={5} fill="var(--ink)" />
)

interface LabelProps {
  readonly name: string
  readonly input?: string
  readonly value: string
  readonly strong?: boolean
}
const Label = ({ name, input, value, strong = false }: LabelProps) => (
  <li className={styles.row} style={{ height: ROW }} data-strong={strong}>
    <span className={`${styles.name} foreign`} title={name}>
      {name}
      {input === undefined ? null : <span className={styles.input}> = {input}</span>}
    </span>
    <span className="numeric">{value}</span>
  </li>
)
