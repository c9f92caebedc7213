import { getFindingSeries } from '@seaworthy/api/history'
import { listDeployments } from '@seaworthy/api/serving'
import { Autocomplete, Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { momentOf, momentText } from '../../format/moment.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import { KINDS } from './incident-words.ts'
import type { WhySearch } from './incidents-why.route.ts'
import styles from './incidents-page.module.css'

const LISTED_MAX = 200
const WINDOWS_LOOKED_AT = 24
const EVERY_KIND = 'drift,prediction-drift,data-quality,quality,feed'

/** Of which deployment, about what, and when; suggested is what the monitor looked at last. */
export function WhyForm({ search }: { readonly search: WhySearch }) {
  const navigate = useNavigate()
  const { zone } = useTimeZone()
  const deployments = useQuery(apiQuery(listDeployments, { query: { limit: LISTED_MAX } }, ['deployments']))
  const names = deployments.data?.items.map(({ name }) => name) ?? []
  const [typed, setTyped] = useState(() => ({
    ...{ deployment: search.deployment ?? '', subject: search.subject ?? '', kind: search.kind ?? '' },
    from: search.from === undefined ? '' : momentText(search.from, zone),
    to: search.to === undefined ? '' : momentText(search.to, zone),
  }))
  const deployment = typed.deployment === '' ? (names[0] ?? '') : typed.deployment
  const subjects = useSubjects(deployment, typed.kind)
  const change = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part })
  const moments = { from: momentOf(typed.from, zone), to: momentOf(typed.to, zone) }
  const isBad = (name: 'from' | 'to') => typed[name].trim() !== '' && moments[name] === undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const kind = typed.kind === '' ? {} : { kind: typed.kind as NonNullable<WhySearch['kind']> }
    void navigate({ to: '/incidents/why', search: { deployment, subject: typed.subject.trim(), ...kind, ...moments } })
  }
  const moment = (name: 'from' | 'to', label: string, placeholder: string) => (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      value={typed[name]}
      error={isBad(name) ? 'a day, or a day and a time: 2026-03-01 14:00' : undefined}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <form onSubmit={submit} role="search" aria-label="Why no alarm" className={styles.form}>
      <NativeSelect
        size="xs"
        label="Deployment"
        data={[...new Set([...names, ...(deployment === '' ? [] : [deployment])])]}
        value={deployment}
        onChange={(event) => change({ deployment: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label="Kind"
        data={[{ value: '', label: 'any' }, ...Object.entries(KINDS).map(([value, label]) => ({ value, label }))]}
        value={typed.kind}
        onChange={(event) => change({ kind: event.currentTarget.value as typeof typed.kind })}
      />
      <Autocomplete
        size="xs"
        label="Column or metric"
        placeholder={subjects[0] ?? 'distance'}
        data={subjects}
        limit={LISTED_MAX}
        maxDropdownHeight={280}
        value={typed.subject}
        onChange={(subject) => change({ subject })}
      />
      {moment('from', `From, ${zone}`, '30 days before')}
      {moment('to', 'To', 'now')}
      <Button
        type="submit"
        size="xs"
        leftSection={<Search size={14} aria-hidden />}
        disabled={deployment === '' || typed.subject.trim() === '' || isBad('from') || isBad('to')}
      >
        Explain
      </Button>
    </form>
  )
}

/** What the monitor looked at in the last windows. */
function useSubjects(deployment: string, kind: string): readonly string[] {
  const { data } = useQuery({
    ...apiQuery(
      getFindingSeries,
      {
        params: { deployment },
        query: { kind: kind === '' || kind === 'release' ? EVERY_KIND : kind, limit: WINDOWS_LOOKED_AT },
      },
      ['windows'],
    ),
    enabled: deployment !== '',
  })
  return [...new Set(data?.series.map(({ subject }) => subject))].toSorted((a, b) => a.localeCompare(b))
}
