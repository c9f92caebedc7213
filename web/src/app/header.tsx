import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core'
import { Menu, Search } from 'lucide-react'
import { ActorSwitch } from './actor-switch.tsx'
import { ConnectionSign } from './connection-sign.tsx'
import styles from './header.module.css'
import { SchemeSwitch } from './scheme-switch.tsx'
import { ZoneSwitch } from './zone-switch.tsx'

interface Props {
  readonly onMenu: () => void
  readonly isMenuOpened: boolean
  readonly onJump: () => void
}

export function Header({ onMenu, isMenuOpened, onJump }: Props) {
  return (
    <header className={styles.header} data-shell>
      <ActionIcon
        className={styles.menu!}
        variant="subtle"
        color="gray"
        aria-label="Menu"
        aria-controls="sidebar"
        aria-expanded={isMenuOpened}
        onClick={onMenu}
      >
        <Menu size={18} aria-hidden />
      </ActionIcon>
      <Tooltip label="Press / or Ctrl K" openDelay={400}>
        <UnstyledButton className={styles.jump!} onClick={onJump} aria-label="Go to a page, a model or a deployment">
          <Search size={14} aria-hidden />
          <span className={styles.jumpText}>Go to …</span>
          <kbd className={styles.key}>/</kbd>
        </UnstyledButton>
      </Tooltip>
      <div className={styles.right}>
        <ConnectionSign />
        <ZoneSwitch />
        <ActorSwitch />
        <SchemeSwitch />
      </div>
    </header>
  )
}
