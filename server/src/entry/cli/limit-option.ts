import { z } from 'zod'

export const limitFlag = { flags: '--limit <count>', about: 'most entries to print, 1 to 1000 (default: 100)' }
export const LimitOption = z.coerce.number('a whole number from 1 to 1000').int().min(1).max(1_000).default(100)
