import { z } from 'zod'

/** A failure as it crosses the wire: RFC 9457 with a stable code and one sentence on what to do. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>

/** A problem that a server answered with, on the side of the caller. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}
