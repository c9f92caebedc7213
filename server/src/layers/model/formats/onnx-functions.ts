/**
 * FunctionProto of onnx.proto: operators that a file explains by others. The runtime writes their bodies out wherever they are
 * used, so thirty functions that each use the next one twice are a billion nodes; they are counted here before it begins.
 */
import type { OperatorUse } from './contract.ts'
import { ModelFileExcessive } from './errors.ts'
import type { FileCursor } from './file-cursor.ts'
import { type GraphContents, NODES_MAX, readAttribute, readNode } from './onnx-graph.ts'
import { NAME_BYTES_MAX } from './onnx-value.ts'

/** Functions that use each other; a circle is endless and ends here too. */
const FUNCTION_DEPTH_MAX = 64

/** What the body of each function uses, by `domain\0name` of the function. Overloads of one name are taken together. */
export type FunctionBodies = Map<string, Map<string, OperatorUse>>

/** Stands before the length of a FunctionProto; reads it. Its weights are put into `contents`, its operators into `bodies`. */
export function readFunction(cursor: FileCursor, file: string, contents: GraphContents, bodies: FunctionBodies): void {
  let name = ''
  let domain = ''
  const own: GraphContents = { ...contents, operators: new Map() }
  cursor.message((field, wire) => {
    if (wire !== 2) return false
    if (field === 1) name = cursor.text('a name', NAME_BYTES_MAX)
    else if (field === 10) domain = cursor.text('a name', NAME_BYTES_MAX)
    else if (field === 7) readNode(cursor, file, own, false)
    else if (field === 11) readAttribute(cursor, file, own)
    else return false
    return true
  })
  contents.nodeCount = own.nodeCount
  const key = `${domain}\0${name}`
  const known = bodies.get(key)
  if (known === undefined) bodies.set(key, own.operators)
  else addUses(known, own.operators)
}

/** All uses together, counted. */
export function joinUses(parts: Iterable<ReadonlyMap<string, OperatorUse>>): Map<string, OperatorUse> {
  const all = new Map<string, OperatorUse>()
  for (const part of parts) addUses(all, part)
  return all
}

function addUses(to: Map<string, OperatorUse>, uses: ReadonlyMap<string, OperatorUse>): void {
  for (const [key, use] of uses) to.set(key, { ...use, count: use.count + (to.get(key)?.count ?? 0) })
}

/** Throws ModelFileExcessive when the graph, with the functions written out, has more nodes than a graph may have. */
export function refuseExpansion(file: string, operators: ReadonlyMap<string, OperatorUse>, bodies: FunctionBodies): void {
  const sizes = new Map<string, number>()
  const nodesOf = (uses: ReadonlyMap<string, OperatorUse>, depth: number): number => {
    if (depth > FUNCTION_DEPTH_MAX)
      throw new ModelFileExcessive({ file, what: 'functions inside each other', limit: FUNCTION_DEPTH_MAX })
    let nodes = 0
    for (const [key, { count }] of uses) {
      const body = bodies.get(key)
      const size = body === undefined ? 1 : (sizes.get(key) ?? 1 + nodesOf(body, depth + 1))
      if (body !== undefined) sizes.set(key, size)
      nodes += count * size
    }
    return nodes
  }
  if (nodesOf(operators, 0) > NODES_MAX)
    throw new ModelFileExcessive({ file, what: 'nodes, its functions written out,', limit: NODES_MAX })
}
