/** Asks a deployment as any caller does; its address belongs to the data plane and is no endpoint of the control plane. */
import { ApiProblem, Problem } from '@seaworthy/api/problem'
import { z } from 'zod'
import type { Instance } from './try-it-form.ts'

const Reply = z.object({
  model: z.string(),
  version: z.int(),
  variant: z.string(),
  predictions: z
    .array(
      z.object({
        id: z.string(),
        output: z.record(z.string(), z.unknown()),
        flags: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
      }),
    )
    .min(1),
})
export interface Answer extends z.infer<typeof Reply> {
  readonly instance: Instance
  /** From here to there and back, in milliseconds. */
  readonly roundTripMs: number
}

/** Who is written beside the prediction in the journal. */
const CALLER = 'try-it'

/** Throws the problem that the deployment answers with. */
export async function predict(deployment: string, instance: Instance): Promise<Answer> {
  const startMs = performance.now()
  const response = await fetch(`/v1/deployments/${encodeURIComponent(deployment)}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-caller': CALLER },
    body: JSON.stringify({ instances: [instance] }),
  })
  const roundTripMs = performance.now() - startMs
  const answer = (await response.json()) as unknown
  if (!response.ok) throw new ApiProblem(Problem.parse(answer))
  return { ...Reply.parse(answer), instance, roundTripMs }
}

const Details = z.object({
  problems: z.array(z.object({ path: z.string(), expected: z.string(), got: z.string(), nearest: z.string().optional() })),
})

/** What is wrong with each field, where the problem is about fields. */
export function fieldProblems(error: unknown): ReadonlyMap<string, string> {
  const found = error instanceof ApiProblem ? Details.safeParse(error.problem['details']).data : undefined
  return new Map(
    found?.problems.map(({ path, expected, got, nearest }) => [
      path.replace(/^instances\[0\]\.?/, ''),
      `Expected ${expected}, got ${got}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
    ]),
  )
}
