import type { ReleaseStep } from './release.ts'

/** A step as a contract writes it, which was checked when the contract was parsed. */
export function releaseStepOf(text: string): ReleaseStep {
  const [kind = '', share] = text.split(' ')
  if (kind === 'full') return { kind, share: 1, text }
  return { kind: kind === 'shadow' ? 'shadow' : 'canary', share: Number.parseInt(share ?? '', 10) / 100, text }
}
