import type { ReactNode } from 'react'
import { CommandLine } from './command-line.tsx'
import styles from './empty-state.module.css'

interface Props {
  readonly title: string
  readonly children?: ReactNode
  /** What to type to have something here. */
  readonly commands?: readonly string[]
}

/** Nothing is here yet: what would be, and how it gets here. */
export function EmptyState({ title, children, commands = [] }: Props) {
  return (
    <section className={styles.empty}>
      <h2 className={styles.title}>{title}</h2>
      {children === undefined ? null : <div className="dim">{children}</div>}
      {commands.length === 0 ? null : (
        <div className={styles.commands}>
          {commands.map((command) => (
            <CommandLine key={command} command={command} />
          ))}
        </div>
      )}
    </section>
  )
}
