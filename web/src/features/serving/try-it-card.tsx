import { Button } from '@mantine/core'
import { getVersion, type VersionDetail } from '@seaworthy/api/model'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Dices, Play } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { Card } from '../../ui/card.tsx'
import { ProblemPanel } from '../../ui/problem-panel.tsx'
import { Resource } from '../../ui/resource.tsx'
import { AnswerPanel } from './answer-panel.tsx'
import { fieldProblems, predict } from './predict.ts'
import styles from './try-it-card.module.css'
import { TryItField } from './try-it-field.tsx'
import { draftOf, type Instance, instanceOf } from './try-it-form.ts'

interface Props {
  readonly deployment: string
  readonly model: string
  /** Whose signature the form is made from. */
  readonly version: number
}

/** Ask the deployment, as a caller would, and see why it answers what it does. */
export function TryItCard({ deployment, model, version }: Props) {
  const detail = useQuery(apiQuery(getVersion, { params: { model, version } }, []))
  return (
    <Card title="Try it">
      <Resource query={detail} lines={8}>
        {(found) => <TryIt key={found.digest} deployment={deployment} version={found} />}
      </Resource>
    </Card>
  )
}

function TryIt({ deployment, version }: { readonly deployment: string; readonly version: VersionDetail }) {
  const { signature, sample } = version
  const [example, setExample] = useState(0)
  const [draft, setDraft] = useState(() => draftOf(signature.inputs, sample[0]))
  const asked = useMutation({ mutationFn: (instance: Instance) => predict(deployment, instance) })
  const wrong = fieldProblems(asked.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    asked.mutate(instanceOf(signature.inputs, draft))
  }
  const another = () => {
    const next = (example + 1) % sample.length
    setExample(next)
    setDraft(draftOf(signature.inputs, sample[next]))
    asked.reset()
  }
  return (
    <div className={styles.parts}>
      <form onSubmit={submit} className={styles.form} aria-label="Inputs of the request">
        <div className={styles.fields}>
          {signature.inputs.map((input) => (
            <TryItField
              key={input.name}
              input={input}
              value={draft[input.name]}
              error={wrong.get(input.name)}
              onChange={(value) => setDraft({ ...draft, [input.name]: value })}
            />
          ))}
        </div>
        <div className={styles.buttons}>
          <Button type="submit" size="xs" loading={asked.isPending} leftSection={<Play size={14} aria-hidden />}>
            Predict
          </Button>
          {sample.length > 1 ? (
            <Button size="xs" variant="default" leftSection={<Dices size={14} aria-hidden />} onClick={another}>
              Another example
            </Button>
          ) : null}
        </div>
        <p className={styles.note}>
          A real request: it is counted, and kept in the journal with the caller <code>try-it</code>. Examples are rows of the
          training data.
        </p>
      </form>
      <div className={styles.answer}>
        {asked.error === null ? null : <ProblemPanel error={asked.error} />}
        {asked.data === undefined && asked.error === null ? (
          <p className="dim">The answer appears here, and what each input contributed to it.</p>
        ) : null}
        {asked.data === undefined ? null : <AnswerPanel deployment={deployment} answer={asked.data} />}
      </div>
    </div>
  )
}
