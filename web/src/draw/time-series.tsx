/** Lines over time with bands and marked events, on uPlot's canvas: a hundred thousand points stay smooth. */
import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useEffectEvent, useRef } from 'react'
import uPlot from 'uplot'
import { useTimeZone } from '../format/time-zone.tsx'
import { resolveColor } from '../theme/palette.ts'
import { drawMarks } from './draw-marks.ts'
import type { TimeSeriesProps } from './series.ts'
import styles from './time-series.module.css'
import { TimeSeriesLegend } from './time-series-legend.tsx'
import { optionsOf } from './time-series-options.ts'
import { useWidth } from './use-width.ts'

/** `onSelect` is called with the span that was dragged over, in milliseconds. */
export function TimeSeries(props: TimeSeriesProps) {
  const { times, lines, bands = [], marks = [], height = 200, caption, format, onSelect } = props
  const [frame, width] = useWidth<HTMLDivElement>()
  const target = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const { zone } = useTimeZone()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const select = useEffectEvent((from: number, to: number) => onSelect?.(from, to))
  const shape = `${lines.map(({ label, style }) => `${label}/${style.color}`).join()}|${bands.map(({ of }) => of).join()}`
  const isReady = width > 0

  const build = useEffectEvent((element: HTMLDivElement) => {
    const color = (name: string) => resolveColor(name, element)
    const options = optionsOf({ width, height, zone, lines, bands, format, color, onSelect: select })
    options.hooks = { ...options.hooks, draw: [(drawn) => drawMarks(drawn, current.current, color)] }
    return new uPlot(options, dataOf(props), element)
  })
  const current = useRef(marks)
  useEffect(() => {
    current.current = marks
  }, [marks])
  useEffect(() => {
    if (!isReady || target.current === null) return undefined
    const made = build(target.current)
    plot.current = made
    return () => made.destroy()
  }, [isReady, shape, zone, scheme])
  useEffect(() => plot.current?.setSize({ width, height }), [width, height])
  const update = useEffectEvent(() => plot.current?.setData(dataOf(props)))
  useEffect(() => update(), [times, lines, bands, marks])

  return (
    <figure className={styles.figure} aria-label={caption}>
      <TimeSeriesLegend {...props} />
      <div ref={frame}>
        <div ref={target} role="img" aria-label={caption} />
      </div>
    </figure>
  )
}

/** Seconds, as uPlot has it; gaps are null. The bounds of bands come behind the lines. */
function dataOf({ times, lines, bands = [] }: TimeSeriesProps): uPlot.AlignedData {
  const column = (values: readonly (number | undefined)[]) => values.map((value) => value ?? null)
  return [
    times.map((time) => time / 1_000),
    ...lines.map(({ values }) => column(values)),
    ...bands.flatMap(({ low, high }) => [column(high), column(low)]),
  ]
}
