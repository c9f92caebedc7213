import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { Moon, Sun } from 'lucide-react'

export function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const other = scheme === 'light' ? 'dark' : 'light'
  return (
    <Tooltip label={`Show it ${other}`} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" aria-label={`Show it ${other}`} onClick={() => setColorScheme(other)}>
        {scheme === 'light' ? <Moon size={16} aria-hidden /> : <Sun size={16} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  )
}
