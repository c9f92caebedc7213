/** What changes under a page. The server tells a topic when something of it changed; queries say which topics they show. */
export type Topic =
  | 'models'
  | 'runs'
  | 'checks'
  | 'deployments'
  | 'releases'
  | 'retrainings'
  | 'windows'
  | 'incidents'
  | 'approvals'
  | 'traffic'
  | 'predictions'
  | 'jobs'
  | 'audit'

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { readonly topics?: readonly Topic[] }
  }
}
