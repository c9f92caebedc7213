/** Zod compiles its checks with `new Function`, which the content security policy of these pages refuses. Loaded before all schemas. */
import { z } from 'zod'

z.config({ jitless: true })
