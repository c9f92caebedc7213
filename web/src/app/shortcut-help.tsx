import { Modal } from '@mantine/core'
import { PLACES } from './places.ts'
import styles from './shortcut-help.module.css'

const MORE = [
  ['/', 'Go to a page, a model or a deployment'],
  ['Ctrl K', 'The same, from a field too'],
  ['?', 'These keys'],
  ['Esc', 'Close what lies over the page'],
  ['← ↑ → ↓', 'Move in a heat map or a chart; with Shift, select'],
] as const

export function ShortcutHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const keys = [...PLACES.map(({ key, name }) => [`g ${key}`, name] as const), ...MORE]
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={styles.keys}>
        {keys.map(([key, name]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
