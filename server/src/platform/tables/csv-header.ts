/**
 * The first line of a CSV file (RFC 4180): its delimiter and its names. Read here and not left to the guesses of a sniffer,
 * which renames a name that is there twice and takes a file whose rows differ in length for one with a single column.
 */
const DELIMITERS = [',', '\t', ';', '|'] as const

export interface CsvHeader {
  readonly delimiter: string
  readonly names: readonly string[]
  /** Empty lines before the header. */
  readonly linesSkipped: number
}

/** Undefined when the first line does not end inside `head` though the file goes on. */
export function readCsvHeader(head: string, isWhole: boolean): CsvHeader | undefined {
  const [start] = /^\uFEFF?[\r\n]*/.exec(head)!
  const text = head.slice(start.length)
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]))
  let [isQuoted, end] = [false, -1]
  for (let i = 0; i < text.length && end < 0; i++) {
    const character = text[i]!
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '\n' || character === '\r') end = i
    else if (counts.has(character)) counts.set(character, counts.get(character)! + 1)
  }
  if (end < 0 && !isWhole) return undefined
  const [delimiter] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))
  const linesSkipped = start.match(/\r\n|\r|\n/g)?.length ?? 0
  return { delimiter, names: split(text.slice(0, end < 0 ? undefined : end), delimiter), linesSkipped }
}

function split(line: string, delimiter: string): string[] {
  const names: string[] = []
  let [name, isQuoted] = ['', false]
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!
    if (character === '"' && isQuoted && line[i + 1] === '"') name += line[++i]!
    else if (character === '"') isQuoted = !isQuoted
    else if (character === delimiter && !isQuoted) {
      names.push(name)
      name = ''
    } else name += character
  }
  return [...names, name]
}
