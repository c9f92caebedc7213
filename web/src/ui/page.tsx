import { Link, type LinkProps } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import styles from './page.module.css'

interface Crumb {
  readonly label: string
  readonly to: LinkProps['to']
  readonly params?: Readonly<Record<string, string>>
}
interface Props {
  readonly title: string
  /** The way here. */
  readonly crumbs?: readonly Crumb[]
  /** Beside the title: badges. */
  readonly aside?: ReactNode
  /** At the right: buttons. */
  readonly actions?: ReactNode
  /** One sentence below the title. */
  readonly lead?: ReactNode
  readonly children: ReactNode
}

/** The frame of every page: the way here, its one first heading, its title in the tab, what can be done. */
export function Page({ title, crumbs = [], aside, actions, lead, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Seaworthy`
  }, [title])
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <div className={styles.names}>
          {crumbs.length === 0 ? null : (
            <nav aria-label="Breadcrumbs" className={styles.crumbs}>
              {crumbs.map(({ label, to, params }) => (
                <span key={label} className={styles.crumb}>
                  <Link to={to as '/'} params={(params ?? {}) as never}>
                    {label}
                  </Link>
                  <ChevronRight size={12} aria-hidden />
                </span>
              ))}
            </nav>
          )}
          <div className={styles.titleLine}>
            <h1 className={`${styles.title} foreign`}>{title}</h1>
            {aside}
          </div>
          {lead === undefined ? null : <p className="dim foreign">{lead}</p>}
        </div>
        {actions === undefined ? null : (
          <div className={styles.actions} data-no-print>
            {actions}
          </div>
        )}
      </div>
      {children}
    </div>
  )
}
