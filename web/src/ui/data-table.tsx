import type { ReactNode } from 'react'
import styles from './data-table.module.css'

export interface Column<Row> {
  readonly key: string
  readonly header: ReactNode
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'left' | 'right'
  /** Left out where there is no room for it: below 640 or 960 pixels. */
  readonly hideBelow?: 'narrow' | 'medium'
  /** Takes what the others leave. */
  readonly wide?: boolean
}
interface Props<Row> {
  /** What the table is, for who does not see it. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string | number
  readonly isSelected?: (row: Row) => boolean
  /** Below the last row: a button that brings more. */
  readonly footer?: ReactNode
}

/** Rows and columns. What is too wide scrolls inside its frame, never the page. */
export function DataTable<Row>({ caption, columns, rows, rowKey, isSelected, footer }: Props<Row>) {
  return (
    // A frame that scrolls has to be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.frame} tabIndex={0} role="region" aria-label={caption}>
      <table className={styles.table}>
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, header, align, hideBelow, wide }) => (
              <th key={key} scope="col" data-align={align} data-hide={hideBelow} data-wide={wide}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-selected={isSelected?.(row)}>
              {columns.map(({ key, cell, align, hideBelow }) => (
                <td key={key} data-align={align} data-hide={hideBelow}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {footer === undefined ? null : <div className={styles.footer}>{footer}</div>}
    </div>
  )
}
