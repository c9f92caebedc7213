import { defineError } from '../../../kernel/errors.ts'

/** The disk did not take a record that somebody waits for. HTTP 507. */
export const JournalUnavailable = defineError({
  code: 'JOURNAL_UNAVAILABLE',
  status: 507,
  message: (d: { deployment: string; reason: string }) => `The journal of "${d.deployment}" cannot write: ${d.reason}.`,
  hint: () =>
    'Free space on the disk of the journal, or make it writable; writing resumes by itself. With SEAWORTHY_JOURNAL_SYNC=interval predictions are answered meanwhile.',
})

/** More waits for the disk than the buffer may hold. HTTP 503. */
export const JournalBusy = defineError({
  code: 'JOURNAL_BUSY',
  status: 503,
  message: (d: { deployment: string; bufferBytesMax: number }) =>
    `The journal of "${d.deployment}" has ${d.bufferBytesMax} bytes waiting for the disk and takes no more.`,
  hint: () => 'Try again in a moment; if it stays, use a faster disk or raise SEAWORTHY_JOURNAL_BUFFER_BYTES_MAX.',
})

/** The journal was closed, because the process is stopping. HTTP 503. */
export const JournalClosed = defineError({
  code: 'JOURNAL_CLOSED',
  status: 503,
  message: (d: { deployment: string }) => `The journal of "${d.deployment}" is closed, because this process is stopping.`,
  hint: () => 'Send the request again; another process or the restarted one takes it.',
})

/** A list of outcomes longer than one call may bring, or an outcome that is too long. HTTP 422. */
export const OutcomesRefused = defineError({
  code: 'OUTCOMES_REFUSED',
  status: 422,
  message: (d: { reason: string }) => `The outcomes were refused: ${d.reason}.`,
  hint: () => 'Send at most 10000 outcomes a call, each a number, a truth value or a text of at most 10000 characters.',
})

/** A cursor that no page of this journal gave. HTTP 422. */
export const CursorInvalid = defineError({
  code: 'CURSOR_INVALID',
  status: 422,
  message: (d: { cursor: string }) => `"${d.cursor.slice(0, 80)}" is no cursor of the journal.`,
  hint: () => 'Take the cursor from the field "next" of the page before, or leave it out to start over.',
})

/** Somebody else is compacting this journal. HTTP 409. */
export const CompactionRunning = defineError({
  code: 'COMPACTION_RUNNING',
  status: 409,
  message: (d: { folder: string; owner: string }) => `The journal in ${d.folder} is being compacted by ${d.owner}.`,
  hint: () => 'Wait until it is done; a compaction that died is taken over by the next one.',
})

/** A prediction id that this journal does not hold. HTTP 404. */
export const PredictionNotFound = defineError({
  code: 'PREDICTION_NOT_FOUND',
  status: 404,
  message: (d: { deployment: string; prediction: string }) =>
    `The journal of "${d.deployment}" has no prediction "${d.prediction}".`,
  hint: () => 'A prediction is there a moment after its answer, until retention deletes it; `seaworthy predictions` lists them.',
})
