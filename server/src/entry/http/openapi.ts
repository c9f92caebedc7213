/** The OpenAPI 3.1 document of the control plane, made from the declared endpoints: what is documented is what is checked. */
import type { Endpoint } from '@seaworthy/api/endpoint'
import { Problem } from '@seaworthy/api/problem'
import { z } from 'zod'

type Json = Readonly<Record<string, unknown>>

export function openApiOf(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:([a-zA-Z]+)/g, '{$1}')
    ;(paths[path] ??= {})[endpoint.method.toLowerCase()] = operationOf(endpoint)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Seaworthy',
      version,
      description: 'The control plane: models, versions, checks, deployments, journal, audit.',
    },
    tags: ['model', 'serving', 'operations', 'evolution', 'collaboration', 'platform'].map((name) => ({ name })),
    paths,
    components: { schemas: { Problem: schemaOf(Problem, 'output') } },
  }
}

function operationOf(endpoint: Endpoint): Json {
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return {
    operationId: endpoint.id,
    ...sentencesOf(endpoint.summary),
    tags: [endpoint.layer],
    parameters: [...parametersOf(endpoint.params, 'path'), ...parametersOf(endpoint.query, 'query')],
    ...(endpoint.body === undefined ? {} : { requestBody: { required: true, content: contentOf(endpoint.body, 'input') } }),
    responses: {
      200: { description: 'Done', content: contentOf(endpoint.reply, 'output') },
      default: { description: 'A problem, with what to do about it', content: problem },
    },
  }
}

/** The first sentence names the call where space is short; the others explain it. */
function sentencesOf(text: string): Json {
  const [summary, ...more] = text.split('. ')
  return { summary, ...(more.length === 0 ? {} : { description: `${more.join('. ')}.` }) }
}

function contentOf(body: z.ZodType | 'bytes' | 'events', io: 'input' | 'output'): Json {
  if (body === 'bytes') return { 'application/octet-stream': {} }
  if (body === 'events') return { 'text/event-stream': {} }
  return { 'application/json': { schema: schemaOf(body, io) } }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>
  return json
}

function parametersOf(schema: z.ZodType, place: 'path' | 'query'): Json[] {
  const json = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(json.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || (json.required?.includes(name) ?? false),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}
