/**
 * The four decisions, as answers of a person, turned into how and where: batch, real-time or stream, and which target, each
 * with its reasons. The rules are few and printed with the numbers they were applied to, so that whoever knows better can
 * see where to disagree.
 */
export const NEEDED = ['on-request', 'on-a-schedule', 'on-each-event'] as const
export const DATA_MAY_GO = ['this-machine', 'own-network', 'cloud', 'device'] as const
export const CLOUDS = ['none', 'aws', 'google', 'azure'] as const

export interface PlanAnswers {
  /** When a prediction is needed: as soon as somebody asks, at fixed times for many at once, or for each event of a stream. */
  readonly needed: (typeof NEEDED)[number]
  /** Predictions a day. */
  readonly perDay: number
  /** Longest time an answer may take, in milliseconds. */
  readonly latencyMs: number
  /** How far the inputs may travel. */
  readonly dataMayGo: (typeof DATA_MAY_GO)[number]
  /** Which cloud is in use already; only asked when data may go there. */
  readonly cloud?: (typeof CLOUDS)[number]
}

export type Mode = 'realtime' | 'batch' | 'stream'
export type Target = 'local' | 'container' | 'kubernetes' | 'sagemaker' | 'vertex' | 'azureml' | 'edge'

export interface Plan {
  readonly mode: Mode
  readonly target: Target
  readonly modeReasons: readonly string[]
  readonly targetReasons: readonly string[]
  /** Answers that do not go together, each with what follows. */
  readonly warnings: readonly string[]
  /** Requests a second at the busiest, for which latency is measured. */
  readonly requestsPerSecondPeak: number
}

const SECONDS_A_DAY = 86_400
/** The busiest second of a day against the mean one, where nothing else is known; web traffic peaks at three to ten times. */
const PEAK_FACTOR = 5
/** From this answer time on, asking is no better than looking up what was computed before. */
const LATENCY_MS_BATCH = 15 * 60_000
/** What a network and a managed endpoint add before the model is even asked, in milliseconds. */
const LATENCY_MS_CLOUD = 20
/** Requests a second that one machine serves with room to spare: a tenth of what `bench/serving-overhead` shows on one core. */
const PER_SECOND_ONE_MACHINE = 1_000

export function planFor(answers: PlanAnswers): Plan {
  const requestsPerSecondPeak = Math.max(1, Math.ceil((answers.perDay / SECONDS_A_DAY) * PEAK_FACTOR))
  const [mode, ...modeReasons] = modeOf(answers)
  const [target, ...targetReasons] = targetOf(answers, mode, requestsPerSecondPeak)
  return Object.freeze({ mode, target, modeReasons, targetReasons, warnings: warningsOf(answers, target), requestsPerSecondPeak })
}

function modeOf({ needed, latencyMs, perDay }: PlanAnswers): [Mode, ...string[]] {
  if (needed === 'on-each-event')
    return [
      'stream',
      `Each event needs its prediction when it happens (${count(perDay)} a day), and the events are a stream already.`,
    ]
  if (needed === 'on-a-schedule')
    return [
      'batch',
      `Predictions are needed at fixed times, ${count(perDay)} a day: scoring them together costs least, and no server has to stay up.`,
    ]
  if (latencyMs >= LATENCY_MS_BATCH)
    return [
      'batch',
      `An answer may take ${time(latencyMs)}: that is time to compute all of them beforehand and look them up.`,
      'Choose realtime if inputs are only known when somebody asks.',
    ]
  return ['realtime', `Somebody waits for the answer and gives it ${time(latencyMs)}, so it is computed when it is asked for.`]
}

function targetOf(answers: PlanAnswers, mode: Mode, peak: number): [Target, ...string[]] {
  const { dataMayGo, cloud = 'none', latencyMs } = answers
  const load = `At its busiest about ${count(peak)} a second`
  if (dataMayGo === 'device') return ['edge', 'The inputs may not leave the device, so the model goes to them.']
  if (dataMayGo === 'this-machine') return ['local', 'The inputs may not leave this machine.', `${load}: one machine does that.`]
  if (dataMayGo === 'cloud' && cloud !== 'none' && latencyMs > LATENCY_MS_CLOUD && mode !== 'stream') {
    const target = ({ aws: 'sagemaker', google: 'vertex', azure: 'azureml' } as const)[cloud]
    return [target, `The data may go to ${cloud}, which is in use already, and ${time(latencyMs)} leaves room for its network.`]
  }
  if (peak <= PER_SECOND_ONE_MACHINE && mode !== 'stream')
    return ['container', `${load}: one container does that; a second one is for the day the first one's machine fails.`]
  return ['kubernetes', `${load}, more than one machine should carry alone: several copies that are replaced when they fail.`]
}

function warningsOf({ needed, latencyMs, perDay, dataMayGo }: PlanAnswers, target: Target): string[] {
  const warnings: string[] = []
  if (dataMayGo === 'cloud' && latencyMs <= LATENCY_MS_CLOUD)
    warnings.push(
      `${time(latencyMs)} is less than the way to a cloud and back takes (about ${LATENCY_MS_CLOUD} ms): the target is ${target} instead, near its callers.`,
    )
  if (needed === 'on-a-schedule' && latencyMs < 1_000)
    warnings.push(
      `Predictions on a schedule are not waited for, so ${time(latencyMs)} will not be measured. If somebody does wait, they are needed on-request.`,
    )
  if (needed === 'on-request' && perDay < 1)
    warnings.push('Less than one prediction a day: a person with a notebook may be the better system.')
  return warnings
}

const count = (value: number) => value.toLocaleString('en-US')
const time = (ms: number) =>
  ms >= 3_600_000
    ? `${count(ms / 3_600_000)} h`
    : ms >= 60_000
      ? `${count(ms / 60_000)} min`
      : ms >= 1_000
        ? `${count(ms / 1_000)} s`
        : `${count(ms)} ms`
