import {
  argumentProblem,
  type Check,
  callback,
  date,
  direction,
  fields,
  having,
  listOf,
  number,
  oneOf,
  optional,
  shown,
  text,
  that,
} from '../../base/arguments.js'
import type { Problem } from '../../base/mistakes.js'
import type { DayColumns } from '../../ports/days.js'
import { POSTURES } from '../../ports/vocabulary/market.js'
import type { DayStart } from './day.js'
import type { EnginePorts } from './fills.js'
import { parameterProblems } from './parameters.js'

/** {@link parameterProblems} of an argument. */
export const PARAMETERS: Check = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [argumentProblem(path, 'parameters, such as DEFAULT_PARAMETERS', shown(value))]
  }
  return parameterProblems(value as Readonly<Record<string, unknown>>).map(({ name, expected, found }) =>
    argumentProblem(`${path}.${name}`, expected, found),
  )
}

/** Capital: an engine without any, or in debt, enters nothing. */
export const USD = number()
export const POSTURE = oneOf(...POSTURES)
export const ORDER_BOOK = having('an order book source', 'book', 'macro')

export const LIQUIDATION = oneOf('off', 'cross')
export const DELISTING = oneOf('wait', 'close')

export const ENGINE_PORTS = fields<EnginePorts>({
  orderBook: optional(ORDER_BOOK),
  fills: optional(oneOf('simulated', 'adapter')),
  refused: optional(callback),
  liquidation: optional(LIQUIDATION),
  delisting: optional(DELISTING),
})

const FORECAST = oneOf('OK', 'ORANGE', 'RED')
const FOREWARNER = having("a forewarner, or its verdict 'OK', 'ORANGE' or 'RED'", 'assess')

export const DAY_START = fields<DayStart>({
  date,
  direction: optional(direction),
  posture: optional(POSTURE),
  acb: optional(
    fields<NonNullable<DayStart['acb']>>({
      boost: number({ min: 0 }),
      beta: number(),
      source: oneOf('breaker', 'given'),
    }),
  ),
  forewarner: optional((value, path) => (FORECAST(value, path).length === 0 ? [] : FOREWARNER(value, path))),
  assets: optional(listOf(text)),
})

const DAY_FIELDS = fields<Pick<DayColumns, 'date' | 'bars' | 'assets'>>({
  date,
  bars: number({ min: 0, integer: true }),
  assets: listOf(text),
})

/** Of a day's columns the shape, once a day: values are looked at where they are read. */
export const DAY_COLUMNS: Check = (value, path) => {
  const problems: Problem[] = [...DAY_FIELDS(value, path)]
  if (problems.length > 0) return problems
  const { assets, bars, prices, timestampNs, velDiv } = value as DayColumns
  const floats = that(`a Float64Array of ${bars}`, (column) => column instanceof Float64Array && column.length === bars)
  const times = that(
    `a BigInt64Array of ${bars}`,
    (column) => column instanceof BigInt64Array && column.length === bars,
  )
  problems.push(...floats(velDiv, `${path}.velDiv`), ...optional(times)(timestampNs, `${path}.timestampNs`))
  if (!Array.isArray(prices) || prices.length !== assets.length) {
    problems.push(argumentProblem(`${path}.prices`, `a column for each of the ${assets.length} assets`, shown(prices)))
  } else for (const [i, column] of prices.entries()) problems.push(...floats(column, `${path}.prices[${i}]`))
  return problems
}
