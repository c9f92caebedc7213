import type { Command } from './define-command.ts'

export interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Loaded only when the command is used, so that `serve` starts without the rest. */
  load(): Promise<{ readonly default: Command }>
}

/** Every command, in the order in which a user meets them. */
export const commands: readonly CommandEntry[] = [
  { name: 'init', summary: 'answer the four decisions and write seaworthy.yaml', load: () => import('./init.command.ts') },
  {
    name: 'train',
    summary: 'run the training command on a data snapshot and keep the result',
    load: () => import('./train.command.ts'),
  },
  { name: 'push', summary: 'bring a model that was trained anywhere', load: () => import('./push.command.ts') },
  { name: 'check', summary: 'run every gate of the contract against a version', load: () => import('./check.command.ts') },
  { name: 'launch', summary: 'put a version live; refuses what the check refuses', load: () => import('./launch.command.ts') },
  {
    name: 'start',
    summary: 'everything on this machine: API, predictions, jobs, journal',
    load: () => import('./start.command.ts'),
  },
  {
    name: 'stop',
    summary: 'stop the server of this folder, or take one deployment down',
    load: () => import('./stop.command.ts'),
  },
  { name: 'serve', summary: 'serve one package alone, without a database', load: () => import('./serve.command.ts') },
  { name: 'models', summary: 'list models, or the versions of one', load: () => import('./models.command.ts') },
  {
    name: 'show',
    summary: 'what a version is: signature, metrics, environment, checks',
    load: () => import('./show.command.ts'),
  },
  { name: 'pull', summary: 'fetch the package of a version as one file', load: () => import('./pull.command.ts') },
  { name: 'alias', summary: 'point an alias at a version', load: () => import('./alias.command.ts') },
  { name: 'deployments', summary: 'what is live', load: () => import('./deployments.command.ts') },
  { name: 'journal', summary: 'what the journal of a deployment holds', load: () => import('./journal.command.ts') },
  { name: 'predictions', summary: 'predictions of a deployment, newest first', load: () => import('./predictions.command.ts') },
  { name: 'outcomes', summary: 'tell what really happened, from a file', load: () => import('./outcomes.command.ts') },
  { name: 'runs', summary: 'trainings of a model', load: () => import('./runs.command.ts') },
  { name: 'jobs', summary: 'work under way, and what became of it', load: () => import('./jobs.command.ts') },
  { name: 'audit', summary: 'who changed what, when and why; audit verify proves it', load: () => import('./audit.command.ts') },
]
