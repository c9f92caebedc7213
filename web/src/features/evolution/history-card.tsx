import { Button } from '@mantine/core'
import { type Champion, type Release } from '@seaworthy/api/release'
import { Link } from '@tanstack/react-router'
import { Undo2 } from 'lucide-react'
import { formatDuration } from '../../format/number.ts'
import { useNow } from '../../format/now.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { ReleaseStateBadge } from './release-state-badge.tsx'

interface ChampionsProps {
  readonly model: string
  /** Newest first. */
  readonly champions: readonly Champion[]
  readonly onRollback: (version: number) => void
}
interface Term extends Champion {
  readonly endedAt: number | undefined
}

const HOW: Readonly<Record<Champion['how'], string>> = { launch: 'launched', release: 'released', rollback: 'rolled back to' }

/** Which version answered since when, and the way back to each. */
export function ChampionsCard({ model, champions, onRollback }: ChampionsProps) {
  const now = useNow()
  const current = champions[0]?.version
  const terms = champions.map((one, i): Term => ({ ...one, endedAt: champions[i - 1]?.beganAt }))
  return (
    <Card title="Versions that answered" flush>
      <DataTable
        caption="Versions that answered, newest first"
        columns={columnsOf(model, now, current, onRollback)}
        rows={terms}
        rowKey={({ beganAt }) => beganAt}
      />
    </Card>
  )
}

const columnsOf = (
  model: string,
  now: number,
  current: number | undefined,
  onRollback: (version: number) => void,
): readonly Column<Term>[] => [
  {
    key: 'version',
    header: 'Version',
    cell: ({ version, endedAt }) => (
      <span style={{ whiteSpace: 'nowrap' }}>
        <Link to="/models/$model" params={{ model }} search={{ version }}>
          Version {version}
        </Link>{' '}
        {endedAt === undefined ? (
          <StatusBadge tone="good" plain>
            now
          </StatusBadge>
        ) : null}
      </span>
    ),
  },
  { key: 'from', header: 'From', cell: ({ beganAt }) => <Time at={beganAt} /> },
  {
    key: 'for',
    header: 'For',
    cell: ({ beganAt, endedAt }) => <Length ms={Math.max(0, (endedAt ?? now) - beganAt)} />,
    hideBelow: 'narrow',
  },
  {
    key: 'how',
    header: 'How',
    cell: ({ how, beganBy, reason, overrideReason, checkId }) => (
      <span className="foreign">
        {HOW[how]} by {beganBy}
        {reason === undefined && overrideReason === undefined ? '' : `: ${reason ?? overrideReason}`}
        {checkId === undefined ? null : (
          <>
            {' · '}
            <Link to="/checks/$check" params={{ check: checkId }} className="inline">
              check
            </Link>
          </>
        )}
      </span>
    ),
    wide: true,
    hideBelow: 'narrow',
  },
  {
    key: 'back',
    header: <span className="sr-only">Go back</span>,
    cell: ({ version }) =>
      version === current ? null : (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<Undo2 size={12} aria-hidden />}
          onClick={() => onRollback(version)}
          aria-label={`Roll back to version ${version}`}
        >
          Roll back
        </Button>
      ),
    align: 'right',
  },
]

const Length = ({ ms }: { readonly ms: number }) => <span style={{ whiteSpace: 'nowrap' }}>{formatDuration(ms)}</span>

/** All releases, each to be looked at. */
export function ReleasesCard({ releases }: { readonly releases: readonly Release[] }) {
  if (releases.length === 0) return null
  return (
    <Card title="Releases" flush>
      <DataTable caption="Releases, newest first" columns={RELEASES} rows={releases} rowKey={({ id }) => id} />
    </Card>
  )
}

const RELEASES: readonly Column<Release>[] = [
  {
    key: 'version',
    header: 'Version',
    cell: ({ id, version, champion }) => (
      <Link to="." search={(search: object) => ({ ...search, release: id })} resetScroll={false}>
        <span style={{ whiteSpace: 'nowrap' }}>
          {version} against {champion}
        </span>
      </Link>
    ),
  },
  { key: 'state', header: 'State', cell: ({ state }) => <ReleaseStateBadge state={state} /> },
  { key: 'began', header: 'Began', cell: ({ createdAt }) => <Time at={createdAt} />, hideBelow: 'narrow' },
  {
    key: 'took',
    header: 'Took',
    cell: ({ createdAt, finishedAt }) => (finishedAt === undefined ? '–' : <Length ms={finishedAt - createdAt} />),
    hideBelow: 'medium',
  },
  {
    key: 'why',
    header: 'Why',
    cell: ({ explanation, reason }) => <span className="foreign">{explanation ?? reason ?? ''}</span>,
    wide: true,
    hideBelow: 'narrow',
  },
]
