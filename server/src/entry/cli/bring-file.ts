/** Brings a local file to the control plane; one that is there already is only named. */
import type { Client } from '@seaworthy/api/client'
import { findUpload, uploadFile } from '@seaworthy/api/platform'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { CommandContext } from './define-command.ts'
import { FileChanged, FileMissing, FileUnfit } from './errors.ts'

export interface BroughtFile {
  readonly digest: string
  /** Name without its folder; its ending tells the format. */
  readonly name: string
}
type Context = Pick<CommandContext, 'cwd' | 'terminal' | 'signal'>

/** Throws FileMissing, FileUnfit, FileChanged and the server's problem. */
export async function bringFile(client: Client, file: string, { cwd, terminal, signal }: Context): Promise<BroughtFile> {
  const place = path.resolve(cwd, file)
  const { bytes } = await statFile(place, file)
  const name = path.basename(place)
  const digest = await digestOf(place, signal)
  const { found } = await client.call(findUpload, { params: { digest }, signal })
  if (found) return { digest, name }
  const progress = terminal.progress(`sending ${name}`)
  try {
    const sent = await client.send(
      uploadFile,
      counted(place, (done) => progress.update(done, bytes)),
      { signal },
    )
    if (sent.digest !== digest) throw new FileChanged({ file })
    return { digest, name }
  } finally {
    progress.end()
  }
}

/** Size of a readable file. Throws FileMissing, FileUnfit. */
export async function statFile(place: string, shown: string): Promise<{ readonly bytes: number }> {
  const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new FileMissing({ file: shown })
    throw new FileUnfit({ file: shown, explanation: error.code === 'EACCES' ? 'this user may not read it' : error.message })
  })
  if (found.isDirectory()) throw new FileUnfit({ file: shown, explanation: 'it is a folder, and one file is meant' })
  return { bytes: found.size }
}

async function digestOf(place: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(place, { signal })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

function counted(place: string, onProgress: (done: number) => void): ReadableStream<Uint8Array> {
  const chunks = async function* () {
    let done = 0
    for await (const chunk of createReadStream(place)) {
      yield chunk as Buffer
      onProgress((done += (chunk as Buffer).length))
    }
  }
  return Readable.toWeb(Readable.from(chunks(), { objectMode: false })) as ReadableStream<Uint8Array>
}
