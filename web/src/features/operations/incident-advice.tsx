import type { Incident } from '@seaworthy/api/incidents'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Card } from '../../ui/card.tsx'
import { CommandLine } from '../../ui/command-line.tsx'
import { RollbackButton } from '../evolution/rollback-button.tsx'
import { RetrainingButton } from '../evolution/retraining-button.tsx'
import { ResolveDialog } from './incident-actions.tsx'
import styles from './incident-page.module.css'
import { ACTIONS } from './incident-words.ts'

type Action = Incident['suggestedAction']
const ALL: readonly Action[] = ['fix-the-feed', 'roll-back', 'retrain', 'accept-as-normal']

/** What to do, with the button that does it; the other ways out are beside it. */
export function IncidentAdvice({ incident }: { readonly incident: Incident }) {
  const { suggestedAction: suggested, advice, state, deployment } = incident
  const isOver = state === 'resolved'
  // To look and to mend begin with the same rows.
  const others = ALL.filter((action) => action !== suggested && !(suggested === 'look' && action === 'fix-the-feed'))
  return (
    <Card title={isOver ? 'What was advised' : 'What to do'} aside={<span className="dim">{ACTIONS[suggested]}</span>}>
      <div className={styles.advice}>
        <p className={`${styles.title} foreign`}>{advice.sentence}.</p>
        {isOver ? null : (
          <div className={styles.buttons}>
            <ActionButton action={suggested} incident={incident} isMain />
          </div>
        )}
        <CommandLine command={`npx ${advice.command}`} />
        {isOver ? null : (
          <section aria-label="Other ways out">
            <h3 className={styles.heading}>Or</h3>
            <div className={styles.buttons}>
              {others.map((action) => (
                <ActionButton key={action} action={action} incident={incident} />
              ))}
              <Button
                size="xs"
                variant="default"
                renderRoot={(props) => <Link to="/deployments/$deployment/contract" params={{ deployment }} {...props} />}
              >
                Open the contract
              </Button>
            </div>
          </section>
        )}
      </div>
    </Card>
  )
}

interface ButtonProps {
  readonly action: Action
  readonly incident: Incident
  readonly isMain?: boolean
}

function ActionButton({ action, incident, isMain = false }: ButtonProps) {
  const { deployment, window } = incident
  const look = { size: isMain ? 'sm' : 'xs', variant: isMain ? 'filled' : 'default' } as const
  if (action === 'roll-back') return <RollbackButton deployment={deployment} {...look} />
  if (action === 'retrain') return <RetrainingButton deployment={deployment} reason={`Incident ${incident.id}`} {...look} />
  if (action === 'accept-as-normal') return <AcceptButton incident={incident} {...look} />
  return (
    <Button
      {...look}
      renderRoot={(props) => (
        <Link
          to="/deployments/$deployment/predictions"
          params={{ deployment }}
          search={{ from: window.from, to: window.to }}
          {...props}
        />
      )}
    >
      Look at the rows
    </Button>
  )
}

function AcceptButton({ incident, ...look }: { readonly incident: Incident } & Pick<Look, 'size' | 'variant'>) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button {...look} onClick={() => setOpened(true)}>
        Accept as normal
      </Button>
      <ResolveDialog incident={incident} opened={opened} onClose={() => setOpened(false)} verdict="false-alarm" />
    </>
  )
}
interface Look {
  readonly size: 'sm' | 'xs'
  readonly variant: 'filled' | 'default'
}
