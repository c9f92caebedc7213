/** How a page writes which rows it means. */
import type { PredictionFilter } from '../../layers/operations/index.ts'
import { SliceInvalid } from './errors.ts'
import type { ControlServices } from './services.ts'

/** `origin=ATL,hour` : origin is ATL and hour is missing. Throws SliceInvalid. */
export function parseSlice(text: string): NonNullable<PredictionFilter['slice']> {
  return text.split(',').map((part) => {
    const at = part.indexOf('=')
    try {
      const input = decodeURIComponent(at < 0 ? part : part.slice(0, at))
      if (input !== '') return { input, value: at < 0 ? null : decodeURIComponent(part.slice(at + 1)) }
    } catch {
      // An escape that is none.
    }
    throw new SliceInvalid({ part: part.slice(0, 100) })
  })
}

/** Where a number lies in an output: `late`, or `kind[setosa]` of several classes. */
export async function outputPath(
  deployment: string,
  output: string | undefined,
  { deployments, registry }: Pick<ControlServices, 'deployments' | 'registry'>,
): Promise<readonly string[]> {
  const part = /^(.+)\[(.*)\]$/s.exec(output ?? '')
  if (part !== null) return [part[1]!, part[2]!]
  if (output !== undefined) return [output]
  const { model, variants } = await deployments.get(deployment)
  const { signature } = await registry.getVersionDetail(model, variants[0]?.version ?? 1)
  const outputs = (signature as { readonly outputs?: readonly { readonly name: string }[] }).outputs ?? []
  return [outputs[0]?.name ?? '']
}
