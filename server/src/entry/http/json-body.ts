/** A JSON body of the control plane, under the same suspicions as one of the data plane: UTF-8, not deep, no key twice. */
import { isUtf8 } from 'node:buffer'
import { countMembers, findDuplicateKeys } from '../../kernel/json-scan.ts'
import { BodyMalformed } from './errors.ts'

/** Throws BodyMalformed. */
export function parseJsonBody(bytes: Buffer, nestingMax: number): unknown {
  const refuse = (explanation: string, cause?: unknown) => new BodyMalformed({ explanation }, { cause })
  if (bytes.length === 0) throw refuse('it is empty')
  if (!isUtf8(bytes)) throw refuse('it is not UTF-8')
  const text = bytes.toString('utf8')
  const members = countMembers(text, nestingMax)
  if (members === undefined) throw refuse(`it nests brackets more than ${nestingMax} deep`)
  const value = parse(text, refuse)
  if (membersOf(value, refuse) === members) return value
  const [twice] = findDuplicateKeys(text, 1)
  throw refuse(`the key ${JSON.stringify((twice ?? '').slice(0, 100))} is there twice`)
}

function parse(text: string, refuse: (explanation: string, cause: unknown) => Error): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message.slice(0, 200) : 'it is not JSON', cause)
  }
}

/** Properties of all objects in it. A key that would reach into the prototype of a copy is nobody's honest field. */
function membersOf(value: unknown, refuse: (explanation: string) => Error): number {
  let members = 0
  const waiting = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null) continue
    if (Array.isArray(next)) for (const item of next) waiting.push(item)
    else
      for (const [key, member] of Object.entries(next)) {
        if (key === '__proto__') throw refuse('the key "__proto__" is not used')
        members += 1
        waiting.push(member)
      }
  }
  return members
}
