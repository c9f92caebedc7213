/**
 * A heat map of rows × columns, features × windows as a rule, on a canvas, because fifty thousand cells are no elements. It is
 * one stop of the tab key: arrows move the cursor, Shift with arrows or the mouse brushes a span of columns, and what is under
 * the cursor is said. Colour is how far a value is to its bound; a cell in breach has a dot as well, one without enough data is
 * hatched, one without a value is blank.
 */
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useId, useRef } from 'react'
import styles from './heat-map.module.css'
import { type HeatCell, paintHeatMap, ROW_PX } from './paint-heat-map.ts'
import { type HeatSpan, useHeatCursor } from './use-heat-cursor.ts'
import { useWidth } from './use-width.ts'

interface Props {
  readonly caption: string
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** Short names of the columns for the axis below, as many of which are written as have room. */
  readonly axis?: readonly string[]
  readonly cellAt: (row: number, column: number) => HeatCell | undefined
  /** Columns that are selected, both included. */
  readonly span?: HeatSpan | undefined
  /** With the row on which it began. */
  readonly onBrush?: (span: HeatSpan, row: number) => void
  /** Enter, or a click without a drag. */
  readonly onOpen?: (row: number, column: number) => void
}

const LABEL_PX = 132
const LABEL_PX_NARROW = 88
const NARROW_PX = 480

export function HeatMap({ caption, rows, columns, axis, cellAt, span, onBrush, onOpen }: Props) {
  const [frame, width] = useWidth<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const id = useId()
  const label = width < NARROW_PX ? LABEL_PX_NARROW : LABEL_PX
  const step = Math.max(0, width - label) / Math.max(1, columns.length)
  const size = { rows: rows.length, columns: columns.length, step }
  const { at, onKeyDown, pointer } = useHeatCursor(size, { onBrush, onOpen })

  useEffect(() => {
    if (canvas.current !== null && width > label)
      paintHeatMap(canvas.current, { rows, columns, cellAt, step, width: width - label })
  }, [rows, columns, cellAt, step, width, label, scheme])

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
        <div className={styles.cells} {...pointer}>
          <canvas ref={canvas} aria-hidden />
          {span === undefined ? null : (
            <div className={styles.span} style={{ left: span.from * step, width: (span.to - span.from + 1) * step }} />
          )}
          <div className={styles.cursor} style={{ left: at.column * step, top: at.row * ROW_PX, width: step, height: ROW_PX }} />
        </div>
        {axis === undefined ? null : <Axis names={axis} step={step} />}
      </div>
      <p id={id} className={styles.said} aria-live="polite">
        <span className="foreign">{said}</span>
      </p>
      <Legend />
    </div>
  )
}

const NAME_PX = 92

function Axis({ names, step }: { readonly names: readonly string[]; readonly step: number }) {
  const every = Math.max(1, Math.ceil(NAME_PX / Math.max(1, step)))
  return (
    <div className={styles.axis} aria-hidden>
      {names.map((name, i) =>
        // What would reach beyond the right edge is left out.
        i % every === 0 && (names.length - i) * step >= NAME_PX * 0.8 ? (
          <span key={i} style={{ left: i * step }}>
            {name}
          </span>
        ) : null,
      )}
    </div>
  )
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
