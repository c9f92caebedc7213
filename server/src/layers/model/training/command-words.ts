/**
 * From a command to a program and its arguments, by the quoting rules of POSIX shells and nothing else of them: blanks part
 * words, '...' is literal, "..." is literal but for \" and \\, and \ makes the next character literal. What a shell would act
 * on (pipes, variables, patterns, several commands) is refused instead of being passed on as text, because it would then mean
 * something else than its author saw in a terminal.
 */
import { TrainCommandUnclear } from './errors.ts'

const OPERATORS = new Map([
  ['|', 'a pipe (|)'],
  ['&', 'a second command (&)'],
  [';', 'a second command (;)'],
  ['\n', 'a second line'],
  ['<', 'a redirection (<)'],
  ['>', 'a redirection (>)'],
  ['(', 'a group of commands'],
  [')', 'a group of commands'],
  ['$', 'a variable ($)'],
  ['`', 'a command inside the command (`)'],
  ['*', 'a file pattern (*)'],
  ['?', 'a file pattern (?)'],
  ['[', 'a file pattern ([)'],
])
/** These mean something at the beginning of a word only. */
const OPENERS = new Map([
  ['~', "somebody's home folder (~)"],
  ['#', 'a comment (#)'],
])
const ASSIGNMENT = /^[A-Za-z_]\w*=/

/** At least one word; the first is the program. Throws TrainCommandUnclear. */
export function splitCommand(command: string): readonly string[] {
  const refuse = (reason: string) => new TrainCommandUnclear({ command: command.slice(0, 200), reason })
  if (command.includes('\0')) throw refuse('it holds a NUL character')
  const words: string[] = []
  const text = command.trim()
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === ' ' || sign === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (sign === "'" || sign === '"') {
      const [part, end] = quoted(text, at, refuse)
      word = (word ?? '') + part
      at = end
    } else if (sign === '\\') {
      if (at + 1 >= text.length || text[at + 1] === '\n') throw refuse('it ends in the middle, with a backslash')
      word = (word ?? '') + text[(at += 1)]
    } else {
      const shell = OPERATORS.get(sign) ?? (word === undefined ? OPENERS.get(sign) : undefined)
      if (shell !== undefined) throw refuse(`it has ${shell}, which only a shell understands`)
      word = (word ?? '') + sign
    }
  }
  if (word !== undefined) words.push(word)
  if (words[0] === undefined || words[0] === '') throw refuse('it names no program')
  if (ASSIGNMENT.test(words[0])) throw refuse(`it sets a variable (${words[0].split('=')[0]}=), which only a shell does`)
  return words
}

/** The text between the quote at `from` and its partner, and where the partner is. */
function quoted(text: string, from: number, refuse: (reason: string) => Error): [part: string, end: number] {
  const quote = text[from]!
  let part = ''
  for (let at = from + 1; at < text.length; at++) {
    const sign = text[at]!
    if (sign === quote) return [part, at]
    if (quote === '"' && (sign === '$' || sign === '`'))
      throw refuse(`it has ${OPERATORS.get(sign)} in double quotes, which only a shell understands`)
    const escapes = quote === '"' && sign === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')
    part += escapes ? text[(at += 1)] : sign
  }
  throw refuse(`the quote ${quote} is never closed`)
}
