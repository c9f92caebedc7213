import { getOutlook, type Outlook } from '@seaworthy/api/contract'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatAmount, formatNumber } from '../../format/number.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

interface Props {
  readonly deployment: string
  readonly action: Outlook['action']
  /** Of a rollback: the version to go back to. */
  readonly to?: number | undefined
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  readonly label: string
  readonly destructive?: boolean
  readonly reason: 'required' | 'optional'
  readonly onConfirm: (reason: string) => Promise<unknown>
  readonly children?: ReactNode
}

/** A change of traffic: what the server says will happen, before it does. */
export function OutlookDialog({ deployment, action, to, opened, onConfirm, ...dialog }: Props) {
  const outlook = useQuery({
    ...apiQuery(getOutlook, { params: { deployment }, query: { action, to } }, ['deployments', 'releases']),
    enabled: opened,
  })
  return (
    <ConfirmDialog
      {...dialog}
      opened={opened}
      action={dialog.label}
      willHappen={linesOf(outlook.data, outlook.isError)}
      onConfirm={(reason) => onConfirm(reason ?? '')}
    />
  )
}

/** Of what cannot be known now nothing is promised; the way back must stand open all the same. */
function linesOf(outlook: Outlook | undefined, isUnknown: boolean): readonly string[] {
  if (outlook === undefined) return [isUnknown ? 'The server cannot say at the moment what it will do.' : 'Looking …']
  const { possible, explanation, sentences, requestsPerSecond, differences } = outlook
  if (!possible) return [`Nothing: ${explanation ?? 'it is not possible now.'}`]
  return [
    ...sentences,
    ...(requestsPerSecond === 0
      ? []
      : [`It concerns ${formatNumber(requestsPerSecond, 2)} requests a second, by the last ten seconds.`]),
    ...(differences.length === 0
      ? []
      : [
          `The contract changes in ${formatAmount(differences.length, 'place')}: ${differences.map(({ path }) => path).join(', ')}.`,
        ]),
  ]
}
