import { describe, expect, it } from 'vitest'
import { InputMistake } from '../../src/base/mistakes.js'
import * as journals from '../../src/entries/journal.js'
import { PaperExchange, PaperVenue } from '../../src/entries/paper.js'
import { findDayFiles, parquetDays } from '../../src/entries/parquet.js'
import { renderHtmlReport } from '../../src/entries/report.js'
import { runSession } from '../../src/entries/runtime.js'
import * as dolphin from '../../src/index.js'

/** As a program without types calls it. */
type Loose = Record<string, unknown>

const { DEFAULT_PARAMETERS } = dolphin
const SETTINGS: Loose = {
  strategy: 'mine',
  direction: -1,
  posture: 'APEX',
  initialCapital: 1000,
  parameters: DEFAULT_PARAMETERS,
}
const SIDE: Loose = {
  ...dolphin.DECISION_DEFAULTS,
  build: '0123456789abcdef',
  idPrefix: 'a',
  initialBalanceUsd: '1000',
}
const BTC: dolphin.Instrument = {
  identity: { symbol: 'BTCUSDT', exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
  status: 'TRADING',
  tickSize: '0.1',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '1000',
  minNotionalUsd: '100',
  priceBand: '0.05',
  maxLeverage: 125,
  maintenanceMarginRate: '0.004',
}

const backtest = (changes: Loose) => () => new dolphin.Backtest({ ...SETTINGS, ...changes } as never)
const champion = (changes: Loose) => () => new dolphin.ChampionStrategy({ ...SETTINGS, id: 'a', ...changes } as never)
const own = (changes: Loose) => () =>
  new dolphin.StrategyBacktest({ ...SETTINGS, create: () => champion({})(), ...changes } as never)
const engine =
  (...given: unknown[]) =>
  () =>
    new dolphin.Engine(...(given as [never, never, never]))
const decision = (changes: Loose) => () =>
  new dolphin.DecisionSide({ ...SIDE, instruments: [BTC], ...changes } as never, [])
const execution = (changes: Loose) => () =>
  new dolphin.ExecutionSide({
    ...dolphin.EXECUTION_DEFAULTS,
    instruments: [BTC],
    build: '0123456789abcdef',
    ...changes,
  } as never)
const exchange = (changes: Loose) => () =>
  new PaperExchange({ instruments: [BTC], startingBalanceUsd: '1000', seed: 1, ...changes } as never)

const ROWS: readonly (readonly [string, () => unknown, readonly string[]])[] = [
  [
    'a backtest: fraction and direction',
    backtest({ direction: 'short', parameters: { ...DEFAULT_PARAMETERS, fraction: 20, sead: 1 } }),
    [
      'settings.direction: expected -1 (short) or 1 (long), found "short"',
      'settings.parameters.sead: expected a known parameter, found an unknown name',
      'settings.parameters.fraction: expected a number from 0 to 1, found 20',
    ],
  ],
  [
    'a backtest: nothing',
    () => new dolphin.Backtest(undefined as never),
    ['settings: expected an object with strategy'],
  ],
  [
    'a backtest: settings that are missing',
    backtest({ strategy: undefined, posture: undefined, initialCapital: undefined, parameters: undefined }),
    [
      'settings.strategy: expected text, found nothing',
      "settings.posture: expected 'APEX', 'STALKER', 'TURTLE' or 'HIBERNATE', found nothing",
      'settings.initialCapital: expected a finite number, found nothing',
      'settings.parameters: expected parameters, such as DEFAULT_PARAMETERS, found nothing',
    ],
  ],
  [
    'a backtest: the parts it asks',
    backtest({ volGate: 0.5, breaker: {}, orderBook: [], forewarner: 'OK', barPriceFills: true }),
    [
      'settings.volGate: expected a VolGate, found 0.5',
      'settings.breaker: expected a DailyBreaker, found an object without boostForDate',
      'settings.orderBook: expected an order book source, found an object without book, macro',
      'settings.forewarner: expected a MonteCarloForewarner, found "OK"',
      'settings.barPriceFills: expected a function, found true',
    ],
  ],
  [
    'a day of a backtest: columns that do not fit together',
    () =>
      backtest({})().addDay(
        {
          date: '2026-01-05',
          bars: 2,
          velDiv: [0, 0],
          assets: ['A', 'B'],
          prices: [new Float64Array(1)],
          eigen: {},
        } as never,
        undefined as never,
      ),
    [
      'columns.velDiv: expected a Float64Array of 2, found a list of 2',
      'columns.prices: expected a column for each of the 2 assets, found a list of 1',
      'sha256: expected text, found nothing',
    ],
  ],
  [
    'a backtest of one’s own strategy',
    own({ create: 'mine.mjs', twinBars: -1 }),
    [
      'settings.create: expected a function, found "mine.mjs"',
      'settings.twinBars: expected an integer from 0 on, found -1',
    ],
  ],
  [
    'an engine',
    engine({ ...DEFAULT_PARAMETERS, max_hold_bars: 1.5 }, Number.NaN, { fills: 'mine' }),
    [
      'parameters.max_hold_bars: expected an integer from 1 to 1000000, found 1.5',
      'initialCapital: expected a finite number, found NaN',
      "ports.fills: expected 'simulated' or 'adapter', found \"mine\"",
    ],
  ],
  [
    'a day of an engine',
    () => new dolphin.Engine(DEFAULT_PARAMETERS, 1).beginDay({ date: '5 January', posture: 'ALPHA' } as never),
    [
      'start.date: expected a date YYYY-MM-DD, found "5 January"',
      "start.posture: expected 'APEX', 'STALKER', 'TURTLE' or 'HIBERNATE', found \"ALPHA\"",
    ],
  ],
  [
    'the champion',
    champion({ id: '', direction: 0, initialCapital: '1000' }),
    [
      'settings.id: expected text, found ""',
      'settings.direction: expected -1 (short) or 1 (long), found 0',
      'settings.initialCapital: expected a finite number, found "1000"',
    ],
  ],
  [
    'the decision side',
    decision({
      instruments: [{ ...BTC, lotSize: 0.001 }],
      build: 'mine',
      idPrefix: 'a b',
      initialBalanceUsd: 1000,
      risk: { ...dolphin.DECISION_DEFAULTS.risk, leverageTarget: 11 },
      conditions: { ...dolphin.DECISION_DEFAULTS.conditions, environment: 'TEST' },
    }),
    [
      "settings.instruments[0].lotSize: expected a decimal above zero as text, such as '0.001', found 0.001",
      'settings.build: expected 16 lower-case hex digits, found "mine"',
      'settings.idPrefix: expected 1 to 12 letters, digits or hyphens, found "a b"',
      "settings.initialBalanceUsd: expected a decimal above zero as text, such as '0.001', found 1000",
      'settings.risk.leverageTarget: expected at most leverageMax (L_target ≤ L_max), 10, found 11',
      "settings.conditions.environment: expected 'DEV', 'STAGING', 'PAPER' or 'LIVE', found \"TEST\"",
    ],
  ],
  [
    'the decision side: strategies',
    () => new dolphin.DecisionSide({ ...SIDE, instruments: [BTC] } as never, [{ onBar() {} } as never]),
    ['strategies[0]: expected a strategy, found an object without onEntryDropped, onFill, snapshot, restore'],
  ],
  [
    'the execution side',
    execution({
      instruments: [],
      takeProfit: '0',
      timings: { ...dolphin.EXECUTION_DEFAULTS.timings, retryAfterMs: [] },
    }),
    [
      'settings.instruments: expected at least 1, found 0',
      'settings.timings.retryAfterMs: expected at least 1, found 0',
      'settings.takeProfit: expected a decimal above zero and below 1 as text, such as \'0.001\', found "0"',
    ],
  ],
  [
    'a paper exchange',
    exchange({ seed: 0.5, fillMode: 'ideal', rateLimits: [{ requests: 0, intervalMs: 1 }] }),
    [
      'settings.seed: expected an integer, found 0.5',
      "settings.fillMode: expected 'realistic' or 'bar-price', found \"ideal\"",
      'settings.rateLimits[0].requests: expected an integer from 1 on, found 0',
    ],
  ],
  [
    'a paper venue',
    () => new PaperVenue({ exchange: exchange({})() as never, timer: Date, requestTimeoutMs: '1s' } as never),
    [
      'options.timer: expected a timer, found a function',
      'options.requestTimeoutMs: expected an integer from 0 on, found "1s"',
    ],
  ],
  [
    'a journal in memory',
    () => new journals.MemoryJournal('line' as never, 0),
    ['store: expected a list, found "line"', 'capacity: expected an integer from 1 on, found 0'],
  ],
  [
    'a report',
    () => renderHtmlReport({ schema: 'dolphin.backtest/0' } as never),
    ["report.schema: expected 'dolphin.backtest/1', found"],
  ],
  [
    'reading days',
    () => parquetDays.read([{ date: '2026-01-05' } as never], { workers: 1.5 }),
    [
      'files[0].path: expected text, found nothing',
      'files[0].bytes: expected an integer from 0 on, found nothing',
      'options.workers: expected an integer from 0 on, found 1.5',
    ],
  ],
]

describe('what a program gets wrong is refused all at once, by the path of the argument', () => {
  it.each(ROWS)('%s', (_, call, messages) => {
    let refusal: unknown
    try {
      call()
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(InputMistake)
    for (const message of messages) expect((refusal as InputMistake).message).toContain(message)
    if (messages.length > 1) expect((refusal as InputMistake).problems).toHaveLength(messages.length)
  })

  it.each<[string, () => Promise<unknown>, string]>([
    ['finding days', () => findDayFiles('days' as never), 'inputs: expected a list, found "days"'],
    [
      'a journal in files',
      () => journals.openFileJournal('', undefined as never, {} as never),
      'format: expected a journal format, as journalFormat makes it, found nothing',
    ],
    ['a session', () => runSession({ strategies: [] } as never), 'parts.decision: expected an object with settings'],
  ])('%s, by rejecting', async (_, call, message) => {
    const refusal = await call().catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(InputMistake)
    expect((refusal as InputMistake).message).toContain(message)
  })
})

it('what is right is taken: every default of both sides, of the champion and of the exchange', () => {
  for (const make of [backtest({}), own({}), champion({}), decision({}), execution({}), exchange({})]) make()
})
