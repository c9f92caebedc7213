/**
 * Where changes are handed to those who listen. The last ones are kept, so that a connection that broke goes on where it was; a
 * listener that does not keep up loses what waits for it and is told so once, in place of it. Neither can grow.
 *
 *     publish -> recent [ 41 42 43 ... ]        id of an event: <hub>-<number>, so that those of a server that was started
 *             -> listener [ 43 ]                anew are not taken for its own
 */
import type { Change } from './change.ts'
import { TooManyListeners } from './errors.ts'

export interface NumberedChange {
  readonly id: string
  readonly change: Change
}

export interface ChangeListener {
  /** The next change, or undefined while there is none. */
  take(): NumberedChange | undefined
  /** Called when there is something to take after there was nothing. */
  onChange(call: () => void): void
  close(): void
}

export interface ChangeHub {
  readonly listeners: number
  publish(changes: readonly Change[]): void
  /** @param after Id of the last change that was seen. Throws TooManyListeners. */
  listen(after?: string, wants?: (change: Change) => boolean): ChangeListener
}

export interface ChangeHubOptions {
  /** Tells this hub from the one before. */
  readonly name: string
  readonly now: () => number
  readonly listenersMax: number
  /** Changes kept for those who come back. */
  readonly recentMax: number
  /** Changes that wait for one listener. */
  readonly waitingMax: number
}

export function createChangeHub(options: ChangeHubOptions): ChangeHub {
  const { name, listenersMax, recentMax } = options
  const listening = new Set<Listener>()
  let recent: NumberedChange[] = []
  let last = 0
  const missedSince = (after: string): readonly NumberedChange[] | undefined => {
    const [of, number] = splitId(after)
    if (of !== name || number > last) return undefined
    // Traffic has no number of its own and is not kept: what was a moment ago is nothing that one could still see.
    const first = recent[0] === undefined ? last + 1 : splitId(recent[0].id)[1]
    return number + 1 < first ? undefined : recent.filter(({ id }) => splitId(id)[1] > number)
  }
  return Object.freeze<ChangeHub>({
    get listeners() {
      return listening.size
    },
    publish(changes) {
      for (const change of changes) {
        const isKept = change.topic !== 'traffic' && change.topic !== 'predictions'
        if (isKept) last += 1
        const numbered = { id: `${name}-${last}`, change }
        if (isKept && recent.push(numbered) > 2 * recentMax) recent = recent.slice(-recentMax)
        for (const listener of listening) listener.put(numbered)
      }
    },
    listen(after, wants = () => true) {
      if (listening.size >= listenersMax) throw new TooManyListeners({ listenersMax })
      const resync = () => ({ id: `${name}-${last}`, change: { topic: 'resync', subject: '', time: options.now() } as const })
      const listener = new Listener(options.waitingMax, wants, resync, () => listening.delete(listener))
      const missed = after === undefined ? [] : missedSince(after)
      if (missed === undefined) listener.put(resync())
      else for (const change of missed) listener.put(change)
      listening.add(listener)
      return listener
    },
  })
}

function splitId(id: string): [name: string, number: number] {
  const at = id.lastIndexOf('-')
  const number = Number(id.slice(at + 1))
  return [id.slice(0, at), Number.isSafeInteger(number) && number >= 0 ? number : Number.POSITIVE_INFINITY]
}

class Listener implements ChangeListener {
  readonly #waitingMax: number
  readonly #wants: (change: Change) => boolean
  readonly #resync: () => NumberedChange
  readonly #onClose: () => void
  #waiting: NumberedChange[] = []
  #call: () => void = () => {}

  constructor(waitingMax: number, wants: (change: Change) => boolean, resync: () => NumberedChange, onClose: () => void) {
    this.#waitingMax = waitingMax
    this.#wants = wants
    this.#resync = resync
    this.#onClose = onClose
  }

  put(numbered: NumberedChange): void {
    if (!this.#wants(numbered.change)) return
    if (this.#waiting.length >= this.#waitingMax) this.#waiting = [this.#resync()]
    else this.#waiting.push(numbered)
    if (this.#waiting.length === 1) this.#call()
  }

  take(): NumberedChange | undefined {
    return this.#waiting.shift()
  }

  onChange(call: () => void): void {
    this.#call = call
  }

  close(): void {
    this.#waiting = []
    this.#onClose()
  }
}
