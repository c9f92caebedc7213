/** The profile of a column of categories, free text or truth values. */
import type { Column, TextColumn } from '../../../kernel/table.ts'
import { addToFrequent, createFrequentValues, type FrequentValues, mergeFrequent } from '../../../stats/frequent-values.ts'
import { addTextToDistinct, createDistinctSketch, type DistinctSketch, mergeDistinct } from '../../../stats/hyperloglog.ts'
import { addToMoments, createMoments, mergeMoments, type Moments } from '../../../stats/moments.ts'
import type { ColumnType } from './profile-column.ts'
import type { ValuesReference } from './profile-reference.ts'

export interface ValuesProfile {
  readonly family: 'values'
  readonly name: string
  readonly type: ColumnType
  readonly reference: ValuesReference | undefined
  missing: number
  wrongType: number
  /** Rows of each value that the reference lists: exact. */
  readonly counts: Float64Array
  /** Rows of values it does not list, or of all when there is no reference. */
  unlisted: number
  /** Which those are. */
  readonly frequent: FrequentValues
  readonly distinct: DistinctSketch
  /** Of lengths in UTF-16 code units; counted for the type `text` only. */
  readonly length: Moments
}

export const createValuesProfile = (name: string, type: ColumnType, reference: ValuesReference | undefined): ValuesProfile => ({
  family: 'values',
  name,
  type,
  reference,
  missing: 0,
  wrongType: 0,
  counts: new Float64Array(reference?.values.length ?? 0),
  unlisted: 0,
  frequent: createFrequentValues(),
  distinct: createDistinctSketch(),
  length: createMoments(),
})

function addText(profile: ValuesProfile, text: string, rows: number): void {
  if (profile.type === 'text') addLength(profile.length, text.length, rows)
  const place = profile.reference?.places.get(text)
  if (place === undefined) {
    profile.unlisted += rows
    if (!addToFrequent(profile.frequent, text, rows)) addTextToDistinct(profile.distinct, text)
  } else {
    if (profile.counts[place] === 0) addTextToDistinct(profile.distinct, text)
    profile.counts[place]! += rows
  }
}

function addLength(lengths: Moments, length: number, rows: number): void {
  if (rows === 1) addToMoments(lengths, length)
  else mergeMoments(lengths, { count: rows, mean: length, squares: 0, min: length, max: length })
}

/** Adds a column of a table. */
export function addValues(profile: ValuesProfile, column: Column | undefined, rows: number): void {
  if (column === undefined) profile.missing += rows
  else if (column.type === 'text') {
    if (profile.type === 'boolean') addTruthTexts(profile, column, rows)
    else addTexts(profile, column, rows)
  } else {
    const isTruth = profile.type === 'boolean' && column.type === 'boolean'
    const found = [0, 0]
    for (let i = 0; i < rows; i++) {
      const value = column.values[i]!
      if (Number.isNaN(value)) profile.missing++
      else if (!isTruth) profile.wrongType++
      else found[value === 0 ? 0 : 1]!++
    }
    if (found[0]! > 0) addText(profile, 'false', found[0]!)
    if (found[1]! > 0) addText(profile, 'true', found[1]!)
  }
}

/** A column of texts where truth values were expected: the words count as such, as they do in a baseline made from text. */
function addTruthTexts(profile: ValuesProfile, { codes, dictionary }: TextColumn, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const text = dictionary[codes[i]!]
    if (text === undefined) profile.missing++
    else if (text === 'true' || text === 'false') addText(profile, text, 1)
    else profile.wrongType++
  }
}

let counted = new Float64Array(1_024)

/** Each text of the dictionary once, unless it is much longer than the table. */
function addTexts(profile: ValuesProfile, { codes, dictionary }: TextColumn, rows: number): void {
  if (dictionary.length > 4 * rows) {
    for (let i = 0; i < rows; i++) {
      const text = dictionary[codes[i]!]
      if (text === undefined) profile.missing++
      else addText(profile, text, 1)
    }
    return
  }
  if (counted.length <= dictionary.length) counted = new Float64Array(2 * dictionary.length)
  // Place 0 is for the code -1, which is a missing text.
  counted.fill(0, 0, dictionary.length + 1)
  for (let i = 0; i < rows; i++) counted[codes[i]! + 1]!++
  profile.missing += counted[0]!
  for (let code = 0; code < dictionary.length; code++)
    if (counted[code + 1]! > 0) addText(profile, dictionary[code]!, counted[code + 1]!)
}

/** Adds one value of an instance. */
export function addValue(profile: ValuesProfile, cell: unknown): void {
  if (cell === null || cell === undefined) profile.missing++
  else if (profile.type === 'boolean') {
    if (typeof cell === 'boolean') addText(profile, cell ? 'true' : 'false', 1)
    else profile.wrongType++
  } else if (typeof cell === 'string') addText(profile, cell, 1)
  else profile.wrongType++
}

export function mergeValues(profile: ValuesProfile, other: ValuesProfile): void {
  profile.missing += other.missing
  profile.wrongType += other.wrongType
  profile.unlisted += other.unlisted
  for (let i = 0; i < profile.counts.length; i++) profile.counts[i]! += other.counts[i]!
  mergeFrequent(profile.frequent, other.frequent)
  mergeDistinct(profile.distinct, other.distinct)
  mergeMoments(profile.length, other.length)
}
