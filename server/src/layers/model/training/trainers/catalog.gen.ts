/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../../kernel/catalog.ts'
import { boostedTrees } from './boosted-trees/boosted-trees.ts'

export const trainers = createCatalog('trainer', [boostedTrees])
