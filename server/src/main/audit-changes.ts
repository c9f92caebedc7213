import { sql } from 'kysely'
import type { ChangeLog } from '../layers/operations/index.ts'

/**
 * What was changed before an incident began, out of the audit log: the deployment and its retrainings, its releases with every
 * step, and the versions of its model and who is champion of it.
 */
export const auditChanges: ChangeLog = Object.freeze<ChangeLog>({
  async before(tx, deployment, time, countMax) {
    const found = await tx.selectFrom('deployment').select('model').where('name', '=', deployment).executeTakeFirst()
    const model = found?.model ?? deployment
    const versions = `${model}@`
    const rows = await tx
      .selectFrom('audit_entry')
      .select(['time', 'actor', 'action', 'subject', 'reason'])
      .where('time', '<=', time)
      .where((eb) =>
        eb.or([
          eb('subject', '=', `deployment/${deployment}`),
          eb('subject', '=', `${model}@champion`),
          eb.and([eb('action', '=', 'version.push'), sql<boolean>`substr(subject, 1, ${versions.length}) = ${versions}`]),
          eb(
            'subject',
            'in',
            eb
              .selectFrom('release')
              .select(sql<string>`'release/' || id`.as('subject'))
              .where('deployment', '=', deployment),
          ),
        ]),
      )
      .orderBy('sequence', 'desc')
      .limit(countMax)
      .execute()
    return rows.map(({ reason, ...row }) => ({ ...row, time: Number(row.time), ...(reason === null ? {} : { reason }) }))
  },
})
