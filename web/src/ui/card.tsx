import { type ReactNode, useId } from 'react'
import styles from './card.module.css'

interface Props {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
  /** The content touches the edges: a table. */
  readonly flush?: boolean
}

/** A named part of a page. */
export function Card({ title, aside, children, flush = false }: Props) {
  const id = useId()
  return (
    <section className={styles.card} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {aside}
      </div>
      <div className={flush ? undefined : styles.body}>{children}</div>
    </section>
  )
}
