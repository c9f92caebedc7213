/**
 * What the classes of a classifier are called. Exporters say it in one of two ways: as attribute `classlabels_*` of the
 * ai.onnx.ml classifier, or as a constant list that ArrayFeatureExtractor or Gather picks the winner from. So an output is
 * followed upwards through the nodes that leave the order of classes as it is.
 */
import type { GraphContents, GraphNode } from './onnx-graph.ts'

const STEPS_MAX = 64

/** Class names by output of the graph, for the outputs that lead to a classifier. */
export function classNamesByOutput({ nodes, outputs, lists }: GraphContents): ReadonlyMap<string, readonly string[]> {
  const producers = new Map<string, GraphNode>()
  for (const node of nodes) for (const output of node.outputs) producers.set(output, node)
  const found = new Map<string, readonly string[]>()
  for (const { name } of outputs) {
    const classes = follow(name, producers, lists)
    if (classes !== undefined) found.set(name, classes)
  }
  const [only, ...others] = new Set([...found.values()].map((classes) => classes.join('\0')))
  if (only === undefined || others.length > 0) return found
  // One classifier speaks for all outputs: a probability matrix rarely leads to the list that its label is picked from.
  const classes = [...found.values()][0]!
  return new Map(outputs.map(({ name }) => [name, classes]))
}

function follow(
  output: string,
  producers: ReadonlyMap<string, GraphNode>,
  lists: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const waiting = [output]
  const seen = new Set<string>()
  while (waiting.length > 0 && seen.size < STEPS_MAX) {
    const name = waiting.shift()!
    const node = producers.get(name)
    if (node === undefined || seen.has(name)) continue
    seen.add(name)
    if (node.classes !== undefined) return node.classes
    if (node.type === 'ArrayFeatureExtractor' || node.type === 'Gather') {
      const list = lists.get(node.inputs[0] ?? '')
      if (list !== undefined && list.length > 1) return list
    }
    waiting.push(...node.inputs.slice(0, STEPS_MAX))
  }
  return undefined
}
