/**
 * Conversions between units that data is commonly sent in by mistake: `to = factor · from + offset`. Each is listed one way and
 * meant both ways. Factors are exact by definition (international yard and pound, 1959; SI), rounded to a double.
 */
export interface UnitConversion {
  /** `miles to kilometres`, for people. */
  readonly name: string
  readonly factor: number
  readonly offset: number
  /** How the unit that was expected may be written, in lower case. */
  readonly from: readonly string[]
}

interface Pair {
  readonly from: readonly [string, ...string[]]
  readonly to: readonly [string, ...string[]]
  readonly factor: number
  readonly offset?: number
}

const PAIRS: readonly Pair[] = [
  { from: ['miles', 'mile', 'mi'], to: ['kilometres', 'kilometers', 'km'], factor: 1.609344 },
  { from: ['nautical miles', 'nmi'], to: ['kilometres', 'kilometers', 'km'], factor: 1.852 },
  { from: ['metres', 'meters', 'm'], to: ['feet', 'foot', 'ft'], factor: 1 / 0.3048 },
  { from: ['inches', 'inch', 'in'], to: ['centimetres', 'centimeters', 'cm'], factor: 2.54 },
  { from: ['kilograms', 'kilogram', 'kg'], to: ['pounds', 'pound', 'lb', 'lbs'], factor: 1 / 0.45359237 },
  { from: ['ounces', 'ounce', 'oz'], to: ['grams', 'gram', 'g'], factor: 28.349523125 },
  { from: ['gallons', 'gallon', 'gal'], to: ['litres', 'liters', 'l'], factor: 3.785411784 },
  { from: ['metres per second', 'm/s'], to: ['kilometres per hour', 'km/h', 'kmh'], factor: 3.6 },
  { from: ['minutes', 'minute', 'min'], to: ['seconds', 'second', 's'], factor: 60 },
  { from: ['hours', 'hour', 'h'], to: ['minutes', 'minute', 'min'], factor: 60 },
  { from: ['hours', 'hour', 'h'], to: ['seconds', 'second', 's'], factor: 3_600 },
  { from: ['days', 'day', 'd'], to: ['hours', 'hour', 'h'], factor: 24 },
  { from: ['years', 'year'], to: ['months', 'month'], factor: 12 },
  { from: ['currency units', 'dollars', 'euros', 'usd', 'eur'], to: ['cents', 'cent'], factor: 100 },
  { from: ['shares', 'share', 'ratio', 'fraction'], to: ['per cent', 'percent', '%'], factor: 100 },
  { from: ['seconds', 'second', 's'], to: ['milliseconds', 'millisecond', 'ms'], factor: 1_000 },
  { from: ['kilograms', 'kilogram', 'kg'], to: ['grams', 'gram', 'g'], factor: 1_000 },
  { from: ['kilometres', 'kilometers', 'km'], to: ['metres', 'meters', 'm'], factor: 1_000 },
  { from: ['units', 'unit'], to: ['thousands', 'thousand', 'k'], factor: 0.001 },
  { from: ['units', 'unit'], to: ['millions', 'million'], factor: 1e-6 },
  { from: ['kibibytes', 'kib'], to: ['bytes', 'byte', 'b'], factor: 1_024 },
  {
    from: ['celsius', '°c', 'c', 'degrees celsius'],
    to: ['fahrenheit', '°f', 'f', 'degrees fahrenheit'],
    factor: 1.8,
    offset: 32,
  },
  { from: ['celsius', '°c', 'c', 'degrees celsius'], to: ['kelvin', 'k'], factor: 1, offset: 273.15 },
  { from: ['positive numbers'], to: ['negative numbers'], factor: -1 },
]

/** Every conversion, there and back. */
export const unitConversions: readonly UnitConversion[] = PAIRS.flatMap(({ from, to, factor, offset = 0 }) => [
  { name: `${from[0]} to ${to[0]}`, factor, offset, from },
  { name: `${to[0]} to ${from[0]}`, factor: 1 / factor, offset: offset === 0 ? 0 : -offset / factor, from: to },
])
