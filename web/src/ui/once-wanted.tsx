import { type ReactNode, Suspense, useState } from 'react'

interface Props {
  readonly wanted: boolean
  readonly children: ReactNode
}

/** What most visitors never open, a dialog: its code is loaded when it is wanted first, and then it stays, to close in peace. */
export function OnceWanted({ wanted, children }: Props) {
  const [was, setWas] = useState(wanted)
  if (wanted && !was) setWas(true)
  return was ? <Suspense>{children}</Suspense> : null
}
