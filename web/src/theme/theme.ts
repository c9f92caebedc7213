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

/** From text to ground, so that what the kit paints in the dark is of the same slate as the tokens. */
const dark: MantineColorsTuple = [
  '#e4ebf1',
  '#c3ccd6',
  '#9dabb8',
  '#6d7b88',
  '#3b4854',
  '#27313b',
  '#1b232b',
  '#151b22',
  '#0e1318',
  '#0a0e12',
]

export const theme = createTheme({
  primaryColor: 'sea',
  primaryShade: { light: 7, dark: 7 },
  colors: { sea, dark },
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-mono)',
  headings: { fontFamily: 'var(--font-text)', fontWeight: '600' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 6,
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
})
