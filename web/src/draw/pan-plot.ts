/**
 * Moves a chart through time, and those of its group with it: Shift and a drag, or a wheel that turns sideways. While it moves
 * only the axis does, once a frame; what lies there is asked for when it rests.
 */
import uPlot from 'uplot'

const REST_MS = 250

/** `onRest` is called with what is visible, in milliseconds. Gives what undoes it. */
export function panPlot(plot: uPlot, group: string | undefined, onRest: (from: number, to: number) => void): () => void {
  const stopping = new AbortController()
  const { signal } = stopping
  let timer: number | undefined
  let frame: number | undefined
  let pending = 0
  const move = (pixels: number) => {
    pending += pixels
    frame ??= requestAnimationFrame(() => {
      shift(plot, group, pending)
      pending = 0
      frame = undefined
    })
  }
  const rest = () => {
    const { min, max } = plot.scales['x']!
    if (min != null && max != null) onRest(Math.round(min * 1_000), Math.round(max * 1_000))
  }
  plot.over.addEventListener('pointerdown', (event) => beginDrag(plot, event, move, rest), { signal })
  plot.over.addEventListener(
    'wheel',
    (event) => {
      const sideways = event.shiftKey ? event.deltaX + event.deltaY : event.deltaX
      if (!event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return
      event.preventDefault()
      move(-sideways)
      window.clearTimeout(timer)
      timer = window.setTimeout(rest, REST_MS)
    },
    { signal, passive: false },
  )
  return () => {
    stopping.abort()
    window.clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
}

function beginDrag({ over }: uPlot, event: PointerEvent, move: (pixels: number) => void, rest: () => void): void {
  if (!event.shiftKey || event.button !== 0) return
  const ended = new AbortController()
  let x = event.clientX
  over.setPointerCapture(event.pointerId)
  const onMove = ({ clientX }: PointerEvent) => {
    move(clientX - x)
    x = clientX
  }
  const onUp = () => {
    ended.abort()
    requestAnimationFrame(rest)
  }
  over.addEventListener('pointermove', onMove, ended)
  over.addEventListener('pointerup', onUp, ended)
  over.addEventListener('pointercancel', onUp, ended)
}

function shift(plot: uPlot, group: string | undefined, pixels: number): void {
  const { min, max } = plot.scales['x']!
  if (min == null || max == null) return
  const by = (pixels * (max - min)) / plot.over.clientWidth
  const plots = group === undefined ? [plot] : uPlot.sync(group).plots
  for (const one of plots) one.setScale('x', { min: min - by, max: max - by })
}
