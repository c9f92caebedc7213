/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../../kernel/catalog.ts'
import { chiSquareMeasure } from './chi-square.ts'
import { hellingerMeasure } from './hellinger.ts'
import { jensenShannonMeasure } from './jensen-shannon.ts'
import { kolmogorovSmirnovMeasure } from './kolmogorov-smirnov.ts'
import { populationStabilityMeasure } from './population-stability.ts'
import { totalVariationMeasure } from './total-variation.ts'
import { wassersteinMeasure } from './wasserstein.ts'

export const driftMeasures = createCatalog('drift measure', [chiSquareMeasure, hellingerMeasure, jensenShannonMeasure, kolmogorovSmirnovMeasure, populationStabilityMeasure, totalVariationMeasure, wassersteinMeasure])
