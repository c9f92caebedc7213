import { SegmentedControl } from '@mantine/core'
import { explainPrediction, type ExplainedPrediction } from '@seaworthy/api/explanation'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../api/client.ts'
import { ContributionBars } from '../../draw/contribution-bars.tsx'
import { formatNumber } from '../../format/number.ts'
import { Resource } from '../../ui/resource.tsx'
import styles from './try-it-card.module.css'
import { valueText } from './value-text.ts'

type Of = 'sum' | 'output'
/** Inputs that are drawn each; the rest is drawn as one. */
const COLUMNS_SHOWN = 14
const UNIT_NAMES = { output: 'the output', 'log-odds': 'log-odds', log: 'the logarithm', score: 'the score' } as const

interface Props {
  readonly deployment: string
  /** Inputs, or a prediction that the journal has. */
  readonly about: { readonly instance: Record<string, unknown> } | { readonly prediction: string }
  readonly version: number
  /** What tells this explanation from others. */
  readonly name: string
}

/** Why an answer is what it is: what each input contributed, as bars that add up. */
export function Explanation({ deployment, about, version, name }: Props) {
  const [of, setOf] = useState<Of>('sum')
  const why = useQuery({
    queryKey: [explainPrediction.id, deployment, name, version, of],
    queryFn: ({ signal }) => client.call(explainPrediction, { params: { deployment }, body: { ...about, version, of }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  })
  return (
    <Resource query={why} label="Explaining" lines={6}>
      {(explained) => (
        <div className={styles.why}>
          <div className={styles.whyHead}>
            <h3 className={styles.whyTitle}>
              Why <span className="foreign">{explained.output}</span> is {formatNumber(explained.said)}
            </h3>
            {explained.unit === 'output' && of === 'sum' ? null : (
              <SegmentedControl
                size="xs"
                aria-label="Unit of the contributions"
                value={of}
                onChange={(next) => setOf(next as Of)}
                data={[
                  { value: 'sum', label: 'In the sum of the trees' },
                  { value: 'output', label: 'In the output' },
                ]}
              />
            )}
          </div>
          <Bars explained={explained} />
        </div>
      )}
    </Resource>
  )
}

function Bars({ explained }: { readonly explained: ExplainedPrediction }) {
  const { contributions, baseValue, predicted, unit, method, outlier, output } = explained
  const sorted = contributions.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
  const rest = sorted.slice(COLUMNS_SHOWN)
  const rows = [
    ...sorted.slice(0, COLUMNS_SHOWN).map(({ column, input, value, standardError }) => ({
      ...{ name: column, value, standardError },
      input: valueText(input),
    })),
    ...(rest.length === 0
      ? []
      : [
          {
            name: `${rest.length} more`,
            input: 'together',
            value: rest.reduce((sum, { value }) => sum + value, 0),
            standardError: Math.hypot(...rest.map(({ standardError }) => standardError)),
          },
        ]),
  ]
  return (
    <>
      <ContributionBars
        caption={`What each input contributed to ${output}, in ${UNIT_NAMES[unit]}`}
        base={baseValue}
        total={predicted}
        rows={rows}
        baseLabel="On average"
        totalLabel="Here"
      />
      <p className={styles.note}>
        In {UNIT_NAMES[unit]}, against the training data. {capital(method)}.
        {outlier === undefined
          ? ''
          : ` Of rows like those of the training data, ${rarity(outlier.score)} ${outlier.score > 2 ? 'is' : 'are'} as unusual as this one.`}
      </p>
    </>
  )
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}`
const rarity = (score: number): string =>
  score > 2 ? `one in ${formatNumber(10 ** score, 1)}` : `${formatNumber(100 * 10 ** -score, 1)} in a hundred`
