import styles from './alias-badges.module.css'

/** Movable names of versions: champion, challenger. */
export const AliasBadges = ({ aliases }: { readonly aliases: Readonly<Record<string, number>> | readonly string[] }) => {
  const names = Array.isArray(aliases) ? aliases : Object.entries(aliases).map(([name, version]) => `${name} → ${version}`)
  return (
    <span className={styles.badges}>
      {names.map((name) => (
        <span key={name} className={`${styles.badge} foreign`}>
          {name}
        </span>
      ))}
    </span>
  )
}
