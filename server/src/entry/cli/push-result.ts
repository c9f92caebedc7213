import type { PushResult } from '@seaworthy/api/model'
import type { CommandContext } from './define-command.ts'
import { tableOfSignature } from './signature-table.ts'

/** Tells what a push or a training made, and what to do with it. */
export async function describePush(pushed: PushResult, { terminal }: CommandContext): Promise<void> {
  const reference = `${pushed.model}@${pushed.version}`
  terminal.done(
    pushed.created
      ? `${terminal.bold(reference)} made, digest ${pushed.digest.slice(0, 12)}`
      : `${terminal.bold(reference)} has this content already; nothing was added`,
  )
  for (const warning of pushed.warnings) terminal.warn(warning)
  await tableOfSignature(pushed.signature, terminal)
  terminal.next(`seaworthy check ${reference}`, `seaworthy show ${reference}`)
}
