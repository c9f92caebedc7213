import type { GateResult, Verdict } from '@seaworthy/api/check-report'
import { BoundBar } from '../../draw/bound-bar.tsx'
import { formatCount, formatInterval, formatWithUnit } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { ToneSign } from '../../ui/status-badge.tsx'
import styles from './gate-list.module.css'
import { toneOfVerdict, VerdictBadge } from './verdict-badge.tsx'

/** Gates of the contract, those that keep the version from passing first, each with its numbers. */
export function GateList({ gates }: { readonly gates: readonly GateResult[] }) {
  const groups = Map.groupBy(gates, ({ gate }) => gate)
  const worst = (of: readonly GateResult[]) => Math.min(...of.map(({ verdict }) => ORDER.indexOf(verdict)))
  const sorted = [...groups].toSorted(([, a], [, b]) => worst(a) - worst(b))
  return sorted.map(([gate, results]) => (
    <Card key={gate} title={titleOf(gate)} aside={<VerdictBadge verdict={ORDER[worst(results)]!} />}>
      <ul className={styles.gates}>
        {results
          .toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))
          .map((result) => (
            <Gate key={`${result.path} ${result.measured}`} result={result} />
          ))}
      </ul>
    </Card>
  ))
}

const ORDER: readonly Verdict[] = ['fail', 'not-enough-data', 'pass']
const titleOf = (gate: string) => gate.charAt(0).toUpperCase() + gate.slice(1).replaceAll('-', ' ')

function Gate({ result }: { readonly result: GateResult }) {
  const { measured, verdict, value, interval, bound, unit, rows, explanation, method, path, confidence } = result
  return (
    <li className={styles.gate}>
      <ToneSign tone={toneOfVerdict(verdict)} size={16} />
      <div className={styles.words}>
        <p className={`${styles.measured} foreign`}>{measured}</p>
        <p className="dim foreign">{explanation}</p>
        <p className={styles.small}>
          <code className="foreign">{path}</code>
          {rows === undefined ? null : ` · ${formatCount(rows)} behind it`}
          {method === undefined ? null : ` · ${method}`}
        </p>
      </div>
      <div className={styles.numbers}>
        <p className="numeric" hidden={value === undefined}>
          {unit === undefined ? formatInterval(value, interval?.[0], interval?.[1]) : formatWithUnit(value, unit)}
        </p>
        <p className="dim numeric">
          {bound?.min === undefined ? null : `at least ${formatWithUnit(bound.min, unit)}`}
          {bound?.max === undefined ? null : `at most ${formatWithUnit(bound.max, unit)}`}
          {confidence === undefined || interval === undefined ? null : `, ${Math.round(confidence * 100)} % interval`}
        </p>
        <BoundBar value={value} interval={interval} bound={bound} tone={toneOfVerdict(verdict)} />
      </div>
    </li>
  )
}
