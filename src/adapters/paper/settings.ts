import {
  argumentProblem,
  type Check,
  decimal,
  fields,
  listOf,
  milliseconds,
  number,
  oneOf,
  optional,
  refuse,
  that,
} from '../../base/arguments.js'
import { INSTRUMENTS } from '../../ports/vocabulary/instrument.js'
import type { LatencyRange, PaperSettings, RateLimit } from '../../ports/vocabulary/paper.js'

/** @throws InputMistake that names every setting that is wrong. */
export function completeSettings(given: PaperSettings): Required<PaperSettings> {
  refuse(SETTINGS(given, 'settings'))
  const frictionless = given.fillMode === 'bar-price'
  return {
    leverage: DEFAULT_LEVERAGE,
    fillMode: 'realistic',
    requestLatency: { minMs: 10, maxMs: 90 },
    answerLatency: { minMs: 5, maxMs: 45 },
    streamLatency: { minMs: 5, maxMs: 45 },
    makerFee: '0.0002',
    takerFee: '0.0005',
    liquidationFee: '0.0125',
    halfSpreadBps: '0.5',
    displayedUsd: '100000',
    queueAheadShare: '1',
    rateLimits: [
      { requests: 300, intervalMs: 10_000 },
      { requests: 1_200, intervalMs: 60_000 },
    ],
    ...given,
    ...(frictionless && {
      requestLatency: NO_LATENCY,
      answerLatency: NO_LATENCY,
      streamLatency: NO_LATENCY,
      makerFee: '0',
      takerFee: '0',
      halfSpreadBps: '0',
    }),
  }
}

const DEFAULT_LEVERAGE = 10
const NO_LATENCY: LatencyRange = { minMs: 0, maxMs: 0 }

const range: Check = (value, path) => {
  const problems = fields<LatencyRange>({ minMs: milliseconds, maxMs: milliseconds })(value, path)
  if (problems.length > 0) return problems
  const { minMs, maxMs } = value as LatencyRange
  return minMs <= maxMs ? [] : [argumentProblem(path, '0 ≤ minMs ≤ maxMs', `${minMs} … ${maxMs}`)]
}

const share = optional(decimal('of zero or more'))
const count = number({ min: 1, integer: true })

const FIELDS = fields<PaperSettings>({
  instruments: INSTRUMENTS,
  startingBalanceUsd: decimal('of zero or more'),
  seed: number({ integer: true }),
  leverage: optional(number({ min: 1 })),
  fillMode: optional(oneOf('realistic', 'bar-price')),
  requestLatency: optional(range),
  answerLatency: optional(range),
  streamLatency: optional(range),
  makerFee: optional(that('a decimal as text', isDecimal)),
  takerFee: share,
  liquidationFee: share,
  halfSpreadBps: share,
  displayedUsd: optional(decimal('above zero')),
  queueAheadShare: share,
  rateLimits: optional(listOf(fields<RateLimit>({ requests: count, intervalMs: count }))),
})

/** Every setting that is wrong; where none is, what does not go together. */
const SETTINGS: Check = (value, path) => {
  const problems = FIELDS(value, path)
  if (problems.length > 0) return problems
  const { instruments, leverage = DEFAULT_LEVERAGE } = value as PaperSettings
  const symbols = instruments.map(({ identity }) => identity.symbol)
  const twice = symbols.find((symbol, i) => symbols.indexOf(symbol) !== i)
  return [
    ...(twice === undefined ? [] : [argumentProblem(`${path}.instruments`, 'each symbol once', `${twice} twice`)]),
    ...instruments.flatMap(({ identity, maxLeverage }) =>
      leverage <= maxLeverage
        ? []
        : [argumentProblem(`${path}.leverage`, `at most ${maxLeverage} for ${identity.symbol}`, String(leverage))],
    ),
  ]
}

/** A maker may be paid: its fee may be below zero. */
function isDecimal(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d{1,20}(\.\d{1,18})?$/.test(value)
}
