import styles from './difference-list.module.css'

interface Difference {
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

/** What a document says otherwise than before: leaf by leaf, taken away and put there. */
export function DifferenceList({ differences }: { readonly differences: readonly Difference[] }) {
  if (differences.length === 0) return <p className="dim">Nothing: it says the same in other words.</p>
  return (
    <ul className={styles.list}>
      {differences.map(({ path, before, after }) => (
        <li key={path} className={styles.row}>
          <code className="foreign">{path}</code>
          <span className={styles.values}>
            {before === undefined ? null : (
              <del className="foreign">
                <span aria-hidden>− </span>
                {textOf(before)}
              </del>
            )}
            {after === undefined ? null : (
              <ins className="foreign">
                <span aria-hidden>+ </span>
                {textOf(after)}
              </ins>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
