/** The OpenAPI 3.1 document of one deployment, made from its signature, with an example from the package's own sample. */
import type { InputField, OutputField, Signature } from '../../model/data-plane.ts'
import type { InputPolicy } from './input-policy.ts'

type Schema = Readonly<Record<string, unknown>>

export interface OpenApiFacts {
  readonly deployment: string
  readonly model: string
  readonly version: number
  readonly signature: Signature
  readonly sample: readonly Readonly<Record<string, unknown>>[]
  readonly policyOf: (field: string) => InputPolicy
  readonly instancesMax: number
}

export function createOpenApi(facts: OpenApiFacts): Schema {
  const { deployment, model, version, signature, sample } = facts
  const path = `/v1/deployments/${deployment}`
  return {
    openapi: '3.1.0',
    info: {
      title: `${deployment}: predictions`,
      version: String(version),
      description: `Answers with version ${version} of the model \`${model}\`. Each prediction has an id, by which its outcome can be reported later.`,
    },
    servers: [{ url: '/' }],
    paths: {
      [`${path}/predict`]: {
        post: {
          operationId: 'predict',
          summary: 'Predict one or more instances',
          parameters: [
            header('x-request-id', 'Your id of this request: letters, digits and . _ : - up to 128. Made up when absent.'),
            header('x-caller', 'Who asks; kept in the journal.'),
          ],
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: requestSchema(facts), example: { instances: sample.slice(0, 1) } },
            },
          },
          responses: {
            200: { description: 'The predictions, in the order of the instances', content: json(replySchema(signature)) },
            ...Object.fromEntries(PROBLEMS.map(([status, description]) => [status, { description, content: PROBLEM }])),
          },
        },
      },
      [path]: {
        get: {
          operationId: 'describe',
          summary: 'Signature and versions',
          responses: { 200: { description: 'The deployment' } },
        },
      },
    },
  }
}

const PROBLEMS = [
  ['400', 'The body is not JSON, or nests too deep'],
  ['408', 'The body did not arrive in time'],
  ['413', 'The body is too large'],
  ['422', 'Values do not fit the inputs; up to twenty problems together, each with its path'],
  ['503', 'The queue is full; Retry-After says when to come again'],
  ['504', 'The prediction was not ready in time'],
] as const
const PROBLEM = {
  'application/problem+json': {
    schema: {
      type: 'object',
      required: ['type', 'title', 'status', 'code', 'detail'],
      properties: {
        ...Object.fromEntries(['type', 'title', 'code', 'detail', 'hint', 'requestId'].map((name) => [name, { type: 'string' }])),
        status: { type: 'integer' },
        details: {},
      },
    },
  },
}
const json = (schema: Schema) => ({ 'application/json': { schema } })
const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
})

function requestSchema({ signature, policyOf, instancesMax, sample }: OpenApiFacts): Schema {
  const required = signature.inputs.filter(({ name, nullable }) => !(policyOf(name).nullable ?? nullable)).map(({ name }) => name)
  const properties = Object.fromEntries(signature.inputs.map((field) => [field.name, inputSchema(field, policyOf(field.name))]))
  const instance = { type: 'object', additionalProperties: false, required, properties, examples: sample.slice(0, 2) }
  return {
    type: 'object',
    additionalProperties: false,
    required: ['instances'],
    properties: { instances: { type: 'array', minItems: 1, maxItems: instancesMax, items: instance } },
  }
}

const POLICY_TEXT = {
  reject: 'Values outside of this are refused.',
  impute: 'Values outside of this are replaced, and flagged in the reply.',
  flag: 'Values outside of this are used, and flagged in the reply.',
} as const

function inputSchema(field: InputField, policy: InputPolicy): Schema {
  const isNullable = policy.nullable ?? field.nullable
  const strict = policy.onInvalid === 'reject'
  const range = strict
    ? {
        ...(policy.min === undefined ? {} : { minimum: policy.min }),
        ...(policy.max === undefined ? {} : { maximum: policy.max }),
      }
    : {}
  const type = field.type === 'category' || field.type === 'text' ? 'string' : field.type
  if (field.type === 'tensor') return tensorSchema(field.shape ?? [])
  return {
    type: isNullable ? [type, 'null'] : type,
    ...range,
    ...(field.type === 'category' && strict && field.categories !== undefined
      ? { enum: isNullable ? [...field.categories, null] : field.categories }
      : {}),
    description: POLICY_TEXT[policy.onInvalid],
  }
}

function tensorSchema([length, ...inner]: readonly number[]): Schema {
  if (length === undefined) return { type: 'number' }
  return { type: 'array', minItems: length, maxItems: length, items: tensorSchema(inner) }
}

function replySchema(signature: Signature): Schema {
  const output = Object.fromEntries(signature.outputs.map((field) => [field.name, outputSchema(field)]))
  const text = { type: 'string' }
  const flag = { type: 'object', properties: { field: text, code: text, message: text } }
  const prediction = {
    type: 'object',
    required: ['id', 'output'],
    properties: { id: text, output: { type: 'object', properties: output }, flags: { type: 'array', items: flag } },
  }
  return {
    type: 'object',
    required: ['requestId', 'deployment', 'model', 'version', 'variant', 'predictions'],
    properties: {
      requestId: text,
      deployment: text,
      model: text,
      version: { type: 'integer' },
      variant: text,
      predictions: { type: 'array', items: prediction },
    },
  }
}

function outputSchema(field: OutputField): Schema {
  switch (field.type) {
    case 'probability':
      return { type: ['number', 'null'], minimum: 0, maximum: 1 }
    case 'number':
      return { type: ['number', 'null'] }
    case 'integer':
    case 'boolean':
      return { type: field.type }
    case 'category':
      return { type: 'string', ...(field.classes === undefined ? {} : { enum: field.classes }) }
    case 'probabilities':
      return { type: field.classes === undefined ? 'array' : 'object' }
    case 'tensor':
      return { type: 'array' }
  }
}
