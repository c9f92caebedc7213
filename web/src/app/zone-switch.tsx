import { Button, Menu } from '@mantine/core'
import { Check, Globe } from 'lucide-react'
import { useTimeZone } from '../format/time-zone.tsx'
import styles from './switch.module.css'

/** In which zone times are written; the header shows it on every page. */
export function ZoneSwitch() {
  const { zone, local, choose } = useTimeZone()
  const zones = [...new Set(['UTC', local])]
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<Globe size={14} aria-hidden />}
          classNames={{ label: styles.wide!, section: styles.sign! }}
          aria-label={`Time zone: ${zone}`}
        >
          {zone}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Times are written in</Menu.Label>
        {zones.map((name) => (
          <Menu.Item
            key={name}
            onClick={() => choose(name)}
            rightSection={name === zone ? <Check size={14} aria-label="chosen" /> : null}
          >
            {name === 'UTC' ? 'UTC' : `${name}, this machine`}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
