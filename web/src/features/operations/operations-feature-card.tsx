import { NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { formatSpan } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeatureComparison } from './operations-feature-comparison.tsx'
import { OutputDrift } from './operations-output-drift.tsx'
import styles from './operations-page.module.css'
import { EVERY_INPUT, type PartProps, subjectOf } from './operations-part.ts'
import { ReferenceChoice } from './operations-reference-choice.tsx'
import { sliceText } from './operations-span.ts'

/** One input or output: what it is held against beside what came, how far apart they are, and since when. */
export function FeatureCard(props: PartProps) {
  const { view, span, search, onSearch } = props
  const { zone } = useTimeZone()
  const subject = subjectOf(props)
  const feature = search.output === undefined ? (search.feature ?? subject?.subject) : undefined
  if (feature === undefined && subject === undefined)
    return (
      <Card title="One input">
        <EmptyState title="Choose a row above" />
      </Card>
    )
  const where = search.slice === undefined ? '' : ` where ${sliceText(search.slice)}`
  return (
    <Card
      title={feature === undefined ? `Answer: ${subject!.subject}` : `${feature}${where}`}
      aside={<span className="numeric dim">{formatSpan(span.from, span.to, zone)}</span>}
    >
      <div className={styles.stack}>
        <div className={styles.choices}>
          <SubjectSelect {...props} feature={feature} />
          {feature === undefined ? null : (
            <>
              <ReferenceChoice key={search.against} span={span} against={search.against} onSearch={onSearch} />
              <SliceInput key={search.slice} slice={search.slice} onSlice={(slice) => onSearch({ slice })} />
            </>
          )}
        </div>
        {feature === undefined ? (
          <OutputDrift {...props} series={subject!} />
        ) : (
          <FeatureComparison
            {...props}
            feature={feature}
            series={view.series.find(({ kind, subject: name }) => kind === 'drift' && name === feature)}
          />
        )}
      </div>
    </Card>
  )
}

function SubjectSelect({ view, search, onSearch, feature }: PartProps & { readonly feature: string | undefined }) {
  const names = (kind: 'drift' | 'prediction-drift') => [
    ...new Set(view.series.filter((one) => one.kind === kind && one.subject !== EVERY_INPUT).map(({ subject }) => subject)),
  ]
  const inputs = names('drift')
  const options = [
    {
      group: 'Inputs',
      items: [...inputs, ...(feature === undefined || inputs.includes(feature) ? [] : [feature])].map((name) => ({
        value: `i${name}`,
        label: name,
      })),
    },
    { group: 'Answers', items: names('prediction-drift').map((name) => ({ value: `o${name}`, label: name })) },
  ]
  return (
    <NativeSelect
      size="xs"
      label="Look at"
      value={feature === undefined ? `o${search.output ?? ''}` : `i${feature}`}
      data={options.filter(({ items }) => items.length > 0)}
      onChange={({ currentTarget: { value } }) =>
        onSearch(
          value.startsWith('i') ? { feature: value.slice(1), output: undefined } : { feature: undefined, output: value.slice(1) },
        )
      }
    />
  )
}

interface SliceProps {
  readonly slice: string | undefined
  readonly onSlice: (slice: string | undefined) => void
}

function SliceInput({ slice = '', onSlice }: SliceProps) {
  const [typed, setTyped] = useState(slice)
  const isFit = typed.trim() === '' || /^[^=,]+(=[^,]*)?(,[^=,]+(=[^,]*)?)*$/.test(typed.trim())
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (isFit && typed.trim() !== slice) onSlice(typed.trim() === '' ? undefined : typed.trim())
  }
  return (
    <form onSubmit={submit}>
      <TextInput
        size="xs"
        label="Only rows where"
        placeholder="origin=ATL, or all rows"
        value={typed}
        error={isFit ? undefined : 'input=value, with commas between several'}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => submit()}
      />
    </form>
  )
}
