/** What the control plane can do with the traffic of its own process, whether a data plane runs in it or not. */
import type { LiveDeployment, VariantTraffic } from '../realtime/live-deployments.ts'

export interface LiveTraffic {
  /** Brings the data plane to what the store says of a deployment, and waits until it is warm. */
  reload(name: string): Promise<void>
  /** Gives all requests to a version that is loaded, at once and before anything is recorded; false when it is not loaded. */
  switchTo(name: string, version: number): boolean
  /** What the loaded versions did since this process began. */
  counts(name: string): readonly VariantTraffic[]
  find(name: string): LiveDeployment | undefined
  /** The deployments that are loaded. */
  names(): readonly string[]
}

/** Of a process without a data plane: nothing is loaded, and nothing has to be. */
export const noTraffic: LiveTraffic = Object.freeze<LiveTraffic>({
  reload: async () => {},
  switchTo: () => false,
  counts: () => [],
  find: () => undefined,
  names: () => [],
})
