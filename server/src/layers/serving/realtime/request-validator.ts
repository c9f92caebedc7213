/**
 * Validation of a request, compiled from the signature and the contract's input policies: the values of each instance are
 * checked and written straight into the batch tensors, with no copy of the instance between.
 */
import type { BatchLayout, BatchTensors, Signature } from '../../model/data-plane.ts'
import { createFieldWriter, type FieldWriter } from './field-writer.ts'
import type { InputPolicy } from './input-policy.ts'
import { refuse, type ValidationReport } from './validation-report.ts'

export interface RequestValidator {
  /**
   * Checks `count` instances from `from` on and writes them to rows `row`, `row + 1` ... of the tensors. What is wrong is
   * in the report, and then the rows hold rubbish and must not be run.
   */
  write(
    instances: readonly unknown[],
    from: number,
    count: number,
    tensors: BatchTensors,
    row: number,
    report: ValidationReport,
  ): void
}

interface Field {
  readonly name: string
  /** The name is also one of every object's own methods, so absence must be asked for. */
  readonly isInherited: boolean
  readonly write: FieldWriter
}

export function createRequestValidator(
  signature: Signature,
  layout: BatchLayout,
  policyOf: (field: string) => InputPolicy,
): RequestValidator {
  const names = signature.inputs.map(({ name }) => name)
  const fields: readonly Field[] = signature.inputs.map((input) => ({
    name: input.name,
    isInherited: input.name in Object.prototype,
    write: createFieldWriter(input, layout.places.get(input.name) ?? [], policyOf(input.name)),
  }))
  return Object.freeze({
    write(
      instances: readonly unknown[],
      from: number,
      count: number,
      tensors: BatchTensors,
      row: number,
      report: ValidationReport,
    ) {
      const { data } = tensors
      for (let i = 0; i < count; i++) {
        const index = from + i
        const instance = instances[index]
        if (!isObject(instance)) {
          refuse(report, `instances[${index}]`, 'WRONG_TYPE', { expected: 'an object with the inputs by name', value: instance })
          continue
        }
        let known = 0
        for (const { name, isInherited, write } of fields) {
          const value = isInherited && !Object.hasOwn(instance, name) ? undefined : instance[name]
          if (value !== undefined) known += 1
          write(value, data, row + i, index, report)
        }
        const members = Object.keys(instance).length
        report.members += members
        if (members !== known) refuseUnknown(instance, index, names, report)
      }
    },
  })
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function refuseUnknown(instance: object, index: number, names: readonly string[], report: ValidationReport): void {
  for (const key of Object.keys(instance)) {
    if (names.includes(key)) continue
    const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key
    refuse(report, `instances[${index}].${shown}`, 'UNKNOWN_FIELD', {
      expected: 'only the inputs of the signature',
      value: key,
      candidates: names,
    })
  }
}
