import type { Incident } from '@seaworthy/api/incidents'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { KINDS } from './incident-words.ts'

type Member = Incident['members'][number]

/** What breaches as well, and raises no alarm of its own because a cause explains it. */
export function IncidentConsequences({ members }: { readonly members: readonly Member[] }) {
  if (members.length === 0) return null
  return (
    <Card title="What it explains, and mutes" flush>
      <DataTable
        caption="Findings that raise no alarm of their own"
        columns={COLUMNS}
        rows={members}
        rowKey={({ finding: { kind, subject, measure, slice } }) => [kind, subject, measure, slice].join('/')}
      />
    </Card>
  )
}

const COLUMNS: readonly Column<Member>[] = [
  { key: 'kind', header: 'Kind', cell: ({ finding }) => KINDS[finding.kind] },
  { key: 'what', header: 'What', cell: ({ finding }) => <span className="foreign">{finding.sentence}</span>, wide: true },
  {
    key: 'by',
    header: 'Explained by',
    cell: ({ mutedBy }) =>
      mutedBy === undefined ? (
        '–'
      ) : (
        <span className="foreign">{`${KINDS[mutedBy.kind].toLowerCase()} of ${mutedBy.subject}`}</span>
      ),
    hideBelow: 'narrow',
  },
  {
    key: 'over',
    header: 'Now',
    cell: ({ clearedAt }) => <span style={{ whiteSpace: 'nowrap' }}>{clearedAt === undefined ? 'in breach' : 'over'}</span>,
    hideBelow: 'narrow',
  },
]
