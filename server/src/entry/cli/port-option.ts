import { z } from 'zod'

/** A TCP port on a command line; 0 picks a free one. */
export const PortOption = z.coerce.number('a port is a number from 0 to 65535').int().min(0).max(65_535)
