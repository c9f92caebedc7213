import { defineError } from '../../../kernel/errors.ts'

/** A run id that nobody gave. HTTP 404. */
export const RunNotFound = defineError({
  code: 'RUN_NOT_FOUND',
  status: 404,
  message: (d: { id: string }) => `There is no run "${d.id}".`,
  hint: () => '`seaworthy runs MODEL` lists them, as does GET /v1/models/MODEL/runs.',
})

/** A run of which nothing that it printed is kept. HTTP 404. */
export const RunLogMissing = defineError({
  code: 'RUN_LOG_MISSING',
  status: 404,
  message: (d: { id: string; state: string }) => `The run "${d.id}" has no log.`,
  hint: (d) =>
    d.state === 'running' || d.state === 'queued'
      ? 'It is not over; its log is kept when it ends.'
      : 'It printed nothing, or ended with the program that did it.',
})

/** A run that has ended is kept as it ended. HTTP 409. */
export const RunEnded = defineError({
  code: 'RUN_ENDED',
  status: 409,
  message: (d: { id: string; state: string }) => `The run "${d.id}" has ${d.state === 'cancelled' ? 'been cancelled' : d.state}.`,
  hint: () => 'What has ended is not changed; train again for a new run.',
})

/** A run whose job is over without it: its process, and the server's, died. HTTP 409. */
export const RunAbandoned = defineError({
  code: 'RUN_ABANDONED',
  status: 409,
  message: (d: { id: string }) => `The server that did the run "${d.id}" died, and no further attempt was made.`,
  hint: () => 'Look for an out-of-memory kill in the log of the system, then train again.',
})

/** A contract that does not say how it is trained. HTTP 422. */
export const TrainCommandMissing = defineError({
  code: 'TRAIN_COMMAND_MISSING',
  status: 422,
  message: (d: { contract: string }) => `The contract "${d.contract}" does not say how its model is trained.`,
  hint: () => 'Add `maintenance: { train: { command: node train.ts } }` with your program; docs/guides/training-protocol.md.',
})

/** A command that only a shell would understand, or a quote that is never closed. HTTP 422. */
export const TrainCommandUnclear = defineError({
  code: 'TRAIN_COMMAND_UNCLEAR',
  status: 422,
  message: (d: { command: string; reason: string }) => `The training command \`${d.command}\` cannot be run: ${d.reason}.`,
  hint: () =>
    'It is run without a shell: put what is meant literally in single quotes, or the steps in a file and write `sh train.sh`.',
})

/** The folder that the command is to run in. HTTP 422. */
export const TrainFolderUnusable = defineError({
  code: 'TRAIN_FOLDER_UNUSABLE',
  status: 422,
  message: (d: { folder: string; reason: string }) => `The training cannot run in "${d.folder}": ${d.reason}.`,
  hint: () => 'Give the absolute path of the folder of the contract, as the machine of the server has it.',
})

/** A training that somebody stopped. HTTP 499. */
export const TrainingStopped = defineError({
  code: 'TRAINING_STOPPED',
  status: 499,
  message: (d: { command: string }) => `The training \`${d.command}\` was stopped.`,
  hint: () => 'Ask for it again to start it anew.',
})

/** A program that is not there, or may not be run. HTTP 422. */
export const TrainingCommandMissing = defineError({
  code: 'TRAINING_COMMAND_MISSING',
  status: 422,
  message: (d: { program: string; folder: string; reason: string }) =>
    `The training program "${d.program}" cannot be started in ${d.folder}: ${d.reason}.`,
  hint: (d) =>
    d.program.includes('/')
      ? 'Is the path right, seen from the folder of the contract, and may the file be executed (`chmod +x`)?'
      : 'Install it on the machine of the server, or write its whole path in maintenance.train.command.',
})

/** A training that ended badly: an exit code that is not 0, or a signal. HTTP 422. */
export const TrainingFailed = defineError({
  code: 'TRAINING_FAILED',
  status: 422,
  message: (d: { command: string; exitCode?: number; signal?: string; logEnd: string }) => {
    const how = d.exitCode === undefined ? `was ended by ${d.signal}` : `ended with exit code ${d.exitCode}`
    return `The training \`${d.command}\` ${how}.${d.logEnd === '' ? ' It printed nothing.' : ` It said last:\n${d.logEnd}`}`
  },
  hint: () => 'The same command in the same folder shows it by hand.',
})

/** A training that ran longer than it may. HTTP 422. */
export const TrainingTooLong = defineError({
  code: 'TRAINING_TOO_LONG',
  status: 422,
  message: (d: { command: string; msMax: number }) =>
    `The training \`${d.command}\` was stopped after ${d.msMax / 1000} s, the longest it may take.`,
  hint: () => 'Train on less, or raise SEAWORTHY_TRAIN_MS_MAX.',
})

/**
 * A training without memory. `by` says who found out: we, by the limit; the system, which kills without a word; or the
 * program itself, by its own message. HTTP 422.
 */
export const TrainingOutOfMemory = defineError({
  code: 'TRAINING_OUT_OF_MEMORY',
  status: 422,
  message: (d: { command: string; bytesMax: number; explanation: string; by: 'limit' | 'system' | 'program' }) =>
    `The training \`${d.command}\` ran out of memory: ${d.explanation}.`,
  hint: (d) =>
    d.by === 'limit'
      ? `Raise SEAWORTHY_TRAIN_MEMORY_BYTES_MAX (now ${d.bytesMax}), or train on less at a time.`
      : 'Give the machine or the container more memory, or train on less at a time.',
})

/** A training that did not write what it must. Without a reason the file is not there. HTTP 422. */
export const TrainingOutputInvalid = defineError({
  code: 'TRAINING_OUTPUT_INVALID',
  status: 422,
  message: (d: { file: string; path?: string; reason?: string }) => {
    if (d.reason === undefined) return `The training wrote no ${d.file}.`
    const where = d.path === undefined || d.path === '' ? '' : ` at "${d.path}"`
    return `What the training wrote to ${d.file}${where} cannot be used: ${d.reason}.`
  },
  hint: () => 'SEAWORTHY_TRAIN_OUTPUT must hold model.onnx and metrics.json {name: number}; docs/guides/training-protocol.md.',
})

/** A training script that somebody started by hand: what it needs comes from `seaworthy train`. HTTP 422. */
export const TrainingNotStarted = defineError({
  code: 'TRAINING_NOT_STARTED',
  status: 422,
  message: (d: { variable: string; reason: string }) => `This is a training script, and ${d.variable} ${d.reason}.`,
  hint: () =>
    'Do not run it directly: `npx seaworthy train --data FILE` runs the command of seaworthy.yaml with all that it needs.',
})

/** A training script that hands over a metric which is no number. HTTP 422. */
export const TrainingMetricInvalid = defineError({
  code: 'TRAINING_METRIC_INVALID',
  status: 422,
  message: (d: { metric: string; value: number }) => `The metric "${d.metric}" is ${d.value}.`,
  hint: () => 'Hand over finite numbers only, and leave out what could not be measured.',
})
