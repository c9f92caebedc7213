/** Lines over time with bands and marked events, on uPlot's canvas: a hundred thousand points stay smooth. */
import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import uPlot from 'uplot'
import { useTimeZone } from '../format/time-zone.tsx'
import { resolveColor } from '../theme/palette.ts'
import { createReading } from './cursor-reading.ts'
import { drawMarks } from './draw-marks.ts'
import { panPlot } from './pan-plot.ts'
import type { TimeSeriesProps } from './series.ts'
import styles from './time-series.module.css'
import { TimeSeriesLegend } from './time-series-legend.tsx'
import { optionsOf } from './time-series-options.ts'
import { useWidth } from './use-width.ts'

/** `onSelect` is called with the span that was dragged over, in milliseconds. What is under the cursor stands in the legend. */
export function TimeSeries(props: TimeSeriesProps) {
  const {
    times,
    lines,
    bands = [],
    marks = [],
    height = 200,
    caption,
    format,
    span,
    fromZero = false,
    group,
    onSelect,
    onPan,
  } = props
  const [frame, width] = useWidth<HTMLDivElement>()
  const target = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const { zone } = useTimeZone()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const select = useEffectEvent((from: number, to: number) => onSelect?.(from, to))
  const pan = useEffectEvent((from: number, to: number) => onPan?.(from, to))
  const canPan = onPan !== undefined
  const [reading] = useState(createReading)
  const shape = `${lines.map(({ label, style }) => `${label}/${style.color}`).join()}|${bands.map(({ of }) => of).join()}`
  const isReady = width > 0

  const build = useEffectEvent((element: HTMLDivElement) => {
    const color = (name: string) => resolveColor(name, element)
    const shared = { width, height, zone, lines, bands, format, color, fromZero, group }
    const options = optionsOf({ ...shared, onSelect: select, onCursor: reading.set })
    options.hooks = { ...options.hooks, draw: [(drawn) => drawMarks(drawn, current.current, color)] }
    const made = new uPlot(options, dataOf(props), element)
    show(made, span)
    return made
  })
  const current = useRef(marks)
  useEffect(() => {
    current.current = marks
  }, [marks])
  useEffect(() => {
    if (!isReady || target.current === null) return undefined
    const made = build(target.current)
    plot.current = made
    const still = canPan ? panPlot(made, group, pan) : undefined
    return () => {
      still?.()
      made.destroy()
    }
  }, [isReady, shape, zone, scheme, canPan])
  useEffect(() => plot.current?.setSize({ width, height }), [width, height])
  const update = useEffectEvent(() => {
    const drawn = plot.current
    drawn?.batch(() => {
      drawn.setData(dataOf(props), span === undefined)
      show(drawn, span)
    })
  })
  useEffect(() => update(), [times, lines, bands, marks, span?.[0], span?.[1]])

  return (
    <figure className={styles.figure} aria-label={caption}>
      <TimeSeriesLegend {...props} reading={reading} />
      <div ref={frame}>
        <div ref={target} role="img" aria-label={caption} />
      </div>
    </figure>
  )
}

const show = (plot: uPlot, span: TimeSeriesProps['span']) =>
  span === undefined ? undefined : plot.setScale('x', { min: span[0] / 1_000, max: span[1] / 1_000 })

/** Seconds, as uPlot has it; gaps are null. The bounds of bands come behind the lines. */
function dataOf({ times, lines, bands = [] }: TimeSeriesProps): uPlot.AlignedData {
  const column = (values: readonly (number | undefined)[]) => values.map((value) => value ?? null)
  return [
    times.map((time) => time / 1_000),
    ...lines.map(({ values }) => column(values)),
    ...bands.flatMap(({ low, high }) => [column(high), column(low)]),
  ]
}
