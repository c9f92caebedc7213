/**
 * A heat map of rows × columns, features × windows as a rule, on a canvas, because fifty thousand cells are no elements. It is
 * one stop of the tab key: arrows move the cursor, Shift with arrows or the mouse brushes a span of columns, and what is under
 * the cursor is said. Colour is how far a value is to its bound; a cell in breach has a dot as well, one without enough data is
 * hatched, one without a value is blank.
 */
import { useComputedColorScheme } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from 'react'
import { resolveColor } from '../theme/palette.ts'
import styles from './heat-map.module.css'
import { useWidth } from './use-width.ts'

export interface HeatCell {
  /** Value by its bound: 1 is at the bound. Undefined: not measured. */
  readonly ratio: number | undefined
  readonly state: 'ok' | 'breach' | 'not-enough-data'
  /** What it says, with numbers. */
  readonly text: string
}
export interface HeatSpan {
  readonly from: number
  readonly to: number
}
interface Props {
  readonly caption: string
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly cellAt: (row: number, column: number) => HeatCell | undefined
  /** Columns that are selected, both included. */
  readonly span?: HeatSpan | undefined
  readonly onBrush?: (span: HeatSpan) => void
  /** Enter, or a click without a drag. */
  readonly onOpen?: (row: number, column: number) => void
}

const ROW_PX = 22
const LABEL_PX = 132
const LABEL_PX_NARROW = 88
const NARROW_PX = 480

export function HeatMap({ caption, rows, columns, cellAt, span, onBrush, onOpen }: Props) {
  const [frame, width] = useWidth<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const id = useId()
  const [cursor, setCursor] = useState({ row: 0, column: Math.max(0, columns.length - 1) })
  const [anchor, setAnchor] = useState<number>()
  const label = width < NARROW_PX ? LABEL_PX_NARROW : LABEL_PX
  const step = Math.max(0, width - label) / Math.max(1, columns.length)
  const at = { row: Math.min(cursor.row, rows.length - 1), column: Math.min(cursor.column, columns.length - 1) }

  useEffect(() => {
    if (canvas.current !== null && width > label) paint(canvas.current, { rows, columns, cellAt, step, width: width - label })
  }, [rows, columns, cellAt, step, width, label, scheme])

  const brush = (from: number, to: number) => onBrush?.({ from: Math.min(from, to), to: Math.max(from, to) })
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key]
    if (event.key === 'Enter') onOpen?.(at.row, at.column)
    if (move === undefined) return
    event.preventDefault()
    const next = {
      row: clamp(at.row + move[0], rows.length),
      column: event.key === 'Home' ? 0 : event.key === 'End' ? columns.length - 1 : clamp(at.column + move[1], columns.length),
    }
    setCursor(next)
    const begin = event.shiftKey ? (anchor ?? at.column) : undefined
    setAnchor(begin)
    if (begin !== undefined) brush(begin, next.column)
  }
  const placeOf = ({ clientX, clientY, currentTarget }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect()
    return {
      row: clamp(Math.floor((clientY - box.top) / ROW_PX), rows.length),
      column: clamp(Math.floor((clientX - box.left) / step), columns.length),
    }
  }
  const cell = cellAt(at.row, at.column)
  const said = `${rows[at.row] ?? ''}, ${columns[at.column] ?? ''}: ${cell?.text ?? 'nothing was measured'}`
  return (
    <div ref={frame} className={styles.frame}>
      <div
        className={styles.map}
        style={{ gridTemplateColumns: `${label}px minmax(0, 1fr)` }}
        // One stop of the tab key with its own keys: what ARIA calls an application.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="application"
        aria-roledescription="heat map"
        aria-label={`${caption}. ${rows.length} rows, ${columns.length} columns. Arrows move; Shift with arrows selects columns.`}
        aria-describedby={id}
        onKeyDown={onKeyDown}
      >
        <ul className={styles.labels} aria-hidden>
          {rows.map((row, i) => (
            <li key={row} style={{ height: ROW_PX }} data-at={i === at.row} className="foreign" title={row}>
              {row}
            </li>
          ))}
        </ul>
        <div
          className={styles.cells}
          onPointerDown={(event) => {
            const place = placeOf(event)
            event.currentTarget.setPointerCapture(event.pointerId)
            setCursor(place)
            setAnchor(place.column)
          }}
          onPointerMove={(event) => {
            const place = placeOf(event)
            if (event.buttons === 1 && anchor !== undefined && place.column !== at.column) brush(anchor, place.column)
            setCursor(place)
          }}
          onPointerUp={(event) => {
            const place = placeOf(event)
            if (anchor === place.column) onOpen?.(place.row, place.column)
            setAnchor(undefined)
          }}
        >
          <canvas ref={canvas} aria-hidden />
          {span === undefined ? null : (
            <div className={styles.span} style={{ left: span.from * step, width: (span.to - span.from + 1) * step }} />
          )}
          <div className={styles.cursor} style={{ left: at.column * step, top: at.row * ROW_PX, width: step, height: ROW_PX }} />
        </div>
      </div>
      <p id={id} className={styles.said} aria-live="polite">
        <span className="foreign">{said}</span>
      </p>
      <Legend />
    </div>
  )
}

const MOVES: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, 0],
  End: [0, 0],
}
const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value))

interface Painting extends Pick<Props, 'rows' | 'columns' | 'cellAt'> {
  readonly step: number
  readonly width: number
}

function paint(canvas: HTMLCanvasElement, { rows, columns, cellAt, step, width }: Painting): void {
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

const Legend = () => (
  <ul className={styles.legend} aria-label="Legend">
    <li>
      <span className={styles.scale} aria-hidden /> value by its bound: 0 to 2
    </li>
    <li>
      <span className={styles.breach} aria-hidden /> beyond the bound
    </li>
    <li>
      <span className={styles.few} aria-hidden /> not enough data
    </li>
  </ul>
)
