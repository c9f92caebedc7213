import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { momentOf, momentText } from '../../format/moment.ts'
import { formatSpan } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import styles from './operations-page.module.css'
import type { PartProps } from './operations-part.ts'
import { referencesOf, spanOfReference } from './operations-span.ts'

const OTHER = 'other'

/** What the span is held against: the training data, an earlier span by one choice, or any span. */
export function ReferenceChoice({
  span,
  against = 'baseline',
  onSearch,
}: Pick<PartProps, 'span' | 'onSearch'> & { readonly against: string | undefined }) {
  const { zone } = useTimeZone()
  const references = referencesOf(span)
  const isListed = references.some(({ value }) => value === against)
  const [isOther, setIsOther] = useState(!isListed)
  const set = (value: string) => onSearch({ against: value === 'baseline' ? undefined : value })
  const other = spanOfReference(against)
  return (
    <>
      <NativeSelect
        size="xs"
        label="Held against"
        value={isOther || !isListed ? OTHER : against}
        data={[
          ...references,
          { value: OTHER, label: other === undefined || isListed ? 'another span …' : formatSpan(other.from, other.to, zone) },
        ]}
        onChange={({ currentTarget: { value } }) => {
          setIsOther(value === OTHER)
          if (value !== OTHER) set(value)
        }}
      />
      {isOther || !isListed ? (
        <OtherSpan from={other?.from ?? span.from} to={other?.to ?? span.to} onSpan={(from, to) => set(`${from}..${to}`)} />
      ) : null}
    </>
  )
}

interface OtherProps {
  readonly from: number
  readonly to: number
  readonly onSpan: (from: number, to: number) => void
}

function OtherSpan({ from, to, onSpan }: OtherProps) {
  const { zone } = useTimeZone()
  const [typed, setTyped] = useState(() => ({ from: momentText(from, zone), to: momentText(to, zone) }))
  const begin = momentOf(typed.from, zone)
  const end = momentOf(typed.to, zone)
  const isFit = begin !== undefined && end !== undefined && begin < end
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isFit) onSpan(begin, end)
  }
  const field = (name: 'from' | 'to', label: string) => (
    <TextInput
      size="xs"
      label={label}
      value={typed[name]}
      placeholder="2026-03-01 14:00"
      onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
    />
  )
  return (
    <form onSubmit={submit} className={styles.choices} aria-label="Span that it is held against">
      {field('from', `From, ${zone}`)}
      {field('to', 'Until')}
      <Button type="submit" size="xs" variant="default" disabled={!isFit}>
        Hold against it
      </Button>
    </form>
  )
}
