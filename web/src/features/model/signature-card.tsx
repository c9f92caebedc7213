import type { Signature, SignatureInput } from '@seaworthy/api/version-documents'
import { formatAmount, formatNumber } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'

const CATEGORIES_SHOWN = 6

interface Field extends Omit<SignatureInput, 'type'> {
  readonly type: string
  readonly side: 'in' | 'out'
}

const COLUMNS: readonly Column<Field>[] = [
  { key: 'name', header: 'Name', cell: ({ name }) => <code className="foreign">{name}</code> },
  { key: 'type', header: 'Type', cell: ({ type, nullable }) => `${type}${nullable ? ', may be missing' : ''}` },
  { key: 'seen', header: 'In the training data', cell: seenOf, wide: true },
]

/** What a version takes and gives. */
export function SignatureCard({ signature }: { readonly signature: Signature }) {
  const outputs = signature.outputs.map(({ classes, ...output }) => ({ ...output, nullable: false, categories: classes }))
  const rows = [
    ...signature.inputs.map((input) => ({ ...input, side: 'in' as const })),
    ...outputs.map((output) => ({ ...output, side: 'out' as const })),
  ] as readonly Field[]
  const of = (side: Field['side']) => rows.filter((field) => field.side === side)
  return (
    <Card title="Signature" flush>
      <DataTable caption="Inputs" columns={COLUMNS} rows={of('in')} rowKey={({ name }) => name} />
      <DataTable
        caption="Outputs"
        columns={[{ ...COLUMNS[0]!, header: 'Gives' }, COLUMNS[1]!, { ...COLUMNS[2]!, header: 'Classes' }]}
        rows={of('out')}
        rowKey={({ name }) => name}
      />
    </Card>
  )
}

function seenOf({ min, max, categories, shape }: Field) {
  if (shape !== undefined) return `shape ${shape.join(' × ')}`
  if (min !== undefined && max !== undefined) return `${formatNumber(min)} to ${formatNumber(max)}`
  if (categories === undefined) return <span className="dim">–</span>
  const shown = categories.slice(0, CATEGORIES_SHOWN).join(', ')
  const rest = categories.length - CATEGORIES_SHOWN
  return (
    <span className="foreign" title={categories.slice(0, 200).join(', ')}>
      {rest > 0 ? `${formatAmount(categories.length, 'category', 'categories')}: ${shown} …` : shown}
    </span>
  )
}
