import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { ApiProblem } from '@seaworthy/api/problem'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { LiveProvider } from '../api/live.tsx'
import { TimeZoneProvider } from '../format/time-zone.tsx'
import { theme } from '../theme/theme.ts'

const RETRIES_MAX = 2
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The server says when something changed; nothing grows old by itself.
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      retry: (count, error) => !(error instanceof ApiProblem && error.problem.status < 500) && count < RETRIES_MAX,
    },
  },
})

const schemeManager = localStorageColorSchemeManager({ key: 'seaworthy.color-scheme' })
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce
// What stops the page below a dialog from scrolling writes a style element, too, and asks for its nonce by this name.
Object.assign(globalThis, { __webpack_nonce__: nonce })

export function Providers({ children }: { readonly children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemeManager}
      {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}
    >
      <TimeZoneProvider>
        <QueryClientProvider client={queries}>
          <LiveProvider>{children}</LiveProvider>
        </QueryClientProvider>
      </TimeZoneProvider>
    </MantineProvider>
  )
}
