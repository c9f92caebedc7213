import { Modal, TextInput } from '@mantine/core'
import { listModels } from '@seaworthy/api/model'
import { listDeployments } from '@seaworthy/api/serving'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { apiQuery } from '../api/api-query.ts'
import { PLACES } from './places.ts'
import styles from './quick-jump.module.css'

const SHOWN_MAX = 12
const READ_MAX = 500

const NAMED = { content: { 'aria-label': 'Go to' } }

interface Goal {
  readonly kind: string
  readonly name: string
  go(): void
}

/** A few letters and Enter: any page, model or deployment. */
export function QuickJump({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} withCloseButton={false} padding="xs" yOffset="12vh" attributes={NAMED}>
      {opened ? <Choice onClose={onClose} /> : null}
    </Modal>
  )
}

function Choice({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const goals = useGoals(text)
  const chosen = Math.min(at, goals.length - 1)
  const go = (goal: Goal | undefined) => {
    if (goal === undefined) return
    onClose()
    goal.go()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') return go(goals[chosen])
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return undefined
    event.preventDefault()
    return setAt((chosen + (event.key === 'ArrowDown' ? 1 : goals.length - 1)) % Math.max(1, goals.length))
  }
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-label="Go to"
        aria-expanded
        aria-controls="quick-jump"
        aria-activedescendant={goals.length === 0 ? undefined : `quick-jump-${chosen}`}
        placeholder="A page, a model, a deployment"
        leftSection={<Search size={16} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div role="listbox" id="quick-jump" aria-label="Places" className={styles.list}>
        {goals.map((goal, i) => (
          <div
            key={`${goal.kind}/${goal.name}`}
            id={`quick-jump-${i}`}
            role="option"
            aria-selected={i === chosen}
            tabIndex={-1}
            className={styles.goal}
            onClick={() => go(goal)}
            onKeyDown={onKeyDown}
          >
            <span className="foreign">{goal.name}</span>
            <span className="dim">{goal.kind}</span>
          </div>
        ))}
      </div>
      {goals.length === 0 ? <p className={styles.nothing}>Nothing has this name.</p> : null}
    </>
  )
}

function useGoals(text: string): readonly Goal[] {
  const navigate = useNavigate()
  const query = { limit: READ_MAX }
  const models = useQuery(apiQuery(listModels, { query }, ['models']))
  const deployments = useQuery(apiQuery(listDeployments, { query }, ['deployments']))
  const goals: Goal[] = [
    ...PLACES.map(({ name, to }) => ({ kind: 'page', name, go: () => void navigate({ to }) })),
    ...(deployments.data?.items ?? []).map(({ name }) => ({
      kind: 'deployment',
      name,
      go: () => void navigate({ to: '/deployments/$deployment', params: { deployment: name } }),
    })),
    ...(models.data?.items ?? []).map(({ name }) => ({
      kind: 'model',
      name,
      go: () => void navigate({ to: '/models/$model', params: { model: name } }),
    })),
  ]
  const wanted = text.trim().toLowerCase()
  return goals.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, SHOWN_MAX)
}
