import type { Version } from '@seaworthy/api/model'
import { Link } from '@tanstack/react-router'
import { formatAmount, formatBytes } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Time } from '../../ui/time.tsx'
import { AliasBadges } from './alias-badges.tsx'
import { LastVerdict } from './last-verdict.tsx'

const COLUMNS: readonly Column<Version>[] = [
  {
    key: 'version',
    header: 'Version',
    cell: ({ model, version }) => (
      <Link to="/models/$model" params={{ model }} search={{ version }} resetScroll={false} style={{ whiteSpace: 'nowrap' }}>
        Version {version}
      </Link>
    ),
  },
  { key: 'aliases', header: 'Aliases', cell: ({ aliases }) => <AliasBadges aliases={aliases} />, wide: true },
  { key: 'verdict', header: 'Last check', cell: ({ model, version }) => <LastVerdict model={model} version={version} /> },
  { key: 'created', header: 'Made', cell: ({ createdAt }) => <Time at={createdAt} relative /> },
  { key: 'by', header: 'By', cell: ({ createdBy }) => <span className="foreign">{createdBy}</span>, hideBelow: 'narrow' },
  { key: 'format', header: 'Format', cell: ({ format }) => format, hideBelow: 'medium' },
  { key: 'bytes', header: 'Size', cell: ({ bytes }) => formatBytes(bytes), align: 'right', hideBelow: 'narrow' },
]

interface Props {
  readonly versions: readonly Version[]
  readonly chosen: number | undefined
  readonly more: Parameters<typeof MoreButton>[0]['query']
}

export const VersionTable = ({ versions, chosen, more }: Props) => (
  <Card title={formatAmount(versions.length, 'version')} flush>
    <DataTable
      caption="Versions, newest first"
      columns={COLUMNS}
      rows={versions}
      rowKey={({ version }) => version}
      isSelected={({ version }) => version === chosen}
      footer={more.hasNextPage ? <MoreButton query={more} /> : undefined}
    />
  </Card>
)
