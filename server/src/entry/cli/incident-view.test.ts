import type { Incident, IncidentPage } from '@seaworthy/api/incidents'
import { expect, test } from 'vitest'
import { tellIncident, tellIncidents, tellPrecision } from './incident-view.ts'
import { createTerminal } from './terminal.ts'

const HOUR_MS = 3_600_000
const since = Date.UTC(2026, 2, 1)

function terminal() {
  let shown = ''
  const out = { isTTY: true, columns: 80, write: (text: string) => void (shown += text) }
  return { of: createTerminal(out as never, { color: false, quiet: false }), shown: () => shown }
}

const incident: Incident = {
  ...{ id: 1, uid: 'u', deployment: 'gate', state: 'open', severity: 'warning', title: 'distance has drifted' },
  ...{ suggestedAction: 'roll-back', since, window: { from: since, to: since + HOUR_MS }, openedAt: since, updatedAt: since },
  members: [
    {
      role: 'cause',
      since,
      finding: {
        ...{ deployment: 'gate', kind: 'drift', subject: 'distance', measure: 'psi', state: 'breach', sentence: 'it drifted' },
        window: { from: since, to: since + HOUR_MS },
        evidence: { slices: [{ slice: 'origin = ATL', value: 0.8, rows: 312 }, { slice: 'origin = LAX' }] },
      },
    },
  ],
  changes: [
    { time: since + 600_000, actor: 'kim', action: 'deployment.launch', subject: 'deployment/gate' },
    { time: since - 2 * HOUR_MS, actor: 'ada', action: 'alias.set', subject: 'gate@champion' },
  ],
  transitions: [],
  advice: { sentence: 'Go back', command: 'seaworthy rollback gate' },
  channels: ['console'],
}

test('changes say how long before it began they were, or how far into its first window', () => {
  const { of, shown } = terminal()
  tellIncident(incident, of)
  expect(shown()).toContain('  10 min 0 s into its first window  kim: deployment.launch of deployment/gate\n')
  expect(shown()).toContain('  2 h 0 min before  ada: alias.set of gate@champion\n')
})

test('each slice has its own line', () => {
  const { of, shown } = terminal()
  tellIncident(incident, of)
  expect(shown()).toContain('  worst   origin = ATL 0.8 (312 rows)\n          origin = LAX\n')
})

test('what to look at next is the newest incident that waits for somebody', async () => {
  const items = [{ ...incident, id: 3, state: 'resolved' as const }, { ...incident, id: 2, state: 'silenced' as const }, incident]
  const { of, shown } = terminal()
  await tellIncidents({ items, suspicions: [] } as IncidentPage, true, of)
  expect(shown()).toMatch(/Next: seaworthy incidents show 1\n$/)
})

test('measures nobody has judged say how to', async () => {
  const { of, shown } = terminal()
  await tellPrecision([{ kind: 'drift', measure: 'psi', incidents: 1, real: 0, falseAlarms: 0, unknown: 1 }], of)
  expect(shown()).toMatch(/Next: seaworthy incidents resolve ID --verdict real\|false-alarm/)
})
