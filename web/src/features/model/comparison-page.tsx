import { getVersion, listVersions, type VersionDetail } from '@seaworthy/api/model'
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import styles from './comparison-page.module.css'
import { DifferenceCard } from './difference-card.tsx'
import { flatten } from './flatten.ts'
import { MeasuredCard } from './measured-card.tsx'

const route = getRouteApi('/models/$model/compare')
const LISTED_MAX = 200

/** Any two versions side by side: on the same rows, by their documents. */
export function ComparisonPage(): ReactElement {
  const { model } = route.useParams()
  const { left, right, job } = route.useSearch()
  const navigate = route.useNavigate()
  const versions = useQuery(apiQuery(listVersions, { params: { model }, query: { limit: LISTED_MAX } }, ['models']))
  const choose = (side: 'left' | 'right') => (version: number) =>
    void navigate({ search: (before) => ({ ...before, [side]: version, job: undefined }) })
  return (
    <Page
      title={`Compare versions of ${model}`}
      crumbs={[
        { label: 'Models', to: '/models' },
        { label: model, to: '/models/$model', params: { model } },
      ]}
    >
      <Resource query={versions}>
        {({ items }) => {
          const numbers = items.map(({ version }) => version)
          const [champion, challenger] = [left ?? numbers[1] ?? numbers[0] ?? 1, right ?? numbers[0] ?? 1]
          return (
            <>
              <div className={styles.choice}>
                <VersionSelect label="Version" versions={numbers} value={champion} onChange={choose('left')} />
                <VersionSelect label="held against" versions={numbers} value={challenger} onChange={choose('right')} />
              </div>
              <MeasuredCard
                key={`${champion}/${challenger}`}
                model={model}
                champion={champion}
                challenger={challenger}
                job={job}
                onJob={(id) => void navigate({ search: (before) => ({ ...before, left: champion, right: challenger, job: id }) })}
              />
              <Documents model={model} left={champion} right={challenger} />
            </>
          )
        }}
      </Resource>
    </Page>
  )
}

interface SelectProps {
  readonly label: string
  readonly versions: readonly number[]
  readonly value: number
  readonly onChange: (version: number) => void
}
const VersionSelect = ({ label, versions, value, onChange }: SelectProps) => (
  <NativeSelect
    label={label}
    value={String(value)}
    data={versions.map((version) => ({ value: String(version), label: `Version ${version}` }))}
    onChange={(event) => onChange(Number(event.currentTarget.value))}
  />
)

function Documents({ model, left, right }: { readonly model: string; readonly left: number; readonly right: number }) {
  const a = useQuery(apiQuery(getVersion, { params: { model, version: left } }, ['models']))
  const b = useQuery(apiQuery(getVersion, { params: { model, version: right } }, ['models']))
  return (
    <Resource query={a}>
      {(first) => (
        <Resource query={b}>
          {(second) =>
            PARTS.map(({ title, leaves }) => (
              <DifferenceCard
                key={title}
                title={title}
                names={[`Version ${left}`, `Version ${right}`]}
                left={leaves(first)}
                right={leaves(second)}
              />
            ))
          }
        </Resource>
      )}
    </Resource>
  )
}

type Leaves = (version: VersionDetail) => ReturnType<typeof flatten>
const byName = (fields: readonly { readonly name: string }[]) =>
  Object.fromEntries(fields.map(({ name, ...rest }) => [name, rest]))
const PARTS: readonly { readonly title: string; readonly leaves: Leaves }[] = [
  {
    title: 'Signature',
    leaves: ({ signature }) =>
      flatten({ takes: byName(signature.inputs.map(withoutLists)), gives: byName(signature.outputs.map(withoutLists)) }),
  },
  { title: 'Training', leaves: ({ lineage, metrics }) => flatten({ ...lineage, 'said of itself': metrics }) },
  { title: 'Environment', leaves: ({ environment }) => flatten(environment) },
]

/** Long lists of categories are compared as one text. */
function withoutLists<F extends { readonly name: string }>(field: F) {
  return Object.fromEntries(
    Object.entries(field).map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : value]),
  ) as F
}
