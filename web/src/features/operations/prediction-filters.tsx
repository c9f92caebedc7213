import { Button, Checkbox, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Search, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { momentOf, momentText } from '../../format/moment.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import styles from './prediction-filters.module.css'
import type { PredictionSearch } from './predictions.route.ts'

interface Props {
  readonly deployment: string
  readonly search: PredictionSearch
}

/** What is looked for; in the address, so that a search can be sent to a colleague. */
export function PredictionFilters({ deployment, search }: Props) {
  const navigate = useNavigate()
  const { zone } = useTimeZone()
  const [typed, setTyped] = useState(() => textsOf(search, zone))
  const [id, setId] = useState('')
  const found = searchOf(typed, zone)
  const go = (next: PredictionSearch) =>
    void navigate({ to: '/deployments/$deployment/predictions', params: { deployment }, search: next })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const prediction = id.trim()
    if (prediction === '') return found.problem === undefined && go(found.search)
    return void navigate({ to: '/deployments/$deployment/predictions/$prediction', params: { deployment, prediction } })
  }
  const field = (name: keyof Texts, label: string, placeholder: string) => (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      value={typed[name]}
      error={found.problem?.name === name ? found.problem.text : undefined}
      onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
    />
  )
  return (
    <form onSubmit={submit} role="search" aria-label="Predictions" className={styles.filters}>
      <TextInput size="xs" label="Id" placeholder="of one prediction" value={id} onChange={(e) => setId(e.currentTarget.value)} />
      {field('from', `From, ${zone}`, '2026-03-01 14:00')}
      {field('to', 'To', '2026-03-02')}
      {field('version', 'Version', 'any')}
      {field('variant', 'Variant', 'champion')}
      {field('caller', 'Caller', 'any')}
      {field('slice', 'Slice', 'origin=ATL')}
      {field('scoreMin', 'Output from', '0.5')}
      {field('scoreMax', 'to', '1')}
      <Checkbox
        size="xs"
        label="Only flagged"
        className={styles.check!}
        checked={typed.flagged === 'true'}
        onChange={(event) => setTyped({ ...typed, flagged: event.currentTarget.checked ? 'true' : '' })}
      />
      <div className={styles.buttons}>
        <Button type="submit" size="xs" leftSection={<Search size={14} aria-hidden />} disabled={found.problem !== undefined}>
          Find
        </Button>
        {Object.values(search).every((value) => value === undefined) ? null : (
          <Button size="xs" variant="subtle" leftSection={<X size={14} aria-hidden />} onClick={() => go({})}>
            Show all
          </Button>
        )}
      </div>
    </form>
  )
}

type Texts = Readonly<Record<keyof PredictionSearch, string>>
const NAMES = ['from', 'to', 'version', 'variant', 'caller', 'slice', 'scoreMin', 'scoreMax', 'flagged'] as const

function textsOf(search: PredictionSearch, zone: string): Texts {
  const textOf = (name: (typeof NAMES)[number]) => {
    const value = search[name]
    if (value === undefined) return ''
    return name === 'from' || name === 'to' ? momentText(Number(value), zone) : String(value)
  }
  return Object.fromEntries(NAMES.map((name) => [name, textOf(name)])) as Texts
}

interface Found {
  readonly search: PredictionSearch
  readonly problem?: { readonly name: keyof Texts; readonly text: string }
}

function searchOf(texts: Texts, zone: string): Found {
  const search: Record<string, unknown> = {}
  for (const name of NAMES) {
    const text = texts[name].trim()
    if (text === '') continue
    const value = valueOf(name, text, zone)
    if (value === undefined) return { search: {}, problem: { name, text: PROBLEMS[name] ?? 'not understood' } }
    search[name] = value
  }
  return { search: search as PredictionSearch }
}

function valueOf(name: keyof Texts, text: string, zone: string): string | number | boolean | undefined {
  if (name === 'from' || name === 'to') return momentOf(text, zone)
  if (name === 'flagged') return text === 'true'
  if (name === 'variant' || name === 'caller') return text
  if (name === 'slice') return /^[^=,]+(=[^,]*)?(,[^=,]+(=[^,]*)?)*$/.test(text) ? text : undefined
  const number = Number(text)
  if (!Number.isFinite(number)) return undefined
  return name === 'version' && !(Number.isInteger(number) && number >= 1) ? undefined : number
}

const PROBLEMS: Partial<Record<keyof Texts, string>> = {
  from: 'a day, or a day and a time: 2026-03-01 14:00',
  to: 'a day, or a day and a time: 2026-03-01 14:00',
  version: 'a whole number from 1',
  slice: 'input=value, with commas between several',
  scoreMin: 'a number',
  scoreMax: 'a number',
}
