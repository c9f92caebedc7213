/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../../kernel/catalog.ts'
import { adwinDetector } from './adwin.ts'
import { ddmDetector } from './ddm.ts'
import { hddmADetector } from './hddm-a.ts'
import { kswinDetector } from './kswin.ts'
import { pageHinkleyDetector } from './page-hinkley.ts'

export const detectors = createCatalog('detector', [adwinDetector, ddmDetector, hddmADetector, kswinDetector, pageHinkleyDetector])
