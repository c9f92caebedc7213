import type { Tone } from '../theme/palette.ts'
import { linearScale } from './scale.ts'

interface Props {
  readonly value: number | undefined
  readonly interval?: readonly [number, number] | undefined
  readonly bound: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined
  readonly tone: Tone
}

const [WIDTH, HEIGHT] = [200, 18]

/** Where a value with its interval lies against its bound; what is forbidden is hatched. Beside the same in numbers. */
export function BoundBar({ value, interval, bound, tone }: Props) {
  if (value === undefined || bound === undefined || (bound.min === undefined && bound.max === undefined)) return null
  const marks = [value, ...(interval ?? []), ...[bound.min, bound.max].filter((mark) => mark !== undefined)]
  const spread = Math.max(...marks) - Math.min(...marks) || Math.abs(value) || 1
  const x = linearScale([Math.min(...marks) - spread * 0.35, Math.max(...marks) + spread * 0.35], [0, WIDTH])
  const middle = HEIGHT / 2
  const color = `var(--${tone === 'quiet' || tone === 'info' ? 'unknown' : tone})`
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height={HEIGHT} preserveAspectRatio="none" aria-hidden>
      <line x1={0} x2={WIDTH} y1={middle} y2={middle} stroke="var(--line-strong)" />
      {bound.min === undefined ? null : <Forbidden from={0} to={x(bound.min)} />}
      {bound.max === undefined ? null : <Forbidden from={x(bound.max)} to={WIDTH} />}
      {interval === undefined ? null : (
        <line x1={x(interval[0])} x2={x(interval[1])} y1={middle} y2={middle} stroke={color} strokeWidth={4} />
      )}
      <line x1={x(value)} x2={x(value)} y1={3} y2={HEIGHT - 3} stroke={color} strokeWidth={3} />
    </svg>
  )
}

const STRIPE = 6
function Forbidden({ from, to }: { readonly from: number; readonly to: number }) {
  const stripes = Array.from({ length: Math.max(0, Math.ceil((to - from) / STRIPE)) }, (_, i) => from + i * STRIPE)
  return (
    <g stroke="var(--line-strong)">
      {stripes.map((x) => (
        <line key={x} x1={x} x2={Math.min(to, x + 4)} y1={HEIGHT - 3} y2={3} />
      ))}
      <line
        x1={from === 0 ? to : from}
        x2={from === 0 ? to : from}
        y1={1}
        y2={HEIGHT - 1}
        stroke="var(--ink-dim)"
        strokeWidth={1.5}
      />
    </g>
  )
}
