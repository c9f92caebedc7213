/** The four decisions as questions, for people at a terminal. */
import { cancel, group, intro, select, text } from '@clack/prompts'
import type { PlanAnswers } from '../../contract/plan.ts'

type Given = { readonly [K in keyof PlanAnswers]?: PlanAnswers[K] | undefined } & {
  readonly name?: string | undefined
  readonly purpose?: string | undefined
}
type Answers = PlanAnswers & { readonly name: string; readonly purpose?: string | undefined }

const NEEDED_CHOICES = [
  { value: 'on-request', label: 'when somebody asks', hint: 'a person or a program waits for it' },
  { value: 'on-a-schedule', label: 'at fixed times, for many at once', hint: 'every night, every Monday' },
  { value: 'on-each-event', label: 'for each event of a stream', hint: 'payments, sensor readings' },
] as const
const PLACE_CHOICES = [
  { value: 'this-machine', label: 'they stay on this machine' },
  { value: 'own-network', label: 'inside our own network' },
  { value: 'cloud', label: 'to a cloud provider' },
  { value: 'device', label: 'they never leave the device they are made on' },
] as const

/** Asks what is not given yet. Throws an AbortError when the user leaves. */
export async function askDecisions(given: Given, usual: Required<PlanAnswers> & { readonly name: string }): Promise<Answers> {
  intro('Four decisions, before anything is deployed')
  const known = <T>(value: T | undefined, question: () => Promise<T | symbol>) =>
    value === undefined ? question() : Promise.resolve(value)
  const number = (message: string, value: number) => async () => {
    const answer = await text({
      message,
      initialValue: String(value),
      validate: (typed) => (Number(typed) > 0 ? undefined : 'a number above zero'),
    })
    return typeof answer === 'string' ? Number(answer) : answer
  }
  const answers = await group(
    {
      name: () =>
        known(given.name, () =>
          text({
            message: 'What is it called?',
            initialValue: usual.name,
            validate: (typed) =>
              /^[a-z0-9][a-z0-9-]{0,62}$/.test(typed ?? '') ? undefined : 'lower-case letters, digits and dashes',
          }),
        ),
      purpose: () =>
        known(given.purpose, () =>
          text({ message: 'Who decides what with it?', placeholder: 'The gate crew, whether to hold a connection' }),
        ),
      needed: () =>
        known(given.needed, () =>
          select({
            message: '1. When is a prediction needed?',
            options: [...NEEDED_CHOICES],
          }),
        ),
      perDay: () => known(given.perDay, number('2. How many a day?', usual.perDay)),
      latencyMs: () => known(given.latencyMs, number('3. How fast, in milliseconds?', usual.latencyMs)),
      dataMayGo: () =>
        known(given.dataMayGo, () =>
          select({
            message: '4. How far may the inputs travel?',
            options: [...PLACE_CHOICES],
          }),
        ),
      cloud: ({ results }) =>
        results.dataMayGo !== 'cloud'
          ? Promise.resolve(usual.cloud)
          : known(given.cloud, () =>
              select({
                message: 'Which one is in use already?',
                options: (['none', 'aws', 'google', 'azure'] as const).map((value) => ({ value, label: value })),
              }),
            ),
    },
    {
      onCancel() {
        cancel('Nothing was written.')
        throw new DOMException('The user left.', 'AbortError')
      },
    },
  )
  return { ...answers, purpose: answers.purpose || undefined } as Answers
}
