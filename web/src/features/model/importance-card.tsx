import { getImportance } from '@seaworthy/api/explanation'
import { useQuery } from '@tanstack/react-query'
import { apiQuery } from '../../api/api-query.ts'
import { formatShare } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { Resource } from '../../ui/resource.tsx'
import styles from './importance-card.module.css'

const COLUMNS_SHOWN = 15

/** Which inputs a version goes by. */
export function ImportanceCard({ model, version }: { readonly model: string; readonly version: number }) {
  const importance = useQuery(apiQuery(getImportance, { params: { model, version } }, []))
  return (
    <Card title="What it goes by">
      <Resource query={importance}>
        {({ columns, rows, origin, output, method }) => {
          const top = Math.max(...columns.map(({ share }) => share), Number.EPSILON)
          return (
            <>
              <ul className={styles.bars}>
                {columns.slice(0, COLUMNS_SHOWN).map(({ column, share }) => (
                  <li key={column}>
                    <span className="foreign">{column}</span>
                    <span className={styles.track} aria-hidden>
                      <span style={{ width: `${(share / top) * 100}%` }} />
                    </span>
                    <span className="numeric">{formatShare(share)}</span>
                  </li>
                ))}
              </ul>
              <p className={styles.note} title={method}>
                Share of the mean contribution to <code className="foreign">{output}</code>, over {rows} rows of {origin}.
              </p>
            </>
          )
        }}
      </Resource>
    </Card>
  )
}
