/**
 * Every setting of the program: its variable, its unit, its bounds, its default. `docs/reference/config.md` is made from
 * this, and `main.ts` reads it once.
 */
import { z } from 'zod'

const whole = (min: number, max: number, fallback: number) => z.coerce.number().int().min(min).max(max).default(fallback)
const MiB = 1024 * 1024

/** Ids of signing keys with commas between them, as a list. */
export const TrustedKeys = z
  .string()
  .regex(/^[0-9a-f]{16}(\s*,\s*[0-9a-f]{16})*$/, 'ids of keys are 16 hexadecimal digits, with commas between them')
  .transform((text): readonly string[] => text.split(/\s*,\s*/))

export const ConfigSchema = z.strictObject({
  SEAWORTHY_HOME: z
    .string()
    .min(1)
    .default('.seaworthy')
    .describe('Folder that holds state: database, blobs, journal, keys. Relative to the project folder.'),
  SEAWORTHY_SERVER: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of a running control plane that commands talk to. Without it they use the folder they stand in.'),
  SEAWORTHY_ACTOR: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Who is recorded as the author of changes. Default: the user of the operating system.'),
  SEAWORTHY_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('PostgreSQL for metadata. Without it: SQLite in SEAWORTHY_HOME.'),
  SEAWORTHY_DATABASE_BUSY_MS_MAX: whole(0, 60_000, 5_000).describe(
    'Longest wait for another writer of the SQLite file, in milliseconds.',
  ),
  SEAWORTHY_DATABASE_POOL_MAX: whole(1, 100, 10).describe('Most connections to PostgreSQL.'),
  SEAWORTHY_HTTP_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on. 0.0.0.0 opens it to the network.'),
  SEAWORTHY_HTTP_PORT: whole(0, 65_535, 8_080).describe('Port of the HTTP API. 0 picks a free one.'),
  SEAWORTHY_HTTP_BODY_BYTES_MAX: whole(1_024, 1_024 * MiB, 8 * MiB).describe('Largest body of a prediction request, in bytes.'),
  SEAWORTHY_HTTP_NESTING_MAX: whole(4, 1_000, 32).describe('Deepest nesting of brackets in a prediction request.'),
  SEAWORTHY_HTTP_TIMEOUT_MS_MAX: whole(10, 600_000, 30_000).describe(
    'Longest time to answer a request, in milliseconds; then 504.',
  ),
  SEAWORTHY_UPLOAD_BYTES_MAX: whole(MiB, 1_024 * 1_024 * MiB, 8 * 1_024 * MiB).describe('Largest file in a push, in bytes.'),
  SEAWORTHY_SHUTDOWN_MS_MAX: whole(0, 600_000, 15_000).describe(
    'Longest wait for requests in flight when stopping, in milliseconds.',
  ),
  SEAWORTHY_INSTANCES_MAX: whole(1, 100_000, 10_000).describe('Most instances in one prediction request.'),
  SEAWORTHY_QUEUE_ROWS_MAX: whole(1, 1_000_000, 8_192).describe(
    'Most rows waiting for the model of one deployment; beyond it requests are shed with 503 and Retry-After.',
  ),
  SEAWORTHY_BATCH_ROWS_MAX: whole(1, 65_536, 1_024).describe(
    'Most rows joined into one inference call. The best size below it is measured at warm-up.',
  ),
  SEAWORTHY_WORKER_RUN_MS_MIN: z.coerce
    .number()
    .min(0)
    .max(10_000)
    .default(2)
    .describe(
      'A model whose measured run takes longer than this many milliseconds gets a worker thread, so that it does not block the server.',
    ),
  SEAWORTHY_MODEL_THREADS: whole(1, 256, 1).describe('Threads of ONNX Runtime per session.'),
  SEAWORTHY_MODEL_BYTES_MAX: whole(MiB, 1_024 * 1_024 * MiB, 4 * 1_024 * MiB).describe('Largest model file, in bytes.'),
  SEAWORTHY_TRUSTED_KEYS: TrustedKeys.optional().describe(
    'Ids of the keys whose packages `seaworthy serve` takes, with commas between them. Without it: any key.',
  ),
  SEAWORTHY_JOURNAL_SYNC: z
    .enum(['interval', 'always'])
    .default('interval')
    .describe('interval: predictions reach the disk within SEAWORTHY_JOURNAL_SYNC_MS. always: the answer waits for the disk.'),
  SEAWORTHY_JOURNAL_SYNC_MS: whole(1, 60_000, 50).describe(
    'Group-commit interval, in milliseconds: what a crash may lose under sync: interval.',
  ),
  SEAWORTHY_JOURNAL_BUFFER_BYTES_MAX: whole(64 * 1_024, 1_024 * MiB, 32 * MiB).describe(
    'Most bytes of predictions waiting for the disk.',
  ),
  SEAWORTHY_JOURNAL_SEGMENT_BYTES_MAX: whole(64 * 1_024, 1_024 * MiB, 64 * MiB).describe(
    'A segment is closed at this size, in bytes, and turned into Parquet.',
  ),
  SEAWORTHY_JOURNAL_SEGMENT_MS_MAX: whole(1_000, 86_400_000, 300_000).describe(
    'A segment is closed at this age, in milliseconds.',
  ),
  SEAWORTHY_JOURNAL_KEEP_DAYS: whole(1, 36_500, 400).describe('Age at which journal files are deleted, in days.'),
  SEAWORTHY_JOURNAL_KEEP_BYTES: whole(MiB, 1_024 * 1_024 * MiB, 50 * 1_024 * MiB).describe(
    'Size of a journal beyond which its oldest files are deleted, in bytes.',
  ),
  SEAWORTHY_CHANNELS_FILE: z
    .string()
    .min(1)
    .max(4_000)
    .optional()
    .describe(
      'YAML or JSON file that says where the channels of alerts lead; relative to the folder that holds SEAWORTHY_HOME. Without it there is `console` only.',
    ),
  SEAWORTHY_ALERT_REPEAT_MS: whole(60_000, 30 * 86_400_000, 4 * 3_600_000).describe(
    'An open incident that nobody took care of is told again after this time, in milliseconds.',
  ),
  SEAWORTHY_ALERT_ESCALATE_MS: whole(60_000, 30 * 86_400_000, 3_600_000).describe(
    'An incident that nobody acknowledged is told to the escalation channels after this time, in milliseconds.',
  ),
  SEAWORTHY_ALERT_ATTEMPTS_MAX: whole(1, 100, 12).describe(
    'Attempts to send an alert; after them it is given up, which the log, the metrics and `seaworthy alerts` say.',
  ),
  SEAWORTHY_FINDINGS_KEEP_DAYS: whole(1, 36_500, 90).describe('Age at which what monitors found is deleted, in days.'),
  SEAWORTHY_INCIDENTS_KEEP_DAYS: whole(1, 36_500, 1_095).describe('Age at which resolved incidents are deleted, in days.'),
  SEAWORTHY_EVENT_LISTENERS_MAX: whole(1, 100_000, 200).describe(
    'Most connections that are told of changes at once: each open page of the web interface is one.',
  ),
  SEAWORTHY_JOBS_PARALLEL_MAX: whole(1, 64, 1).describe(
    'Jobs that run at once in this process, beside the short ones of the clock.',
  ),
  SEAWORTHY_JOBS_KEEP_DAYS: whole(1, 36_500, 90).describe('Age at which jobs that have ended are forgotten, in days.'),
  SEAWORTHY_JOB_LEASE_MS: whole(500, 600_000, 15_000).describe(
    'A job whose worker has not been heard of for this long, in milliseconds, is taken over.',
  ),
  SEAWORTHY_TRAIN_MEMORY_BYTES_MAX: whole(16 * MiB, 1_024 * 1_024 * MiB, 4 * 1_024 * MiB).describe(
    'Memory of a training process beyond which it is stopped, in bytes.',
  ),
  SEAWORTHY_TRAIN_MS_MAX: whole(1_000, 7 * 86_400_000, 86_400_000).describe('Longest training, in milliseconds.'),
  SEAWORTHY_DUCKDB_MEMORY_BYTES_MAX: whole(64 * MiB, 1_024 * 1_024 * MiB, 2 * 1_024 * MiB).describe(
    'Memory of the analytical engine, in bytes; beyond it spills to disk.',
  ),
  SEAWORTHY_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severe event that is logged.'),
})
export type Config = Readonly<z.output<typeof ConfigSchema>>

/** JSON Schema of the settings, for the reference. */
export const configJsonSchema = () => z.toJSONSchema(ConfigSchema, { io: 'input', unrepresentable: 'any' })
