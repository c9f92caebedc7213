// Before the first paint: the colour scheme that was chosen here, or that of the system, so that nothing flashes.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('seaworthy.color-scheme')
  } catch {
    // Storage is off; the system decides.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light'
})()
