import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { ROW_PX } from './paint-heat-map.ts'

export interface HeatSpan {
  readonly from: number
  readonly to: number
}
interface Size {
  readonly rows: number
  readonly columns: number
  /** Width of a column in pixels. */
  readonly step: number
}
interface Place {
  readonly row: number
  readonly column: number
}
interface Actions {
  /** With the row on which it began. */
  readonly onBrush: ((span: HeatSpan, row: number) => void) | undefined
  readonly onOpen: ((row: number, column: number) => void) | undefined
}

/** Where one looks in a heat map, moved by arrows or the pointer; from an anchor on, what is brushed. */
export function useHeatCursor({ rows, columns, step }: Size, { onBrush, onOpen }: Actions) {
  const [cursor, setCursor] = useState({ row: 0, column: Math.max(0, columns - 1) })
  const [anchor, setAnchor] = useState<Place>()
  const at = { row: clamp(cursor.row, rows), column: clamp(cursor.column, columns) }
  const brush = ({ row, column }: Place, to: number) => onBrush?.({ from: Math.min(column, to), to: Math.max(column, to) }, row)
  const placeOf = ({ clientX, clientY, currentTarget }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect()
    return {
      row: clamp(Math.floor((clientY - box.top) / ROW_PX), rows),
      column: clamp(Math.floor((clientX - box.left) / step), columns),
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onOpen?.(at.row, at.column)
    const move = MOVES[event.key]
    if (move === undefined) return
    event.preventDefault()
    const column = event.key === 'Home' ? 0 : event.key === 'End' ? columns - 1 : clamp(at.column + move[1], columns)
    setCursor({ row: clamp(at.row + move[0], rows), column })
    const begin = event.shiftKey ? (anchor ?? at) : undefined
    setAnchor(begin)
    if (begin !== undefined) brush(begin, column)
  }
  const pointer = {
    onPointerDown(event: PointerEvent) {
      const place = placeOf(event)
      event.currentTarget.setPointerCapture(event.pointerId)
      setCursor(place)
      setAnchor(place)
    },
    onPointerMove(event: PointerEvent) {
      const place = placeOf(event)
      if (event.buttons === 1 && anchor !== undefined && place.column !== at.column) brush(anchor, place.column)
      setCursor(place)
    },
    onPointerUp(event: PointerEvent) {
      const place = placeOf(event)
      if (anchor?.column === place.column) onOpen?.(place.row, place.column)
      setAnchor(undefined)
    },
  }
  return { at, onKeyDown, pointer }
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
