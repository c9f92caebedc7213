import styles from './command-line.module.css'
import { CopyButton } from './copy-button.tsx'

/** A command to type in a terminal, with a button that copies it. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div className={styles.line}>
      <span aria-hidden className={styles.prompt}>
        $
      </span>
      <code className={styles.command}>{command}</code>
      <CopyButton text={command} label="Copy the command" />
    </div>
  )
}
