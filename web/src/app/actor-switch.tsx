import { Button, Popover, TextInput } from '@mantine/core'
import { User } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { setActor, useActor } from '../api/actor.ts'
import styles from './switch.module.css'

/** Who is written in the audit log beside what is changed here. */
export function ActorSwitch() {
  const actor = useActor()
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState(actor ?? '')
  const save = (event: FormEvent) => {
    event.preventDefault()
    setActor(name)
    setOpened(false)
  }
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<User size={14} aria-hidden />}
          classNames={{ label: styles.wide!, section: styles.sign! }}
          aria-label={`${(actor ?? 'Your name').slice(0, 24)}: written in the audit log beside what is changed here`}
          onClick={() => setOpened(!opened)}
        >
          {(actor ?? 'Your name').slice(0, 24)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Who you are">
        <form onSubmit={save} style={{ display: 'flex', gap: 8, alignItems: 'flex-end' }}>
          <TextInput
            label="Your name"
            description="Written in the audit log beside what you change."
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit">Keep</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
