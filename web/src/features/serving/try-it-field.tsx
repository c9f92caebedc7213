import { Autocomplete, Checkbox, Select, TextInput } from '@mantine/core'
import type { SignatureInput } from '@seaworthy/api/version-documents'
import { rangeText } from './try-it-form.ts'
import styles from './try-it-card.module.css'

const CATEGORIES_SHOWN = 200

interface Props {
  readonly input: SignatureInput
  readonly value: string | undefined
  readonly error: string | undefined
  readonly onChange: (value: string | undefined) => void
}

/** One input of the signature, with a box that makes it missing. */
export function TryItField({ input, value, error, onChange }: Props) {
  const { name, nullable } = input
  const isMissing = value === undefined
  return (
    <div className={styles.field}>
      <Control {...{ input, value, error, onChange }} />
      <Checkbox
        size="xs"
        label="missing"
        aria-label={`${name} is missing`}
        title={nullable ? 'Missing in the training data, too' : 'Never missing in the training data'}
        checked={isMissing}
        onChange={(event) => onChange(event.currentTarget.checked ? undefined : '')}
      />
    </div>
  )
}

function Control({ input, value, error, onChange }: Props) {
  const { name, type, categories } = input
  const isMissing = value === undefined
  const shared = {
    label: <span className="foreign">{name}</span>,
    'aria-label': name,
    description: [type, rangeText(input)].filter((part) => part !== undefined).join(', '),
    error: error === undefined ? undefined : <span className="foreign">{error}</span>,
    disabled: isMissing,
    size: 'xs' as const,
    value: value ?? '',
    placeholder: isMissing ? 'missing' : '',
  }
  if (type === 'boolean')
    return <Select {...shared} allowDeselect={false} data={['true', 'false']} onChange={(next) => onChange(next ?? 'false')} />
  if (type === 'category')
    return (
      <Autocomplete {...shared} data={[...new Set(categories)]} limit={CATEGORIES_SHOWN} maxLength={10_000} onChange={onChange} />
    )
  return (
    <TextInput
      {...shared}
      inputMode={type === 'number' || type === 'integer' ? 'decimal' : 'text'}
      maxLength={100_000}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
