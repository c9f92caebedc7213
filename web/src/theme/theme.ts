import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** The one accent: sea blue. White on its seventh shade has a contrast of 5.3. */
const sea: MantineColorsTuple = [
  '#eaf4fb',
  '#d3e6f5',
  '#a6cceb',
  '#75b0e0',
  '#4c97d6',
  '#3287cf',
  '#2380cc',
  '#146eb5',
  '#0562a3',
  '#005591',
]

export const theme = createTheme({
  primaryColor: 'sea',
  primaryShade: { light: 7, dark: 7 },
  colors: { sea },
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-mono)',
  headings: { fontFamily: 'var(--font-text)', fontWeight: '600' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 6,
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
})
