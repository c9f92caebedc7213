import { createRequire } from 'node:module'
import os from 'node:os'

/** Where a check was measured: latency on another machine is another latency. */
export function machineFacts(): Readonly<Record<string, string | number>> {
  const cpus = os.cpus()
  return {
    platform: `${process.platform}-${process.arch}`,
    processor: cpus[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    node: process.versions.node,
    onnxruntime: engineVersion(),
  }
}

function engineVersion(): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { readonly version?: unknown }
  return typeof version === 'string' ? version : 'unknown'
}
