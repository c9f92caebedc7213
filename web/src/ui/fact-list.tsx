import type { ReactNode } from 'react'
import styles from './fact-list.module.css'

export type Fact = readonly [name: string, value: ReactNode]

/** Names and values, in as many columns as fit. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.list}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt className="dim">{name}</dt>
          <dd className="foreign numeric">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
