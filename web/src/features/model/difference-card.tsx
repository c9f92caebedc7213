import { Switch } from '@mantine/core'
import { useState } from 'react'
import { formatAmount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'

type Leaves = readonly (readonly [path: string, text: string])[]
interface Row {
  readonly path: string
  readonly left: string | undefined
  readonly right: string | undefined
}
interface Props {
  readonly title: string
  readonly names: readonly [left: string, right: string]
  readonly left: Leaves
  readonly right: Leaves
}

/** Two documents leaf by leaf; what is equal is shown on demand. */
export function DifferenceCard({ title, names, left, right }: Props) {
  const [all, setAll] = useState(false)
  const [before, after] = [new Map(left), new Map(right)]
  const rows = [...new Set([...before.keys(), ...after.keys()])].map((path): Row => ({
    path,
    left: before.get(path),
    right: after.get(path),
  }))
  const changed = rows.filter((row) => row.left !== row.right)
  const shown = all ? rows : changed
  const columns: readonly Column<Row>[] = [
    { key: 'path', header: 'What', cell: ({ path }) => <code className="foreign">{path}</code> },
    { key: 'left', header: names[0], cell: (row) => <Value text={row.left} /> },
    { key: 'right', header: names[1], cell: (row) => <Value text={row.right} />, wide: true },
    {
      key: 'state',
      header: '',
      cell: (row) =>
        row.left === row.right ? null : (
          <StatusBadge tone="attention" plain>
            {wordOf(row)}
          </StatusBadge>
        ),
      hideBelow: 'narrow',
    },
  ]
  return (
    <Card
      title={`${title}: ${changed.length === 0 ? 'no difference' : formatAmount(changed.length, 'difference')}`}
      aside={
        <Switch
          size="xs"
          label="Show what is equal, too"
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      }
      flush
    >
      {shown.length === 0 ? null : (
        <DataTable caption={`${title} of both`} columns={columns} rows={shown} rowKey={({ path }) => path} />
      )}
    </Card>
  )
}

const wordOf = ({ left, right }: Row) => (left === undefined ? 'only right' : right === undefined ? 'only left' : 'differs')
const Value = ({ text }: { readonly text: string | undefined }) =>
  text === undefined ? <span className="dim">–</span> : <span className="foreign">{text}</span>
