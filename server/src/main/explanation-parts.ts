import path from 'node:path'
import type { Config } from '../config/config.ts'
import type { ControlServices } from '../entry/http/services.ts'
import type { ModelRegistry } from '../layers/model/index.ts'
import { createOutlierOf } from '../layers/operations/index.ts'
import { createExplainer } from '../layers/serving/index.ts'
import type { State } from './open-state.ts'
import { servingSettingsOf } from './serve.ts'

/** What explains predictions and says how unusual their inputs are. */
export const createExplanationParts = (
  { blobs, sqlEngine, folders }: State,
  registry: ModelRegistry,
  config: Config,
): Pick<ControlServices, 'explainer' | 'outlierOf'> => ({
  explainer: createExplainer({
    ...{ registry, blobs, sqlEngine },
    session: servingSettingsOf(config).session,
    tempFolder: path.join(folders.work, 'explanations'),
  }),
  outlierOf: createOutlierOf(registry),
})
