import path from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { DataExceedsMemory, DataUnreadable } from './errors.ts'

const REASON_LENGTH_MAX = 400
/** Where the engine's own advice begins, which speaks of options that nobody here can set. */
const ADVICE = /\n\s*\n|\n?\s*(?:Possible (?:Solution|fixes)|LINE 1:|Try (?:increasing|setting)|You might want)/

/** What a failed query says about the file, as an expected failure: its first sentences, without the path on this machine. */
export function readFailure(file: string, name: string, cause: unknown): Error {
  if (cause instanceof AppError || !(cause instanceof Error)) return cause as Error
  const [kind, text = ''] = /^([A-Za-z ]+ Error): ([\s\S]*)$/.exec(cause.message)?.slice(1) ?? ['', cause.message]
  const plain = (text.split(ADVICE)[0] ?? '')
    .replaceAll(file, name)
    .replaceAll(path.dirname(file), '…')
    .replaceAll(/\s*\n\s*/g, '; ')
    .trim()
  const reason = plain.length > REASON_LENGTH_MAX ? `${plain.slice(0, REASON_LENGTH_MAX)}…` : plain
  if (kind === 'Out of Memory Error' || /no space left|max_temp_directory_size/i.test(text))
    return new DataExceedsMemory({ file: name, reason }, { cause })
  return new DataUnreadable({ file: name, reason }, { cause })
}
