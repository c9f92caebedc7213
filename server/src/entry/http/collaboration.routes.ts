import { exportAuditHead, listAudit, verifyAudit, verifyAuditAgainst } from '@seaworthy/api/collaboration'
import { CheckpointForeign } from '../../layers/collaboration/index.ts'
import { route } from './services.ts'
import { wirePage } from './wire-page.ts'

export const collaborationRoutes = [
  route(listAudit, async ({ query }, { audit }) => wirePage(await audit.list(query), (entry) => ({ ...entry }))),
  route(verifyAudit, async ({ signal }, { audit }) => ({ ...(await audit.verify({ signal })) })),
  route(verifyAuditAgainst, async ({ body: { checkpoint }, signal }, { audit }) => {
    if (!audit.isGenuine(checkpoint)) throw new CheckpointForeign({ keyId: checkpoint.keyId, sequence: checkpoint.sequence })
    return { ...(await audit.verify({ signal, checkpoints: [checkpoint] })) }
  }),
  route(exportAuditHead, async (_, { audit }) => ({ ...(await audit.exportHead()) })),
]
