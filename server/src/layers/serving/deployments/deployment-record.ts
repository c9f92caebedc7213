/**
 * Deployments as rows. A record is read by one statement with its variants, so that a launch which is committed meanwhile is
 * seen wholly or not at all.
 */
import { type ExpressionBuilder, sql } from 'kysely'
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { DatabaseSchema } from '../../../platform/db/schema.ts'
import type { DeploymentRecord, VariantRecord } from './deployment.ts'

export interface DeploymentFilter {
  readonly name?: string
  readonly state?: DeploymentRecord['state']
  /** Names behind this one. */
  readonly after?: string | undefined
  /** Most deployments, in the order of their names. */
  readonly limit?: number
}

/** By name. */
export async function readDeployments(db: Database['kysely'] | Tx, filter: DeploymentFilter): Promise<DeploymentRecord[]> {
  let query = db.selectFrom('deployment').leftJoin('variant', 'variant.deployment', 'deployment.name').select(COLUMNS)
  if (filter.name !== undefined) query = query.where('deployment.name', '=', filter.name)
  if (filter.state !== undefined) query = query.where('deployment.state', '=', filter.state)
  const { after, limit } = filter
  if (limit !== undefined) query = query.where('deployment.name', 'in', (eb) => namesAfter(eb, after, limit))
  const rows = await query.orderBy('deployment.name').orderBy(CHAMPION_FIRST).orderBy('variant.name').execute()
  const records = new Map<string, DeploymentRecord & { variants: VariantRecord[] }>()
  for (const row of rows) {
    const record = records.get(row.name) ?? recordOf(row)
    records.set(row.name, record)
    if (row.variant !== null) record.variants.push(variantOf(row))
  }
  return [...records.values()]
}

const namesAfter = (eb: ExpressionBuilder<DatabaseSchema, 'deployment'>, after: string | undefined, limit: number) => {
  const names = eb.selectFrom('deployment as page').select('page.name').orderBy('page.name').limit(limit)
  return after === undefined ? names : names.where('page.name', '>', after)
}

const CHAMPION_FIRST = sql`case variant.name when 'champion' then 0 else 1 end`

const COLUMNS = [
  'deployment.name',
  'deployment.model',
  'deployment.target',
  'deployment.state',
  'deployment.contract',
  'deployment.contract_digest',
  'deployment.revision',
  'deployment.created_at',
  'deployment.updated_at',
  'variant.name as variant',
  'variant.version',
  'variant.share',
  'variant.check_id',
  'variant.override_reason',
  'variant.launched_at',
  'variant.launched_by',
  'variant.role',
  'variant.contract as variant_contract',
  'variant.contract_digest as variant_contract_digest',
] as const

interface DeploymentRow {
  readonly name: string
  readonly model: string
  readonly target: string
  readonly state: string
  readonly contract: string
  readonly contract_digest: string
  readonly revision: number
  readonly created_at: number
  readonly updated_at: number
}
interface VariantRow {
  readonly variant: string | null
  readonly version: number | null
  readonly share: number | null
  readonly check_id: string | null
  readonly override_reason: string | null
  readonly launched_at: number | null
  readonly launched_by: string | null
  readonly role: string | null
  readonly variant_contract: string | null
  readonly variant_contract_digest: string | null
}

const recordOf = (row: DeploymentRow): DeploymentRecord & { variants: VariantRecord[] } => ({
  name: row.name,
  model: row.model,
  target: row.target,
  state: row.state as DeploymentRecord['state'],
  contractText: row.contract,
  contractDigest: row.contract_digest,
  revision: row.revision,
  variants: [],
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const variantOf = (row: VariantRow): VariantRecord => ({
  name: row.variant ?? '',
  role: row.role === 'shadow' ? 'shadow' : 'answer',
  version: row.version ?? 0,
  share: row.share ?? 0,
  ...(row.check_id === null ? {} : { checkId: row.check_id }),
  ...(row.override_reason === null ? {} : { overrideReason: row.override_reason }),
  launchedAt: row.launched_at ?? 0,
  launchedBy: row.launched_by ?? '',
  ...(row.variant_contract === null ? {} : { contractText: row.variant_contract }),
  ...(row.variant_contract_digest === null ? {} : { contractDigest: row.variant_contract_digest }),
})
