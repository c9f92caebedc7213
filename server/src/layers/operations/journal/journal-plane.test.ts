import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('the data-plane door loads files of ours and of Node, and no package', () => {
  const door = new URL('../journal-plane.ts', import.meta.url).href
  const source = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ resolve(specifier, context, next) { const found = next(specifier, context); loaded.push(found.url); return found } })
    await import(${JSON.stringify(door)})
    process.stdout.write(JSON.stringify(loaded))
  `
  const loaded = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' }),
  ) as string[]
  expect(loaded).toContain(door)
  expect(loaded.filter((url) => url.includes('/node_modules/') || url.includes('/layers/serving/'))).toEqual([])
})
