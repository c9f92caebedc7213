import uPlot from 'uplot'
import type { Band, Line } from './series.ts'

interface Request {
  readonly width: number
  readonly height: number
  readonly zone: string
  readonly lines: readonly Line[]
  readonly bands: readonly Band[]
  readonly format: (value: number) => string
  readonly color: (name: string) => string
  readonly fromZero: boolean
  readonly group: string | undefined
  readonly onSelect: (from: number, to: number) => void
  /** The time under the cursor, as an index. */
  readonly onCursor: (index: number | undefined) => void
}

const FONT = '12px "Inter Variable", system-ui, sans-serif'
const AXIS_PX = 52
const TIME_AXIS_PX = 40
const LINE_PX = 1.75
/** Points for each pixel from which they lie close. */
const DENSE = 0.25
const BAND_ALPHA = '33'

export function optionsOf(request: Request): uPlot.Options {
  const { width, height, zone, lines, bands, format, color, fromZero } = request
  const axis = {
    stroke: color('var(--ink-dim)'),
    font: FONT,
    grid: { stroke: color('var(--grid)'), width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
    fmtDate: (template) => uPlot.fmtDate(template),
    legend: { show: false },
    cursor: cursorOf(request),
    scales: { x: { time: true }, y: { range: (_, low, high) => rangeOf(fromZero ? 0 : low, high) } },
    axes: [
      { ...axis, size: TIME_AXIS_PX, values: DATES },
      { ...axis, size: AXIS_PX, values: (_, ticks) => ticks.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ label, style }) => ({
        label,
        stroke: color(style.color),
        width: LINE_PX,
        dash: [...style.dash],
        points: { size: 5, filter: loneOnes },
      })),
      ...bands.flatMap(() => [
        { stroke: 'transparent', points: { show: false } },
        { stroke: 'transparent', points: { show: false } },
      ]),
    ],
    bands: bands.map(({ of }, i) => {
      const first = 1 + lines.length + i * 2
      const style = lines.find(({ label }) => label === of)?.style ?? lines[0]!.style
      return { series: [first, first + 1], fill: color(style.color) + BAND_ALPHA }
    }),
    hooks: hooksOf(request),
  }
}

/** A drag selects; with Shift it is left to who moves the chart. Only the cursor is shared, so that a selection is made once. */
const cursorOf = ({ group }: Request): uPlot.Cursor => ({
  drag: { x: true, y: false, setScale: false },
  points: { size: 6 },
  bind: { mousedown: (_, __, handle) => (event) => (event.shiftKey ? null : handle(event)) },
  ...(group === undefined
    ? {}
    : { sync: { key: group, setSeries: false, filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' } } }),
})

const hooksOf = ({ onSelect, onCursor }: Request): uPlot.Hooks.Arrays => ({
  setSelect: [
    (plot) => {
      if (plot.select.width < 4) return
      const at = (pixel: number) => Math.round(plot.posToVal(pixel, 'x') * 1_000)
      onSelect(at(plot.select.left), at(plot.select.left + plot.select.width))
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    },
  ],
  drawClear: [thin],
  setCursor: [({ cursor }) => onCursor(cursor.left !== undefined && cursor.left >= 0 ? (cursor.idx ?? undefined) : undefined)],
})

/**
 * Where points lie close the lines are one pixel wide: wider ones would run into each other, and without a graphics card they
 * take fifty times as long, which is all of a frame.
 */
function thin({ series, width, scales, data: [times] }: uPlot): void {
  const { min, max } = scales['x']!
  if (min == null || max == null || times.length < 2) return
  const step = (times.at(-1)! - times[0]!) / (times.length - 1)
  const line = (max - min) / step > width * DENSE ? 1 : LINE_PX
  for (const one of series) if (one.dash !== undefined) one.width = line
}

/** A value between two gaps would not be seen otherwise; on a line a point is only noise. */
function loneOnes({ data }: uPlot, series: number): number[] {
  const values = data[series]!
  const lone: number[] = []
  for (let i = 0; i < values.length; i++) if (values[i] != null && values[i - 1] == null && values[i + 1] == null) lone.push(i)
  return lone
}

/** A flat line has room above and below; a share does not leave its axis. */
function rangeOf(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || (low === 0 && high === 0)) return [0, 1]
  const room = high === low ? Math.max(Math.abs(high) * 0.1, 1e-9) : (high - low) * 0.08
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room]
}

/** Days and hours as ISO writes them, so that nobody asks which is the month. */
const HOUR = '{HH}:{mm}'
const DAY = '{MM}-{DD}'
const DATES: (string | number | null)[][] = [
  [31_536_000, '{YYYY}', null, null, null, null, null, null, 1],
  [2_419_200, '{YYYY}-{MM}', null, null, null, null, null, null, 1],
  [86_400, DAY, '\n{YYYY}', null, null, null, null, null, 1],
  [3_600, HOUR, `\n${DAY}`, null, `\n${DAY}`, null, null, null, 1],
  [60, HOUR, `\n${DAY}`, null, `\n${DAY}`, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', `\n${DAY}`, null, `\n${DAY}`, null, null, null, 1],
]
