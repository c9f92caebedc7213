/** Before the browser suites: the sample, made once. Each suite starts a server on a copy of it. */
import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { makeSample } from './sample.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly sampleFolder: string
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = await makeSample()
  project.provide('sampleFolder', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
