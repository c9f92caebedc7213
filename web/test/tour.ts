/** Every page once, with something on it: what axe looks at, and what is photographed. */
import { listChecks } from '@seaworthy/api/evolution'
import { listPredictions } from '@seaworthy/api/operations'
import { listRetrainings } from '@seaworthy/api/retraining'
import type { Sample } from './sample.ts'

export interface Stop {
  /** Name of its pictures. */
  readonly name: string
  /** As in its `*.route.ts`. */
  readonly route: string
  readonly path: string
}

export async function planTour({ client }: Sample): Promise<readonly Stop[]> {
  const [name, deployment] = ['flight-delay', { deployment: 'flight-delay' }]
  const check = (await client.call(listChecks, { params: { model: name, version: 1 } })).items[0]!.id
  const prediction = (await client.call(listPredictions, { params: deployment, query: { limit: 1 } })).items[0]!.id
  const retrainings = await client.call(listRetrainings, { params: { deployment: 'hotel-cancel' } })
  const places = {
    $model: name,
    $version: '1',
    $check: check,
    $deployment: name,
    $prediction: prediction,
    $incident: '1',
    $retraining: retrainings.items[0]!.id,
  }
  const stops: readonly (readonly [name: string, route: string, search?: string])[] = [
    ['fleet', '/'],
    ['models', '/models'],
    ['model', '/models/$model', '?version=1'],
    ['compare-versions', '/models/$model/compare', '?left=1&right=2'],
    ['model-card', '/models/$model/$version/card'],
    ['check', '/checks/$check'],
    ['deployment', '/deployments/$deployment'],
    ['contract', '/deployments/$deployment/contract'],
    ['journal', '/deployments/$deployment/predictions'],
    ['prediction', '/deployments/$deployment/predictions/$prediction'],
    ['operations', '/deployments/$deployment/operations'],
    ['retrainings', '/deployments/$deployment/retrainings'],
    ['retraining', '/retrainings/$retraining'],
    ['incidents', '/incidents'],
    ['incident', '/incidents/$incident'],
    ['why-no-alarm', '/incidents/why', '?deployment=flight-delay&subject=distance'],
    ['approvals', '/approvals'],
    ['audit', '/audit'],
  ]
  return stops.map(([stop, route, search = '']) => ({
    name: stop,
    route,
    path: route.replaceAll(/\$[a-z]+/g, (place) => places[place as keyof typeof places]) + search,
  }))
}
