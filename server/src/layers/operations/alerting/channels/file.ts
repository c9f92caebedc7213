import { mkdir, open, rename } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { defineChannel } from './contract.ts'

export const fileChannel = defineChannel({
  id: 'file',
  title: 'A file, one JSON document a line',
  settings: z.strictObject({
    path: z.string().min(1).max(4_000).describe('The file; relative to the file of settings.'),
    'bytes-max': z
      .int()
      .min(1_024)
      .max(1_024 ** 3)
      .default(16 * 1_024 ** 2)
      .describe('Set aside as NAME.1 beyond this size.'),
  }),
  async send(message, { path: name, 'bytes-max': bytesMax }, { folder }) {
    const place = path.resolve(folder, name)
    await mkdir(path.dirname(place), { recursive: true })
    const handle = await open(place, 'a', 0o600)
    let full: boolean
    try {
      await handle.appendFile(`${JSON.stringify(message)}\n`)
      await handle.sync()
      full = (await handle.stat()).size > bytesMax
    } finally {
      await handle.close()
    }
    if (full) await rename(place, `${place}.1`)
  },
})
