/**
 * One way to say how far a window lies from its reference, with the law that says how far chance alone would take it. A file beside
 * this one that declares a measure makes it a word of the contract (`monitoring.drift.measure`).
 */
import { defineError } from '../../../../kernel/errors.ts'
import type { NullLaw } from '../../../../stats/null-law.ts'
import type { ComparedColumn } from '../../profile/compare-profiles.ts'
import type { ColumnType } from '../../profile/profile-column.ts'

export interface DriftMeasure {
  /** The word in the contract. */
  readonly id: string
  readonly title: string
  /** Types of columns it can be asked about. */
  readonly columns: readonly ColumnType[]
  /** Of the value: `nats`, `standard deviations`, `share of rows`. */
  readonly unit: string
  /** The same when reference and window change places, on bins that are filled enough in both. */
  readonly symmetric: boolean
  /** Below this value a change is too small to matter, however sure it is. In the unit of the value. */
  readonly effectFloor: number
  /** Rows of the window below which it gives no verdict. */
  readonly rowsMin: number
  /** The value and its law when nothing has drifted, for the rows and bins of this column. Both samples have rows. */
  measure(column: ComparedColumn): Measured
  /** What a value means, as half a sentence: `values moved by 0.30 standard deviations on average`. */
  explain(value: number): string
}

export interface Measured {
  /** At least 0; 0 for equal shares. */
  readonly value: number
  readonly law: NullLaw
  /** The law if the window had this many rows, all else equal. */
  lawAt(windowRows: number): NullLaw
  /** Bins it was computed on, after sparse ones were put together. */
  readonly bins: number
}

/** A measure that cannot judge this type of column. HTTP 422. */
export const MeasureUnfit = defineError({
  code: 'MEASURE_UNFIT',
  status: 422,
  message: (d: { measure: string; column: string; type: ColumnType; fitting: readonly string[] }) =>
    `${d.measure} does not judge columns of type ${d.type}, and "${d.column}" is one.`,
  hint: (d) => `Write auto, or one of: ${d.fitting.join(', ')}.`,
})

export const ORDERED: readonly ColumnType[] = ['number', 'integer', 'time']
export const ALL: readonly ColumnType[] = [...ORDERED, 'boolean', 'category', 'text']

/** Rows of a window below which no measure gives a verdict: twenty bins would hold one row and a half. */
const ROWS_MIN = 30

type Spec = Omit<DriftMeasure, 'symmetric' | 'rowsMin'> & { readonly symmetric?: boolean; readonly rowsMin?: number }

export const defineDriftMeasure = (spec: Spec): DriftMeasure =>
  Object.freeze<DriftMeasure>({ ...spec, symmetric: spec.symmetric ?? true, rowsMin: spec.rowsMin ?? ROWS_MIN })
