import type uPlot from 'uplot'
import type { Mark } from './series.ts'

/** Events as vertical lines with a flag, bounds as dashed horizontal ones. */
export function drawMarks(
  { ctx: context, bbox, valToPos }: uPlot,
  marks: readonly Mark[],
  color: (name: string) => string,
): void {
  context.save()
  context.beginPath()
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  context.clip()
  for (const mark of marks) {
    context.lineWidth = devicePixelRatio
    context.beginPath()
    if (mark.kind === 'bound') {
      const y = Math.round(valToPos(mark.value, 'y', true))
      context.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio])
      context.strokeStyle = color('var(--ink-dim)')
      context.moveTo(bbox.left, y)
      context.lineTo(bbox.left + bbox.width, y)
      context.stroke()
      continue
    }
    const x = Math.round(valToPos(mark.at / 1_000, 'x', true))
    context.setLineDash([])
    context.strokeStyle = context.fillStyle = color(
      `var(--${mark.tone === 'info' ? 'accent' : mark.tone === 'quiet' ? 'unknown' : mark.tone})`,
    )
    context.moveTo(x, bbox.top)
    context.lineTo(x, bbox.top + bbox.height)
    context.stroke()
    flag(context, x, bbox.top)
  }
  context.restore()
}

function flag(context: CanvasRenderingContext2D, x: number, y: number): void {
  const size = 6 * devicePixelRatio
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(x + size * 1.4, y + size / 2)
  context.lineTo(x, y + size)
  context.fill()
}
