/**
 * The file of a model: an ONNX graph that any runtime scores with, and in its metadata what the graph does not say:
 *
 *     seaworthy.columns       ["hour", "origin"]                        what the columns of the input are
 *     seaworthy.categories    {"origin": ["ATL", "ORD", …]}             in the order of their codes
 *     seaworthy.output        {"name": "late", "type": "probability"}
 *     seaworthy.model         objective, start, gains: what training on needs beside the trees
 *     seaworthy.trees.0 …     the trees, a few in each, for the same
 *
 * The trees are there twice because the graph spells each set of categories as a chain of tests: as bit sets they take less
 * than a tenth of the graph (0.25 of 3.5 MB for 100 trees with 3,500 sets), and reading them needs no knowledge of the operator.
 * Arrays are base64 of their little-endian bytes, so that every float32 comes back as it was.
 */
import { z } from 'zod'
import { writeModel } from '../../onnx-writer/onnx-message.ts'
import { readMetadata } from '../../onnx-writer/onnx-metadata.ts'
import { PreviousModelUnfit } from '../errors.ts'
import type { Ensemble } from './ensemble.ts'
import { graphOf, inputName } from './ensemble-graph.ts'
import { losses } from './objective.ts'
import { Objective } from './options.ts'
import type { Tree } from './tree.ts'

/** A part stays below 16 MiB, the most that readers of ours take as one value, even with the largest trees. */
const TREES_PER_PART = 16
const TREES_MAX = 100_000
const OPSETS = { standard: 17, ml: 3 }

export function writeEnsemble(ensemble: Ensemble): Uint8Array {
  const { features, outcome, objective } = ensemble
  return writeModel({
    name: 'boosted-trees',
    ...graphOf(ensemble),
    input: { name: inputName(outcome), width: features.length },
    output: { name: outcome, width: 1 },
    opsets: OPSETS,
    metadata: new Map([
      ['seaworthy.columns', JSON.stringify(features.map(({ name }) => name))],
      [
        'seaworthy.categories',
        JSON.stringify(
          Object.fromEntries(features.flatMap(({ name, categories }) => (categories === undefined ? [] : [[name, categories]]))),
        ),
      ],
      ['seaworthy.output', JSON.stringify({ name: outcome, type: losses[objective].output })],
      [
        'seaworthy.model',
        JSON.stringify({
          trainer: 'boosted-trees',
          objective,
          start: ensemble.start,
          gains: ensemble.gains,
          trees: ensemble.trees.length,
        }),
      ],
      ...partsOf(ensemble),
    ]),
  })
}

function* partsOf({ trees }: Ensemble): Generator<[string, string]> {
  for (let from = 0; from < trees.length; from += TREES_PER_PART)
    yield [`seaworthy.trees.${from / TREES_PER_PART}`, JSON.stringify(trees.slice(from, from + TREES_PER_PART).map(packTree))]
}

const Categories = z.record(z.string(), z.array(z.string()))
const Output = z.object({ name: z.string(), type: z.string() })
const Model = z.object({
  trainer: z.literal('boosted-trees'),
  objective: Objective,
  start: z.number(),
  gains: z.array(z.number()),
  trees: z.int().min(0).max(TREES_MAX),
})
const PackedTree = z.object({
  columns: z.array(z.int().min(0)),
  thresholds: z.base64(),
  /** 0 for a number, else a bit for each code. */
  members: z.array(z.union([z.literal(0), z.base64()])),
  missingLeft: z.string().regex(/^[01]*$/),
  lefts: z.array(z.int()),
  rights: z.array(z.int()),
  leaves: z.base64(),
})
type PackedTree = z.infer<typeof PackedTree>

const unfit = (reason: string) => new PreviousModelUnfit({ reason })

/** Reads what `writeEnsemble` wrote. Throws PreviousModelUnfit: for a model of another origin, and for a damaged one. */
export function readEnsemble(model: Uint8Array): Ensemble {
  const metadata = metadataOf(model)
  const read = <T>(key: string, schema: z.ZodType<T>): T => {
    const text = metadata.get(key)
    if (text === undefined) throw unfit(`it was not made by boosted-trees (it has no ${key})`)
    const parsed = schema.safeParse(parseJson(text))
    if (!parsed.success) throw unfit(`its ${key} is not as it should be`)
    return parsed.data
  }
  const { objective, start, gains, trees: treeCount } = read('seaworthy.model', Model)
  const categories = read('seaworthy.categories', Categories)
  const features = read('seaworthy.columns', z.array(z.string()).min(1)).map((name) => ({
    name,
    categories: Object.hasOwn(categories, name) ? categories[name] : undefined,
  }))
  const { name: outcome } = read('seaworthy.output', Output)
  if (gains.length !== features.length) throw unfit('its gains do not fit its columns')
  const parts = Array.from({ length: Math.ceil(treeCount / TREES_PER_PART) }, (_, i) =>
    read(`seaworthy.trees.${i}`, z.array(PackedTree)),
  )
  const trees = parts.flat().map(unpackTree)
  if (trees.length !== treeCount) throw unfit(`it says ${treeCount} trees and has ${trees.length}`)
  for (const tree of trees)
    requireSound(
      tree,
      features.map((feature) => feature.categories?.length),
    )
  return { objective, outcome, features, start: Math.fround(start), trees, gains }
}

function metadataOf(model: Uint8Array): ReadonlyMap<string, string> {
  try {
    return readMetadata(model)
  } catch (cause) {
    throw new PreviousModelUnfit({ reason: 'it is not an ONNX file' }, { cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const packTree = (tree: Tree): PackedTree => ({
  columns: [...tree.columns],
  thresholds: packFloats(tree.thresholds),
  members: tree.members.map((codes) => (codes === undefined ? 0 : packCodes(codes))),
  missingLeft: tree.missingLeft.map((left) => (left ? '1' : '0')).join(''),
  lefts: [...tree.lefts],
  rights: [...tree.rights],
  leaves: packFloats(tree.leaves),
})

const unpackTree = (packed: PackedTree): Tree => ({
  columns: packed.columns,
  thresholds: unpackFloats(packed.thresholds),
  members: packed.members.map((bits) => (bits === 0 ? undefined : unpackCodes(bits))),
  missingLeft: Array.from(packed.missingLeft, (bit) => bit === '1'),
  lefts: Int32Array.from(packed.lefts),
  rights: Int32Array.from(packed.rights),
  leaves: unpackFloats(packed.leaves),
})

/** A split comes before its children, so a tree that passes has an end on every path. */
function requireSound(tree: Tree, categoryCounts: readonly (number | undefined)[]): void {
  const splits = tree.columns.length
  const lists = [tree.thresholds, tree.members, tree.missingLeft, tree.lefts, tree.rights]
  const isChild = (child: number, split: number) => (child < 0 ? ~child < tree.leaves.length : child > split && child < splits)
  const isSound =
    tree.leaves.length > 0 &&
    tree.leaves.every(Number.isFinite) &&
    lists.every(({ length }) => length === splits) &&
    tree.columns.every((column, split) => {
      if (column >= categoryCounts.length) return false
      const [count, members] = [categoryCounts[column], tree.members[split]]
      const isKind =
        count === undefined ? members === undefined : members !== undefined && members.length > 0 && members.at(-1)! < count
      return isKind && isChild(tree.lefts[split]!, split) && isChild(tree.rights[split]!, split)
    })
  if (!isSound) throw unfit('one of its trees is damaged')
}

function packFloats(values: Float32Array): string {
  const buffer = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => buffer.writeFloatLE(value, i * 4))
  return buffer.toString('base64')
}

function unpackFloats(text: string): Float32Array {
  const buffer = Buffer.from(text, 'base64')
  return Float32Array.from({ length: Math.floor(buffer.length / 4) }, (_, i) => buffer.readFloatLE(i * 4))
}

function packCodes(codes: readonly number[]): string {
  const bits = new Uint8Array(((codes.at(-1) ?? 0) >> 3) + 1)
  for (const code of codes) bits[code >> 3]! |= 1 << (code & 7)
  return Buffer.from(bits).toString('base64')
}

function unpackCodes(text: string): number[] {
  const codes: number[] = []
  Buffer.from(text, 'base64').forEach((byte, i) => {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) codes.push(8 * i + bit)
  })
  return codes
}
