import type { Verdict } from '@seaworthy/api/check-report'
import type { Tone } from '../../theme/palette.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'

const SHOWN: Readonly<Record<Verdict, readonly [Tone, string]>> = {
  pass: ['good', 'pass'],
  fail: ['bad', 'fail'],
  'not-enough-data': ['unknown', 'not enough data'],
}
export const toneOfVerdict = (verdict: Verdict): Tone => SHOWN[verdict][0]

/** What the contract says of a version, or one gate of it. */
export function VerdictBadge({ verdict, plain = false }: { readonly verdict: Verdict; readonly plain?: boolean }) {
  const [tone, word] = SHOWN[verdict]
  return (
    <StatusBadge tone={tone} plain={plain}>
      {word}
    </StatusBadge>
  )
}
