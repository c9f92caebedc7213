/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../../kernel/catalog.ts'
import { driftTrigger } from './drift.ts'
import { manualTrigger } from './manual.ts'
import { newOutcomesTrigger } from './new-outcomes.ts'
import { qualityTrigger } from './quality.ts'
import { scheduleTrigger } from './schedule.ts'
import { webhookTrigger } from './webhook.ts'

export const triggers = createCatalog('trigger', [driftTrigger, manualTrigger, newOutcomesTrigger, qualityTrigger, scheduleTrigger, webhookTrigger])
