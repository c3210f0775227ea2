import { Exact } from '../../base/exact.js'
import type { LatencyRange, PaperSettings } from '../../ports/vocabulary/paper.js'

/** @throws with the setting's name, what was expected and what was found. */
export function completeSettings(given: PaperSettings): Required<PaperSettings> {
  const frictionless = given.fillMode === 'bar-price'
  const settings: Required<PaperSettings> = {
    leverage: 10,
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
  check(settings)
  return settings
}

const NO_LATENCY: LatencyRange = { minMs: 0, maxMs: 0 }

function check(settings: Required<PaperSettings>): void {
  const expect = (ok: boolean, name: string, expected: string, found: unknown) => {
    if (!ok) throw new Error(`paper exchange: ${name}: expected ${expected}, found ${found}`)
  }
  expect(settings.instruments.length > 0, 'instruments', 'at least one', 'none')
  expect(Number.isSafeInteger(settings.seed), 'seed', 'an integer', settings.seed)
  expect(settings.leverage >= 1, 'leverage', 'at least 1', settings.leverage)
  for (const { identity, maxLeverage } of settings.instruments) {
    expect(
      settings.leverage <= maxLeverage,
      `leverage of ${identity.symbol}`,
      `at most ${maxLeverage}`,
      settings.leverage,
    )
  }
  const symbols = settings.instruments.map(({ identity }) => identity.symbol)
  expect(new Set(symbols).size === symbols.length, 'instruments', 'each symbol once', symbols)
  for (const name of ['requestLatency', 'answerLatency', 'streamLatency'] as const) {
    const { minMs, maxMs } = settings[name]
    expect(minMs >= 0 && minMs <= maxMs, name, '0 ≤ minMs ≤ maxMs', `${minMs} … ${maxMs}`)
  }
  for (const name of [
    'startingBalanceUsd',
    'takerFee',
    'liquidationFee',
    'halfSpreadBps',
    'queueAheadShare',
  ] as const) {
    expect(new Exact(settings[name]).gte(0), name, 'zero or more', settings[name])
  }
  expect(new Exact(settings.displayedUsd).gt(0), 'displayedUsd', 'more than zero', settings.displayedUsd)
}
