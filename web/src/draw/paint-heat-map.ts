/** The cells of a heat map on its canvas. */
import { resolveColor } from '../theme/palette.ts'

/** Height of a row in pixels. */
export const ROW_PX = 22

export interface HeatCell {
  /** Value by its bound: 1 is at the bound. Undefined: not measured. */
  readonly ratio: number | undefined
  readonly state: 'ok' | 'breach' | 'not-enough-data'
  /** What it says, with numbers. */
  readonly text: string
}
interface Painting {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly cellAt: (row: number, column: number) => HeatCell | undefined
  /** Width of a column and of all of them, in pixels. */
  readonly step: number
  readonly width: number
}

export function paintHeatMap(canvas: HTMLCanvasElement, { rows, columns, cellAt, step, width }: Painting): void {
  const pixels = window.devicePixelRatio || 1
  const height = rows.length * ROW_PX
  canvas.width = Math.round(width * pixels)
  canvas.height = Math.round(height * pixels)
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  const context = canvas.getContext('2d')!
  context.scale(pixels, pixels)
  const [ground, ink, accent, line] = ['var(--surface)', 'var(--ink)', 'var(--series-1)', 'var(--line-strong)'].map((color) =>
    resolveColor(color, canvas),
  ) as [string, string, string, string]
  const gap = step > 4 ? 1 : 0
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const cell = cellAt(row, column)
      const [x, y] = [column * step, row * ROW_PX]
      if (cell === undefined) continue
      if (cell.state === 'not-enough-data') {
        hatch(context, x, y, step - gap, ROW_PX - 1, line)
        continue
      }
      // Colour says the ratio up to twice the bound, on one hue from ground to full.
      context.globalAlpha = 0.06 + 0.94 * Math.min(1, Math.max(0, (cell.ratio ?? 0) / 2))
      context.fillStyle = accent
      context.fillRect(x, y, step - gap, ROW_PX - 1)
      context.globalAlpha = 1
      if (cell.state !== 'breach') continue
      context.fillStyle = (cell.ratio ?? 0) > 1.2 ? ground : ink
      context.beginPath()
      context.arc(x + (step - gap) / 2, y + ROW_PX / 2 - 0.5, Math.max(1, Math.min(3.5, step / 3)), 0, 2 * Math.PI)
      context.fill()
    }
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, color: string): void {
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  context.strokeStyle = color
  context.lineWidth = 1
  context.beginPath()
  for (let offset = -height; offset < width; offset += 5) {
    context.moveTo(x + offset, y + height)
    context.lineTo(x + offset + height, y)
  }
  context.stroke()
  context.restore()
}
