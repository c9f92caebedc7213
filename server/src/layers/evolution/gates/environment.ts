import type { GateResult } from '../check/check.ts'
import { defineGate } from './contract.ts'

const FACTS_SHOWN_MAX = 6

/** Is it known what the version was trained with? Without it nobody can train it again, or say why two of them differ. */
export const environmentGate = defineGate({
  id: 'environment',
  title: 'Recorded training environment',
  needs: 'nothing',
  applies: () => true,
  async measure({ environment }) {
    const facts = factsOf(environment)
    const head = { gate: 'environment', path: 'environment', measured: 'recorded training environment' }
    if (facts.length === 0)
      return [
        {
          ...head,
          verdict: 'not-enough-data',
          explanation: 'The package does not say with what it was trained: push it with its environment, or from a run.',
        } satisfies GateResult,
      ]
    const shown = facts.slice(0, FACTS_SHOWN_MAX).join(', ')
    const more = facts.length - FACTS_SHOWN_MAX
    return [
      {
        ...head,
        verdict: 'pass',
        explanation: `Trained with ${shown}${more > 0 ? ` and ${more} more` : ''}.`,
      } satisfies GateResult,
    ]
  },
})

/** Language, libraries with versions and producer of the model file, as far as they are there. */
function factsOf(environment: unknown): string[] {
  if (typeof environment !== 'object' || environment === null) return []
  const { language, languageVersion, libraries, producer } = environment as Readonly<Record<string, unknown>>
  const versions = typeof libraries === 'object' && libraries !== null ? Object.entries(libraries) : []
  return [
    textOf({ name: language, version: languageVersion }),
    ...versions.map(([name, version]) => textOf({ name, version })),
    textOf(producer),
  ].filter((fact) => fact !== '')
}

function textOf(fact: unknown): string {
  if (typeof fact === 'string') return fact.trim().slice(0, 100)
  if (typeof fact !== 'object' || fact === null) return ''
  const { name, version } = fact as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || name === '') return ''
  return `${name} ${typeof version === 'string' ? version : ''}`.trim().slice(0, 100)
}
