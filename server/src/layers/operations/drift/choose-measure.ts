import type { ComparedColumn } from '../profile/compare-profiles.ts'
import type { ColumnType } from '../profile/profile-column.ts'
import { driftMeasures } from './measures/catalog.gen.ts'
import { type DriftMeasure, MeasureUnfit } from './measures/contract.ts'

/** The word in a contract that leaves the choice to us. */
export const AUTO = 'auto'

const NUMBERS = 'auto: bins that hold 5 % of the training data each notice a change of place, spread or shape alike'
const VALUES = 'auto: it needs no floor for values that one side never saw, and notices rare ones'
const CHOICE: Readonly<Record<ColumnType, { readonly id: string; readonly because: string } | undefined>> = {
  number: { id: 'population-stability-index', because: NUMBERS },
  integer: { id: 'population-stability-index', because: NUMBERS },
  boolean: { id: 'jensen-shannon', because: VALUES },
  category: { id: 'jensen-shannon', because: VALUES },
  text: { id: 'jensen-shannon', because: VALUES },
  time: undefined,
}
/** Why a column of times is left alone by `auto`. */
export const TIME_PASSES = 'time moves on by itself, so a later window always differs; name a measure to judge it all the same'

export interface ChosenMeasure {
  readonly measure: DriftMeasure
  readonly because: string
}

/**
 * The measure for this column. Undefined for a column that `auto` leaves alone.
 * Throws PartUnknown, and MeasureUnfit with the measures that fit.
 */
export function findMeasure(id: string, { name, type }: Pick<ComparedColumn, 'name' | 'type'>): ChosenMeasure | undefined {
  if (id === AUTO) {
    const choice = CHOICE[type]
    return choice && { measure: driftMeasures.get(choice.id), because: choice.because }
  }
  const measure = driftMeasures.get(id)
  if (measure.columns.includes(type)) return { measure, because: 'the contract names it' }
  const fitting = driftMeasures.all().filter(({ columns }) => columns.includes(type))
  throw new MeasureUnfit({ measure: id, column: name, type, fitting: fitting.map((part) => part.id).toSorted() })
}
