import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { PLACES } from './places.ts'

/** The second key of a pair comes within this time. */
const PAIR_MS = 1_200

/** Keys that work everywhere but in fields: g and a letter, / or Ctrl K, ?. */
export function useShortcuts({ onJump, onHelp }: { readonly onJump: () => void; readonly onHelp: () => void }): void {
  const navigate = useNavigate()
  useEffect(() => {
    let pressedG = Number.NEGATIVE_INFINITY
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return onJump()
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isDialogOpen()) return undefined
      const place = event.timeStamp - pressedG < PAIR_MS ? PLACES.find(({ key }) => key === event.key) : undefined
      pressedG = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
      if (place !== undefined) return void navigate({ to: place.to })
      if (event.key === '?') return onHelp()
      if (event.key !== '/') return undefined
      event.preventDefault()
      return onJump()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate, onJump, onHelp])
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
const isDialogOpen = () => document.querySelector('[role="dialog"][aria-modal="true"]') !== null
