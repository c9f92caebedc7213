import { Checkbox, Select } from '@mantine/core'
import { getContract, validateContract } from '@seaworthy/api/contract'
import { listChecks } from '@seaworthy/api/evolution'
import { getVersion, listVersions } from '@seaworthy/api/model'
import { launchDeployment } from '@seaworthy/api/serving'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { apiQuery } from '../../api/api-query.ts'
import { client } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import styles from './start-release-dialog.module.css'

const VERSIONS_SHOWN = 100
const CHECKS_SEEN = 20

interface Props {
  readonly deployment: string
  readonly model: string
  readonly champion: number
  /** What is proposed; the newest other version by default. */
  readonly proposed?: number | undefined
  readonly opened: boolean
  readonly onClose: () => void
}

/** Let another version of the model in, by the steps of the contract. */
export function StartReleaseDialog({ deployment, model, champion, proposed, opened, onClose }: Props) {
  const launch = useAction(launchDeployment, ['deployments', 'releases', 'approvals'])
  const [chosen, setChosen] = useState(proposed)
  const [source, setSource] = useState<Source>('deployment')
  const [skips, setSkips] = useState<readonly Skip[]>([])
  const versions = useQuery({
    ...apiQuery(listVersions, { params: { model }, query: { limit: VERSIONS_SHOWN } }, ['models']),
    enabled: opened,
  })
  const others = versions.data?.items.filter(({ version }) => version !== champion).map(({ version }) => version) ?? []
  const version = chosen ?? others[0]
  const plan = usePlan({ deployment, model, version, source, opened })
  const { text } = plan
  const toggle = (skip: Skip) => setSkips(skips.includes(skip) ? skips.filter((one) => one !== skip) : [...skips, skip])
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Release a version"
      willHappen={sentencesOf({ ...plan, version, champion, skips })}
      action={version === undefined ? 'Release' : `Release version ${version}`}
      destructive={skips.length > 0}
      reason={skips.length > 0 ? 'required' : 'none'}
      onConfirm={async (reason) => {
        if (version === undefined) return
        const why = (skip: Skip) => (skips.includes(skip) ? { [skip]: reason! } : {})
        await launch.mutateAsync({
          params: { deployment },
          body: { model, version, ...(text === undefined ? {} : { contract: text }), ...why('override'), ...why('now') },
        })
      }}
    >
      <div className={styles.fields}>
        <Select
          label="Version"
          allowDeselect={false}
          data={others.map((one) => ({ value: String(one), label: `version ${one}` }))}
          value={version === undefined ? null : String(version)}
          onChange={(next) => setChosen(Number(next))}
        />
        <Select
          label="Under the contract"
          allowDeselect={false}
          data={[
            { value: 'deployment', label: 'that is in force here' },
            { value: 'package', label: `in the package of version ${version ?? '…'}` },
          ]}
          value={source}
          onChange={(next) => setSource(next as Source)}
        />
        <Checkbox
          label="Without a passing check: the reason is recorded as an override"
          checked={skips.includes('override')}
          onChange={() => toggle('override')}
        />
        <Checkbox
          label="All traffic now, without steps and approvals: recorded as an override, too"
          checked={skips.includes('now')}
          onChange={() => toggle('now')}
        />
      </div>
    </ConfirmDialog>
  )
}

type Source = 'deployment' | 'package'
type Skip = 'override' | 'now'

const Rules = z.looseObject({
  maintenance: z.looseObject({
    release: z.looseObject({ steps: z.array(z.string()), approvals: z.int(), 'step-duration': z.string() }).optional(),
  }),
})

interface PlanRequest {
  readonly deployment: string
  readonly model: string
  readonly version: number | undefined
  readonly source: Source
  readonly opened: boolean
}
interface Plan {
  readonly text: string | undefined
  readonly rules: z.infer<typeof Rules>['maintenance']['release']
  readonly isKnown: boolean
  /** Of the newest check of the version under this contract. */
  readonly verdict: string | undefined
}

/** What the contract says about the way of a version, and whether it passed under it. */
function usePlan({ deployment, model, version, source, opened }: PlanRequest): Plan {
  const of = { model, version: version ?? 1 }
  const enabled = opened && version !== undefined
  const inForce = useQuery({ ...apiQuery(getContract, { params: { deployment } }, ['deployments']), enabled: opened })
  const packaged = useQuery({ ...apiQuery(getVersion, { params: of }, []), enabled })
  const checks = useQuery({ ...apiQuery(listChecks, { params: of, query: { limit: CHECKS_SEEN } }, ['checks']), enabled })
  const text = source === 'deployment' ? inForce.data?.text : packaged.data?.contract
  const said = useQuery({
    queryKey: [validateContract.id, deployment, text ?? ''],
    queryFn: ({ signal }) => client.call(validateContract, { body: { contract: text ?? '', deployment }, signal }),
    enabled: enabled && text !== undefined,
  })
  const parsed = Rules.safeParse(said.data?.contract)
  const check = checks.data?.items.find(({ contractDigest }) => contractDigest === said.data?.digest)
  return { text, rules: parsed.data?.maintenance.release, isKnown: parsed.success, verdict: check?.verdict }
}

interface Foreseen extends Plan {
  readonly version: number | undefined
  readonly champion: number
  readonly skips: readonly Skip[]
}

function sentencesOf({ version, champion, rules, isKnown, verdict, skips }: Foreseen): readonly string[] {
  if (version === undefined) return ['Nothing: the model has no other version.']
  if (!isKnown) return ['Looking at the contract …']
  const { steps = ['full'], approvals = 0, 'step-duration': duration } = rules ?? {}
  const isAtOnce = skips.includes('now') || (steps.length === 1 && approvals === 0)
  return [
    verdict === undefined
      ? `Version ${version} was not checked under this contract: ${skips.includes('override') ? 'it goes on with the reason that you give' : 'it will be refused'}.`
      : verdict === 'pass'
        ? `Version ${version} passed its check under this contract.`
        : `Its check under this contract says ${verdict.replaceAll('-', ' ')}: ${skips.includes('override') ? 'it goes on with the reason that you give' : 'it will be refused'}.`,
    `Version ${version} is loaded and warmed first; if it cannot be, nothing changes.`,
    ...(isAtOnce
      ? [`It answers every request at once, instead of version ${champion}, which stays loaded for a rollback.`]
      : [
          ...(approvals > 0
            ? [`Nothing moves before ${approvals === 1 ? 'another person has' : `${approvals} other people have`} approved it.`]
            : []),
          `Traffic moves by steps: ${steps.join(', ')}; each is over after ${duration ?? 'its time'} at the latest, or sooner when it is clearly better or worse.`,
          `Where it does clear harm, version ${champion} gets everything back by itself.`,
        ]),
  ]
}
