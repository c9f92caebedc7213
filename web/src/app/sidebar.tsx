import { listDeployments } from '@seaworthy/api/serving'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { apiQuery } from '../api/api-query.ts'
import { PLACES } from './places.ts'
import styles from './sidebar.module.css'

const DEPLOYMENTS_SHOWN = 50

interface Props {
  /** On narrow screens it lies over the page while it is opened. */
  readonly opened: boolean
  readonly onClose: () => void
}

export function Sidebar({ opened, onClose }: Props) {
  const deployments = useQuery(apiQuery(listDeployments, { query: { limit: DEPLOYMENTS_SHOWN } }, ['deployments']))
  useEffect(() => {
    if (!opened) return undefined
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && onClose()
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [opened, onClose])
  const live = deployments.data?.items.filter(({ state }) => state === 'live') ?? []
  return (
    <>
      {opened ? <div className={styles.veil} onClick={onClose} aria-hidden /> : null}
      <nav aria-label="Main" className={styles.sidebar} data-opened={opened} id="sidebar">
        <div className={styles.content}>
          <Link to="/" className={styles.mark} onClick={onClose}>
            <Mark />
            Seaworthy
          </Link>
          <ul className={styles.list}>
            {PLACES.map(({ name, to, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  className={styles.link}
                  activeProps={{ 'data-active': true }}
                  activeOptions={{ exact: to === '/' }}
                  onClick={onClose}
                >
                  <Icon size={16} aria-hidden />
                  {name}
                </Link>
              </li>
            ))}
          </ul>
          {live.length === 0 ? null : (
            <>
              <p className={styles.group} id="sidebar-live">
                Live
              </p>
              <ul className={styles.list} aria-labelledby="sidebar-live">
                {live.map(({ name }) => (
                  <li key={name}>
                    <Link
                      to="/deployments/$deployment"
                      params={{ deployment: name }}
                      className={styles.link}
                      activeProps={{ 'data-active': true }}
                      onClick={onClose}
                    >
                      <span className={styles.dot} aria-hidden />
                      <span className={styles.name}>{name}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      </nav>
    </>
  )
}

/** A load line: the mark on a hull that says how deep a ship may lie. */
function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden>
      <circle cx="16" cy="16" r="14" fill="#146eb5" />
      <circle cx="16" cy="16" r="7.5" fill="none" stroke="#fff" strokeWidth="2.4" />
      <path d="M3 16h26" stroke="#fff" strokeWidth="2.4" />
    </svg>
  )
}
