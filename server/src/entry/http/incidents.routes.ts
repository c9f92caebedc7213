import {
  acknowledgeIncident,
  type Explanation,
  explainSilence,
  getAlertPrecision,
  getIncident,
  type Incident,
  listChannels,
  listIncidents,
  resolveIncident,
  silenceIncident,
  testChannel,
} from '@seaworthy/api/incidents'
import { channelTypes, type Incident as IncidentRecord, readEvidence } from '../../layers/operations/index.ts'
import { route } from './services.ts'
import { wirePage } from './wire-page.ts'

export const incidentsRoutes = [
  route(listIncidents, async ({ query }, { desk }) => {
    const page = await desk.list(query)
    const isFirst = query.cursor === undefined && (query.state === undefined || query.state === 'live')
    const suspicions = isFirst ? await desk.suspicions(query.deployment) : []
    return { ...wirePage(page, (incident) => ({ ...incident })), suspicions: suspicions.map((each) => ({ ...each })) }
  }),
  route(getIncident, async ({ params }, { desk }) => wireIncident(await desk.get(params.incident))),
  route(acknowledgeIncident, async ({ params, body, actor }, { desk }) =>
    wireIncident(await desk.acknowledge(params.incident, { actor, reason: body.reason })),
  ),
  route(silenceIncident, async ({ params, body, actor }, { desk }) =>
    wireIncident(await desk.silence(params.incident, { by: actor, forMs: body.forMs, reason: body.reason })),
  ),
  route(resolveIncident, async ({ params, body, actor }, { desk }) =>
    wireIncident(await desk.resolve(params.incident, { actor, reason: body.reason, verdict: body.verdict })),
  ),
  route(explainSilence, async ({ params, query }, { desk, deployments }): Promise<Explanation> => {
    await deployments.get(params.deployment)
    const { windows, ...explanation } = await desk.explain({ ...params, ...query })
    return { ...explanation, windows: windows.map((window) => ({ ...window })) }
  }),
  route(getAlertPrecision, async ({ query }, { desk }) => {
    const items = await desk.precision(query.deployment)
    return { items: items.map((item) => ({ ...item })) }
  }),
  route(listChannels, async (_, { alerts }) => {
    const health = await alerts.health()
    const items = health.map(({ channel, ...how }) => {
      const known = alerts.channels.all.find(({ name }) => name === channel)
      const { type, title } = known ?? {}
      const escalation = alerts.channels.escalateTo.includes(channel)
      return { name: channel, ...(known === undefined ? {} : { type, title }), escalation, ...how }
    })
    return { items, types: channelTypes.all().map(({ id, title }) => ({ id, title })) }
  }),
  route(testChannel, async ({ params, actor, signal }, { alerts }) => ({
    channel: params.channel,
    tookMs: await alerts.test(params.channel, actor, signal),
  })),
]

/** Evidence in the shape that is declared, whatever a monitor of another version wrote. */
function wireIncident({ members, changes, transitions, channels, ...incident }: IncidentRecord): Incident {
  return {
    ...incident,
    members: members.map(({ finding: { evidence, ...finding }, ...member }) => ({
      ...member,
      finding: { ...finding, ...(evidence === undefined ? {} : { evidence: { ...readEvidence(evidence) } }) },
    })),
    changes: changes.map((change) => ({ ...change })),
    transitions: transitions.map((transition) => ({ ...transition, numbers: [...transition.numbers] })),
    channels: [...channels],
  }
}
