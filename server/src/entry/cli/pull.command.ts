import { downloadPackage, getVersion } from '@seaworthy/api/model'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { storageFailure, temporaryName } from '../../platform/files/atomic-file.ts'
import { defineCommand } from './define-command.ts'
import { readableBytes } from './readable.ts'
import { resolveVersion } from './reference.ts'

const Input = z.object({ version: z.string(), output: z.string().min(1).optional() })

export default defineCommand({
  usage: '<version>',
  options: [{ flags: '-o, --output <file>', about: 'where to put it (default: NAME-VERSION.seaworthy in this folder)' }],
  examples: ['seaworthy pull flight-delay@3', 'seaworthy pull flight-delay@champion --output champion.seaworthy'],
  input: Input,
  async run({ version: reference, output }, context) {
    const { terminal, signal } = context
    const client = await context.program.openClient()
    const of = await resolveVersion(client, reference)
    const name = output ?? `${of.model}-${of.version}.seaworthy`
    const file = path.resolve(context.cwd, name)
    const half = temporaryName(file)
    try {
      const stream = await client.open(downloadPackage, { params: of, signal })
      await pipeline(Readable.fromWeb(stream as never), createWriteStream(half), { signal })
      await rename(half, file)
    } catch (error) {
      await rm(half, { force: true })
      throw storageFailure(file, error)
    }
    const { size: bytes } = await stat(file)
    const { keyId } = await client.call(getVersion, { params: of, signal })
    await context.result({ ...of, file, bytes, keyId }, () => {
      terminal.done(`${terminal.bold(name)}, ${readableBytes(bytes)}, signed by key ${keyId}`)
      terminal.next(`seaworthy serve ${name} --trust-key ${keyId}`)
    })
  },
})
