import type { Command } from './define-command.ts'

const GROUPS = ['From a model to a live one, in this order', 'Looking', 'What else is done'] as const
const [WAY, LOOK, MORE] = GROUPS

export interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Heading of the help that it stands under. */
  readonly group: (typeof GROUPS)[number]
  /** Loaded only when the command is used, so that `serve` starts without the rest. */
  load(): Promise<{ readonly default: Command }>
}

/** Every command, in the order in which a user meets them. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'init',
    group: WAY,
    summary: 'answer the four decisions and write seaworthy.yaml',
    load: () => import('./init.command.ts'),
  },
  {
    name: 'train',
    group: WAY,
    summary: 'run the training command on a data snapshot and keep the result',
    load: () => import('./train.command.ts'),
  },
  { name: 'push', group: WAY, summary: 'bring a model that was trained anywhere', load: () => import('./push.command.ts') },
  {
    name: 'check',
    group: WAY,
    summary: 'run every gate of the contract against a version',
    load: () => import('./check.command.ts'),
  },
  {
    name: 'launch',
    group: WAY,
    summary: 'put a version live by the steps of its contract; refuses what the check refuses',
    load: () => import('./launch.command.ts'),
  },
  {
    name: 'approve',
    group: WAY,
    summary: 'approve a release that waits for it',
    load: () => import('./approve.command.ts'),
  },
  {
    name: 'release',
    group: WAY,
    summary: 'list releases, show one, hold, resume, abort or promote it',
    load: () => import('./release.command.ts'),
  },
  {
    name: 'rollback',
    group: WAY,
    summary: 'go back to a former version at once, or rehearse it',
    load: () => import('./rollback.command.ts'),
  },
  {
    name: 'start',
    group: WAY,
    summary: 'run everything on this machine: API, predictions, jobs, journal',
    load: () => import('./start.command.ts'),
  },
  {
    name: 'outcomes',
    group: WAY,
    summary: 'tell what really happened, from a file',
    load: () => import('./outcomes.command.ts'),
  },
  {
    name: 'watch',
    group: WAY,
    summary: 'what the monitor sees: feed, data quality, drift, quality, window by window',
    load: () => import('./watch.command.ts'),
  },
  {
    name: 'incidents',
    group: WAY,
    summary: 'what is wrong, since when, on what evidence; answer it, or ask why there was no alarm',
    load: () => import('./incidents.command.ts'),
  },
  {
    name: 'alerts',
    group: WAY,
    summary: 'the channels on which incidents are told, and whether they work',
    load: () => import('./alerts.command.ts'),
  },
  {
    name: 'explain',
    group: WAY,
    summary: 'why a prediction is what it is: what each input contributed',
    load: () => import('./explain.command.ts'),
  },
  {
    name: 'replay',
    group: WAY,
    summary: 'ask past predictions again: to the bit, or on another version',
    load: () => import('./replay.command.ts'),
  },
  {
    name: 'retrain',
    group: WAY,
    summary: 'train a new version on the journal, compare it, release it when it is better',
    load: () => import('./retrain.command.ts'),
  },
  {
    name: 'compare',
    group: WAY,
    summary: 'hold versions against each other on the same rows',
    load: () => import('./compare.command.ts'),
  },
  { name: 'models', group: LOOK, summary: 'list models, or the versions of one', load: () => import('./models.command.ts') },
  {
    name: 'show',
    group: LOOK,
    summary: 'show what a version is: signature, metrics, environment, checks',
    load: () => import('./show.command.ts'),
  },
  {
    name: 'runs',
    group: LOOK,
    summary: 'list the trainings of a model, or print the log of one',
    load: () => import('./runs.command.ts'),
  },
  { name: 'deployments', group: LOOK, summary: 'list what is live', load: () => import('./deployments.command.ts') },
  {
    name: 'journal',
    group: LOOK,
    summary: 'say what the journal of a deployment holds',
    load: () => import('./journal.command.ts'),
  },
  {
    name: 'predictions',
    group: LOOK,
    summary: 'list predictions of a deployment, newest first',
    load: () => import('./predictions.command.ts'),
  },
  {
    name: 'jobs',
    group: LOOK,
    summary: 'list work under way and what became of it, or stop it',
    load: () => import('./jobs.command.ts'),
  },
  {
    name: 'audit',
    group: LOOK,
    summary: 'list who changed what, when and why; audit verify proves it',
    load: () => import('./audit.command.ts'),
  },
  {
    name: 'stop',
    group: MORE,
    summary: 'stop the server of this folder, or take one deployment down',
    load: () => import('./stop.command.ts'),
  },
  { name: 'alias', group: MORE, summary: 'point an alias at a version', load: () => import('./alias.command.ts') },
  { name: 'pull', group: MORE, summary: 'fetch the package of a version as one file', load: () => import('./pull.command.ts') },
  {
    name: 'serve',
    group: MORE,
    summary: 'serve one package alone, without a database',
    load: () => import('./serve.command.ts'),
  },
]
