/** What to do about an incident, as a rule over its causes, and the command to type. */
import type { Finding, SuggestedAction } from './finding.ts'

/** A change this many windows before the first breach is near enough to be what caused it. */
const RELEASE_WINDOWS_NEAR = 3
/** What gives all traffic to another version. */
const LAUNCHES: ReadonlySet<string> = new Set(['deployment.launch', 'release.promote'])

export interface Change {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly reason?: string
}

export interface ActionGrounds {
  /** Worst first. */
  readonly causes: readonly Finding[]
  /** Begin of the first breach. */
  readonly since: number
  /** Nearest first. */
  readonly changes: readonly Change[]
}

/**
 * A monitor that knows better says so by its worst finding. Otherwise: feeds and data are mended where they come from; what began
 * right after a launch is rolled back; falling quality asks for training; drift alone, which may harm nothing, for a look.
 */
export function suggestAction({ causes, since, changes }: ActionGrounds): SuggestedAction {
  const said = causes.find(({ suggestedAction }) => suggestedAction !== undefined)?.suggestedAction
  if (said !== undefined) return said
  const kinds = new Set(causes.map(({ kind }) => kind))
  if (kinds.has('feed') || kinds.has('data-quality')) return 'fix-the-feed'
  if (kinds.has('release')) return 'roll-back'
  const { from, to } = causes[0]!.window
  const launched = changes.some(
    ({ action, time }) =>
      LAUNCHES.has(action) && time <= since + (to - from) && time > since - RELEASE_WINDOWS_NEAR * (to - from),
  )
  if (launched && (kinds.has('quality') || kinds.has('prediction-drift'))) return 'roll-back'
  return kinds.has('quality') ? 'retrain' : 'look'
}

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)

/** Sentence and command for each action. */
export function adviceOf(
  action: SuggestedAction,
  { id, deployment, window }: { readonly id: number; readonly deployment: string; readonly window: Finding['window'] },
): { readonly sentence: string; readonly command: string } {
  const look = `seaworthy predictions ${deployment} --from ${iso(window.from)} --to ${iso(window.to)}`
  const advice: Readonly<Record<SuggestedAction, readonly [string, string]>> = {
    'fix-the-feed': ['Mend the data where it comes from; these are rows that show it', look],
    retrain: ['Train on newer data', `seaworthy retrain ${deployment}`],
    'roll-back': ['Go back to the version before', `seaworthy rollback ${deployment}`],
    'accept-as-normal': ['If this is the new normal, say so', `seaworthy incidents resolve ${id} --verdict false-alarm`],
    look: ['Look at what came', look],
  }
  const [sentence, command] = advice[action]
  return { sentence, command }
}
