import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { Header } from './header.tsx'
import { QuickJump } from './quick-jump.tsx'
import styles from './shell.module.css'
import { ShortcutHelp } from './shortcut-help.tsx'
import { Sidebar } from './sidebar.tsx'
import { useShortcuts } from './shortcuts.ts'

/** The frame around every page. */
export function Shell() {
  const [menu, setMenu] = useState(false)
  const [overlay, setOverlay] = useState<'jump' | 'help' | undefined>()
  useShortcuts({ onJump: () => setOverlay('jump'), onHelp: () => setOverlay('help') })
  const close = () => setOverlay(undefined)
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to the page
      </a>
      <Sidebar opened={menu} onClose={() => setMenu(false)} />
      <div className={styles.column}>
        <Header onMenu={() => setMenu((shown) => !shown)} isMenuOpened={menu} onJump={() => setOverlay('jump')} />
        <main id="main" tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
      <QuickJump opened={overlay === 'jump'} onClose={close} />
      <ShortcutHelp opened={overlay === 'help'} onClose={close} />
    </div>
  )
}
