import type { CheckReport } from '@seaworthy/api/check-report'
import { getCheck } from '@seaworthy/api/evolution'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatBytes, formatCount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Fact, FactList } from '../../ui/fact-list.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { GateList } from './gate-list.tsx'
import { VerdictBadge } from './verdict-badge.tsx'

const route = getRouteApi('/checks/$check')

/** The report of a check: every gate of the contract with its numbers. */
export function CheckPage(): ReactElement {
  const { check } = route.useParams()
  const found = useQuery(apiQuery(getCheck, { params: { check } }, []))
  const of = found.data
  return (
    <Page
      title={of === undefined ? 'Check' : `Check of ${of.model} version ${of.version}`}
      crumbs={[
        { label: 'Models', to: '/models' },
        ...(of === undefined ? [] : [{ label: of.model, to: '/models/$model', params: { model: of.model } } as const]),
      ]}
      aside={of === undefined ? null : <VerdictBadge verdict={of.verdict} />}
    >
      <Resource query={found} lines={8}>
        {({ report, createdAt, createdBy, genuine, keyId, contractDigest, snapshotDigest }) => (
          <>
            <GateList gates={report.gates} />
            <Card title="How it was measured">
              <FactList
                facts={[
                  ['Checked', <Time key="at" at={createdAt} />],
                  ['By', createdBy],
                  [
                    'Signature',
                    <StatusBadge key="genuine" tone={genuine ? 'good' : 'bad'} plain>
                      {genuine ? 'genuine' : 'does not belong to this report'}
                    </StatusBadge>,
                  ],
                  ['Key', <code key="key">{keyId}</code>],
                  ['Rows of the snapshot', formatCount(report.snapshotRows)],
                  ['Snapshot', <code key="snapshot">{snapshotDigest.slice(0, 12)}</code>],
                  ['Contract', <code key="contract">{contractDigest.slice(0, 12)}</code>],
                  ...machineFacts(report.machine),
                ]}
              />
            </Card>
          </>
        )}
      </Resource>
    </Page>
  )
}

/** Where it was measured. */
const machineFacts = ({ memoryBytes, ...machine }: CheckReport['machine']): readonly Fact[] => [
  ...Object.entries(machine).map(([name, value]) => [MACHINE_WORDS[name] ?? name, String(value)] as const),
  ...(typeof memoryBytes === 'number' ? ([['Memory', formatBytes(memoryBytes)]] as const) : []),
]
const MACHINE_WORDS: Readonly<Record<string, string>> = {
  cores: 'Cores',
  node: 'Node',
  onnxruntime: 'ONNX Runtime',
  platform: 'Platform',
  processor: 'Processor',
}
