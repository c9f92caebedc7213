/** Before the browser suites: the pages as they are now, and the sample, made once. Each suite starts a server on a copy of it. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { makeSample } from './sample.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly sampleFolder: string
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  execFileSync(process.execPath, [path.resolve(import.meta.dirname, '../scripts/build.ts'), '--if-older'], { stdio: 'inherit' })
  const folder = await makeSample()
  project.provide('sampleFolder', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
