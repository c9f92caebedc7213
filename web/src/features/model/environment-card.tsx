import { Card } from '../../ui/card.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { flatten } from './flatten.ts'

interface Props {
  readonly environment: unknown
  readonly parameters: Readonly<Record<string, unknown>> | undefined
}

/** With what it was trained. */
export const EnvironmentCard = ({ environment, parameters = {} }: Props) => {
  const facts = [...flatten(environment), ...flatten(parameters)]
  return (
    <Card title="Environment and parameters">
      {facts.length === 0 ? <p className="dim">The package says nothing of them.</p> : <FactList facts={facts} />}
    </Card>
  )
}
