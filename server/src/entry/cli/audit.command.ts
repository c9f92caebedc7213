import { AuditCheckpoint, exportAuditHead, listAudit, verifyAudit, verifyAuditAgainst } from '@seaworthy/api/collaboration'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../platform/files/atomic-file.ts'
import { statFile } from './bring-file.ts'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { FileUnfit } from './errors.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableCount, readableObject, readableTime } from './readable.ts'
import { EXIT } from './report-error.ts'

const Input = z.object({
  what: z.enum(['verify', 'export'], 'write audit, audit verify or audit export').optional(),
  file: z.string().optional(),
  subject: z.string().max(200).optional(),
  action: z.string().max(100).optional(),
  limit: LimitOption,
})

const COLUMNS = [
  '#',
  'time (UTC)',
  { title: 'who', widthMin: 6 },
  'what',
  { title: 'of', widthMin: 14 },
  { title: 'why, or what it became', widthMin: 22, optional: true },
]

export default defineCommand({
  usage: '[what] [file]',
  options: [
    { flags: '--subject <name>', about: 'only changes of this: flight-delay, flight-delay@3, deployment/flight-delay' },
    { flags: '--action <name>', about: 'only this kind of change: version.push, alias.set, deployment.launch ...' },
    limitFlag,
  ],
  examples: [
    'seaworthy audit',
    'seaworthy audit --subject flight-delay',
    'seaworthy audit verify',
    'seaworthy audit export audit-head.json',
    'seaworthy audit verify audit-head.json',
  ],
  input: Input,
  async run({ what, file, subject, action, limit }, context) {
    if (what === 'verify') return verify(file, context)
    if (what === 'export') return exportHead(file, context)
    if (file !== undefined) throw new UsageError('A file belongs to audit verify or audit export.')
    const client = await context.program.openClient()
    const page = await client.call(listAudit, { query: { limit, subject, action } })
    await context.result(page, async () => {
      const rows = page.items.map((entry) => [
        String(entry.sequence),
        readableTime(entry.time),
        entry.actor,
        entry.action,
        entry.subject,
        entry.reason ?? readableObject(entry.after, 200),
      ])
      if (rows.length > 0) return context.terminal.table(COLUMNS, rows)
      if (subject !== undefined || action !== undefined) return context.terminal.line('No change is like that.')
      context.terminal.line('Nothing was changed yet.')
      context.terminal.next('seaworthy init', 'seaworthy push model.onnx --data train.parquet')
    })
  },
})

async function verify(file: string | undefined, context: CommandContext): Promise<number> {
  const { terminal } = context
  const checkpoint = file === undefined ? undefined : await readCheckpoint(file, context)
  const client = await context.program.openClient()
  const verdict =
    checkpoint === undefined ? await client.call(verifyAudit) : await client.call(verifyAuditAgainst, { body: { checkpoint } })
  await context.result(verdict, () => {
    if (verdict.broken === undefined) {
      const against = checkpoint === undefined ? '' : `, and agrees with ${file} at entry ${readableCount(checkpoint.sequence)}`
      terminal.done(
        `The audit log is whole: ${readableCount(verdict.entries)} entries, head ${verdict.head.slice(0, 16)}${against}`,
      )
      if (checkpoint === undefined)
        terminal.line(
          terminal.dim('  That its end was not cut shows only against a head kept elsewhere: seaworthy audit export.'),
        )
    } else {
      terminal.line(terminal.tone(`✗ The audit log is broken at entry ${verdict.broken.sequence}`, 'bad'))
      terminal.line(`  ${verdict.broken.explanation}`)
    }
  })
  return verdict.whole ? EXIT.done : EXIT.failed
}

async function exportHead(file: string | undefined, context: CommandContext): Promise<void> {
  const client = await context.program.openClient()
  const head = await client.call(exportAuditHead)
  const place = path.resolve(context.cwd, file ?? 'audit-head.json')
  await writeFileAtomic(place, `${JSON.stringify(head, null, 2)}\n`)
  await context.result({ file: place, head }, () => {
    context.terminal.done(`The head at entry ${readableCount(head.sequence)} is in ${place}, signed by key ${head.keyId}`)
    context.terminal.line('  Keep it where nobody who can change the log can change it too.')
    context.terminal.next(`seaworthy audit verify ${path.relative(context.cwd, place)}`)
  })
}

async function readCheckpoint(file: string, { cwd }: CommandContext): Promise<AuditCheckpoint> {
  const place = path.resolve(cwd, file)
  await statFile(place, file)
  try {
    return AuditCheckpoint.parse(JSON.parse(await readFile(place, 'utf8')))
  } catch {
    throw new FileUnfit({ file, explanation: 'it is no head that `seaworthy audit export` wrote' })
  }
}
