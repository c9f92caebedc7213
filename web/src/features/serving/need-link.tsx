import type { Need } from '@seaworthy/api/traffic'
import { Link } from '@tanstack/react-router'

/** The sentence of a need, as the way to where it is done. */
export function NeedLink({ need: { kind, deployment, subject, sentence } }: { readonly need: Need }) {
  const words = <span className="foreign">{sentence}</span>
  if (kind === 'incident')
    return (
      <Link to="/incidents/$incident" params={{ incident: subject }}>
        {words}
      </Link>
    )
  if (kind === 'recommendation')
    return (
      <Link to="/retrainings/$retraining" params={{ retraining: subject }}>
        {words}
      </Link>
    )
  if (kind === 'approval') return <Link to="/approvals">{words}</Link>
  return (
    <Link to="/deployments/$deployment" params={{ deployment }}>
      {words}
    </Link>
  )
}
