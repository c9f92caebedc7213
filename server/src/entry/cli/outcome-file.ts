/** Reads outcomes from CSV (RFC 4180) or JSON lines, a batch at a time, so that a file of any size takes little memory. */
import type { Outcome } from '@seaworthy/api/operations'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { z } from 'zod'
import { statFile } from './bring-file.ts'
import { UsageError } from './define-command.ts'
import { FileUnfit } from './errors.ts'

/** What one call to the server takes. */
export const OUTCOMES_PER_CALL = 10_000
/** Longest line; a file without line ends would be read into memory whole. */
const LINE_CHARACTERS_MAX = 1_000_000

type OutcomeReport = z.infer<typeof Outcome>
interface OutcomeFile {
  readonly file: string
  readonly cwd: string
  readonly idColumn: string
  readonly outcomeColumn: string
  readonly batchMax: number
}

/** Throws FileMissing, FileUnfit with the line, UsageError when a column is not there. */
export async function* readOutcomes(of: OutcomeFile): AsyncGenerator<OutcomeReport[]> {
  const { file, cwd, batchMax } = of
  const place = path.resolve(cwd, file)
  await statFile(place, file)
  const isCsv = /\.(csv|tsv|txt)$/i.test(file)
  if (!isCsv && !/\.(jsonl|ndjson|json)$/i.test(file))
    throw new UsageError(`${file} is neither .csv nor .jsonl; outcomes are read from these two.`)
  let batch: OutcomeReport[] = []
  for await (const report of isCsv ? csvOutcomes(place, of) : jsonOutcomes(place, of)) {
    batch.push(report)
    if (batch.length < batchMax) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function* linesOf(place: string, file: string): AsyncGenerator<{ readonly text: string; readonly line: number }> {
  let line = 0
  for await (const text of createInterface({ input: createReadStream(place, 'utf8'), crlfDelay: Infinity })) {
    line += 1
    if (text.length > LINE_CHARACTERS_MAX) throw unfit(file, line, 'it is longer than a line of outcomes can be')
    yield { text: line === 1 ? text.replace(/^\uFEFF/, '') : text, line }
  }
}

async function* csvOutcomes(place: string, { file, idColumn, outcomeColumn }: OutcomeFile): AsyncGenerator<OutcomeReport> {
  let places: readonly [number, number] | undefined
  let separator = ','
  let open = ''
  for await (const { text, line } of linesOf(place, file)) {
    const whole = open === '' ? text : `${open}\n${text}`
    if (whole.length > LINE_CHARACTERS_MAX) throw unfit(file, line, 'a quote was opened and not closed')
    // An odd number of quotes leaves a field open over the end of the line.
    if ((whole.split('"').length - 1) % 2 === 1) {
      open = whole
      continue
    }
    open = ''
    if (whole.trim() === '') continue
    if (places === undefined) {
      separator = [',', ';', '\t'].find((mark) => whole.includes(mark)) ?? ','
      places = placesOf(fieldsOf(whole, separator), file, idColumn, outcomeColumn)
      continue
    }
    const fields = fieldsOf(whole, separator)
    yield outcomeOf(fields[places[0]], valueOf(fields[places[1]] ?? ''), file, line)
  }
  if (open !== '') throw new FileUnfit({ file, explanation: 'a quote was opened and not closed' })
}

function placesOf(head: readonly string[], file: string, idColumn: string, outcomeColumn: string): [number, number] {
  const find = (column: string, flag: string) => {
    const found = head.indexOf(column)
    if (found >= 0) return found
    throw new UsageError(`${file} has no column "${column}"; it has ${head.join(', ')}. Name it with ${flag}.`)
  }
  return [find(idColumn, '--id-column'), find(outcomeColumn, '--outcome-column')]
}

/** Fields of one record; quotes around a field are taken off and doubled quotes inside are one. */
function fieldsOf(record: string, separator: string): string[] {
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < record.length; i++) {
    const letter = record[i]!
    if (quoted && letter === '"' && record[i + 1] === '"') field += record[i++]!
    else if (letter === '"') quoted = !quoted
    else if (!quoted && letter === separator) {
      fields.push(field)
      field = ''
    } else field += letter
  }
  return [...fields, field].map((text) => text.trim())
}

/** CSV has no types: what reads as a number or a truth value is one. */
function valueOf(text: string): string | number | boolean | undefined {
  if (text === '') return undefined
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

async function* jsonOutcomes(place: string, { file, idColumn, outcomeColumn }: OutcomeFile): AsyncGenerator<OutcomeReport> {
  for await (const { text, line } of linesOf(place, file)) {
    if (text.trim() === '') continue
    let row: unknown
    try {
      row = JSON.parse(text)
    } catch {
      throw unfit(file, line, 'it is not one JSON document')
    }
    if (typeof row !== 'object' || row === null) throw unfit(file, line, 'it is no object')
    const { [idColumn]: id, [outcomeColumn]: outcome } = row as Readonly<Record<string, unknown>>
    yield outcomeOf(id, outcome, file, line)
  }
}

function outcomeOf(id: unknown, outcome: unknown, file: string, line: number): OutcomeReport {
  if (typeof id !== 'string' || id === '' || id.length > 64) throw unfit(file, line, 'it has no prediction id')
  if (typeof outcome === 'number' || typeof outcome === 'string' || typeof outcome === 'boolean') return { id, outcome }
  throw unfit(file, line, 'it has no outcome that is a number, a text or a truth value')
}

const unfit = (file: string, line: number, explanation: string) => new FileUnfit({ file: `Line ${line} of ${file}`, explanation })
