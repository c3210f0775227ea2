import { describe, expect, test } from 'vitest'
import type { DayStart } from '../../../src/core/engine/day.js'
import { Engine } from '../../../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS, type EngineParameters } from '../../../src/core/engine/parameters.js'
import { TableOrderBook } from '../../../src/core/orderbook/table-order-book.js'
import type { AssetBook, BookMacro, OrderBookSource } from '../../../src/ports/order-book.js'
import { dayOf } from '../../support/markets.js'

const SHORT = -0.03
const LONG = 0.03
const QUIET = 0
const NONE = Number.NaN

/** A bar of BTCUSDT: the signal and the price. */
type Row = readonly [velDiv: number, price: number]

interface Story {
  readonly rows: readonly Row[]
  readonly parameters?: Partial<EngineParameters>
  readonly start?: Partial<DayStart>
  readonly capital?: number
  readonly volOk?: (bar: number) => boolean
  /** What happens just before a bar. */
  readonly before?: Readonly<Record<number, (engine: Engine) => void>>
  readonly book?: Partial<AssetBook>
  readonly macro?: Partial<BookMacro>
}

/** A neutral book: it changes nothing. */
const BOOK: AssetBook = {
  imbalanceMa5: 0,
  persistence: 0,
  withdrawalVelocity: 0,
  depthQuality: 0.5,
  fillProbability: 0.5,
}

/** Plays the rows through `step` and tells what happened: `'0 enter'`, `'3 FIXED_TP'`. */
function told(story: Story): string[] {
  const { rows, before = {}, volOk = () => true } = story
  const engine = engineOf(story)
  return rows.flatMap(([velDiv, price], bar) => {
    before[bar]?.(engine)
    const { entry, exit } = engine.step({ velDiv, prices: [price], volOk: volOk(bar) })
    return [...(exit === undefined ? [] : [`${bar} ${exit.reason}`]), ...(entry === undefined ? [] : [`${bar} enter`])]
  })
}

function engineOf({ parameters, start, capital = 1000, book, macro }: Story): Engine {
  const easy = { use_asset_selection: false, lookback: 0, dc_lookback_bars: 1, fixed_tp_pct: 0.01, stop_pct: 0.01 }
  const orderBook: OrderBookSource | undefined =
    book === undefined && macro === undefined
      ? undefined
      : new TableOrderBook({
          assets: ['BTCUSDT'],
          rows: [{ bar: 0, assetIndex: 0, book: { ...BOOK, ...book } }],
          macro: [{ bar: 0, macro: { cascadeCount: 0, regimeSignal: 0, ...macro } }],
        })
  const all = { ...DEFAULT_PARAMETERS, ...easy, max_hold_bars: 4, ...parameters }
  const engine = new Engine(all, capital, orderBook === undefined ? {} : { orderBook })
  engine.addAssets(['BTCUSDT'])
  engine.beginDay({ date: '2026-01-05', ...start })
  return engine
}

const red = { assess: () => ({ envelopeScore: -2, catastrophicProbability: 1, source: 'REAL_MODEL' as const }) }
const orange = { assess: () => ({ envelopeScore: -0.5, catastrophicProbability: 0, source: 'REAL_MODEL' as const }) }

describe('each entry gate alone keeps out what enters without it', () => {
  const flat: Story = { rows: [[SHORT, 100]] }
  const rising: readonly Row[] = [
    [QUIET, 100],
    [SHORT, 100.01],
  ]
  test.each<[string, Story, Story]>([
    ['the SHORT threshold itself', { rows: [[-0.0200001, 100]] }, { rows: [[-0.02, 100]] }],
    [
      'the LONG threshold itself',
      { rows: [[0.0100001, 100]], start: { direction: 1 } },
      { rows: [[0.01, 100]], start: { direction: 1 } },
    ],
    ['the day’s direction', { rows: [[LONG, 100]], start: { direction: 1 } }, { rows: [[LONG, 100]] }],
    ['a signal that is not finite', { rows: [[-1e300, 100]] }, { rows: [[Number.NEGATIVE_INFINITY, 100]] }],
    ['lookback', { ...flat, parameters: { lookback: 1 } }, { ...flat, parameters: { lookback: 2 } }],
    ['volatility', flat, { ...flat, volOk: () => false }],
    ['capital', { ...flat, capital: 0.01 }, { ...flat, capital: 0 }],
    ['a debt', flat, { ...flat, capital: -1000 }],
    ['TURTLE', { ...flat, start: { posture: 'STALKER' } }, { ...flat, start: { posture: 'TURTLE' } }],
    ['HIBERNATE', { ...flat, start: { posture: 'APEX' } }, { ...flat, start: { posture: 'HIBERNATE' } }],
    [
      'a posture taken during the day',
      { ...flat, start: { posture: 'TURTLE' }, before: { 0: (engine) => engine.setPosture('APEX') } },
      { ...flat, before: { 0: (engine) => engine.setPosture('TURTLE') } },
    ],
    ['a RED day', { ...flat, start: { forewarner: orange } }, { ...flat, start: { forewarner: red } }],
    [
      'a RED day whose posture turns APEX',
      { ...flat, start: { forewarner: orange }, before: { 0: (engine) => engine.setPosture('APEX') } },
      { ...flat, start: { forewarner: red }, before: { 0: (engine) => engine.setPosture('APEX') } },
    ],
    ['a price against the direction', { rows: rising, parameters: { dc_skip_contradicts: false } }, { rows: rising }],
    ['a missing price', flat, { rows: [[SHORT, NONE]] }],
    ['a price of zero', flat, { rows: [[SHORT, 0]] }],
    [
      'a persistent contrary book',
      { ...flat, book: { imbalanceMa5: 0.2, persistence: 0.6 } },
      { ...flat, book: { imbalanceMa5: 0.2, persistence: 0.61 } },
    ],
  ])('%s', (_, open, closed) => {
    expect(told(open)).toEqual([`${open.rows.length - 1} enter`])
    expect(told(closed)).toEqual([])
  })
})

describe('with asset selection', () => {
  const selecting = { use_asset_selection: true, max_hold_bars: 1000 }
  const falling = (bars: number): Row[] => Array.from({ length: bars }, (_, i) => [SHORT, 100 - i * 0.01])

  test('the fiftieth price is the first that may be traded', () => {
    expect(told({ rows: falling(49), parameters: selecting })).toEqual([])
    expect(told({ rows: falling(50), parameters: selecting })).toEqual(['49 enter'])
  })

  test('prices are counted, not bars', () => {
    const rows = falling(50)
    const holed = rows.toSpliced(20, 0, [SHORT, NONE], [SHORT, 0])
    expect(told({ rows: holed, parameters: selecting })).toEqual(['51 enter'])
  })

  test.each([
    [0.2, ['49 enter']],
    [0.19999, []],
  ])('a book of depth %f: %j', (depthQuality, expected) => {
    expect(told({ rows: falling(50), parameters: selecting, book: { depthQuality } })).toEqual(expected)
  })

  test('a rising price is nothing for a short day, whatever the confirmation says', () => {
    const rising = falling(50).map(([velDiv, price]): Row => [velDiv, 200 - price])
    expect(told({ rows: rising, parameters: { ...selecting, dc_skip_contradicts: false } })).toEqual([])
  })
})

describe('each exit rule alone ends what stays open without it', () => {
  const enter: Row = [SHORT, 100]
  const quiet = (price: number): Row => [QUIET, price]
  const boosted = { acb: { boost: 1.25, beta: 0, source: 'given' as const } }
  const park = (boost: number) => ({ 1: (engine: Engine) => engine.parkAcb({ boost, beta: 0 }) })
  const turn = { parameters: { vd_enabled: true } }
  const turning: readonly Row[] = [enter, [0.02, 100], [0.02, 100], [0.02, 100]]

  test.each<[string, Story, string, Story]>([
    ['take profit', { rows: [enter, quiet(99)] }, '1 FIXED_TP', { rows: [enter, quiet(99.01)] }],
    [
      'take profit, long',
      { rows: [[LONG, 100], quiet(101)], start: { direction: 1 } },
      '1 FIXED_TP',
      { rows: [[LONG, 100], quiet(100.99)], start: { direction: 1 } },
    ],
    ['stop loss', { rows: [enter, quiet(101)] }, '1 STOP_LOSS', { rows: [enter, quiet(100.99)] }],
    [
      'longest hold',
      { rows: [enter, ...Array<Row>(4).fill(quiet(100))] },
      '4 MAX_HOLD',
      { rows: [enter, ...Array<Row>(4).fill(quiet(100))], parameters: { max_hold_bars: 5 } },
    ],
    ['the signal turns for three bars', { rows: turning, ...turn }, '3 VEL_DIV_TURN', { rows: turning }],
    [
      'not for two, a bar that is not finite, and one',
      { rows: turning, ...turn },
      '3 VEL_DIV_TURN',
      { rows: [enter, [0.02, 100], [NONE, 100], [0.02, 100]], ...turn },
    ],
    [
      'a turn on a bar without a price counts',
      {
        rows: [enter, [0.02, NONE], [0.02, NONE], [0.02, NONE], [0.02, 100]],
        ...turn,
        parameters: { ...turn.parameters, max_hold_bars: 9 },
      },
      '4 VEL_DIV_TURN',
      {
        rows: [enter, [0.02, NONE], [0.02, NONE], [0.02, NONE], [0.019, 100]],
        ...turn,
        parameters: { ...turn.parameters, max_hold_bars: 9 },
      },
    ],
    [
      'the bar of the entry is no turn',
      {
        rows: [
          [LONG, 100],
          [-0.02, 100],
          [-0.02, 100],
          [-0.02, 100],
        ],
        ...turn,
        start: { direction: 1 },
      },
      '3 VEL_DIV_TURN',
      {
        rows: [
          [LONG, 100],
          [-0.02, 100],
          [-0.02, 100],
          [-0.019, 100],
        ],
        ...turn,
        start: { direction: 1 },
      },
    ],
    [
      'HIBERNATE',
      { rows: [enter, quiet(100)], before: { 1: (engine) => engine.setPosture('HIBERNATE') } },
      '1 HIBERNATE_HALT',
      { rows: [enter, quiet(100)], before: { 1: (engine) => engine.setPosture('TURTLE') } },
    ],
    [
      'HIBERNATE without a price',
      { rows: [enter, quiet(NONE)], before: { 1: (engine) => engine.setPosture('HIBERNATE') } },
      '1 HIBERNATE_HALT',
      { rows: [enter, quiet(NONE)] },
    ],
    [
      'the boost falls from 1.25 to below 1.1',
      { rows: [enter, quiet(100)], start: boosted, before: park(1.0999) },
      '1 SUBDAY_ACB_NORMALIZATION',
      { rows: [enter, quiet(100)], start: boosted, before: park(1.1) },
    ],
    [
      'the boost was at least 1.25',
      { rows: [enter, quiet(100)], start: boosted, before: park(1) },
      '1 SUBDAY_ACB_NORMALIZATION',
      {
        rows: [enter, quiet(100)],
        start: { acb: { boost: 1.2499, beta: 0, source: 'given' } },
        before: park(1),
      },
    ],
    [
      'a normalization waits for a price',
      { rows: [enter, quiet(NONE), quiet(100)], start: boosted, before: park(1) },
      '2 SUBDAY_ACB_NORMALIZATION',
      { rows: [enter, quiet(NONE), quiet(NONE)], start: boosted, before: park(1) },
    ],
    [
      'a later boost does not cancel it',
      {
        rows: [enter, quiet(NONE), quiet(100)],
        start: boosted,
        before: { ...park(1), 2: (engine) => engine.parkAcb({ boost: 3, beta: 0 }) },
      },
      '2 SUBDAY_ACB_NORMALIZATION',
      {
        rows: [enter, quiet(100)],
        start: boosted,
        before: {
          1: (engine) => {
            engine.parkAcb({ boost: 1, beta: 0 })
            engine.parkAcb({ boost: 3, beta: 0 })
          },
        },
      },
    ],
    [
      'a cascade halves the hold',
      { rows: [enter, quiet(100), quiet(100)], macro: { cascadeCount: 1 } },
      '2 MAX_HOLD',
      { rows: [enter, quiet(100), quiet(100)], macro: { cascadeCount: 0 } },
    ],
    [
      'stress tightens the take profit',
      { rows: [enter, quiet(99.3)], macro: { regimeSignal: 1 } },
      '1 FIXED_TP',
      { rows: [enter, quiet(99.3)], macro: { regimeSignal: 0 } },
    ],
  ])('%s', (_, story, exit, without) => {
    expect(told(story)).toEqual(['0 enter', exit])
    expect(told(without)).toEqual(['0 enter'])
  })

  test.each<[string, Story, string]>([
    [
      'HIBERNATE before a normalization',
      {
        rows: [enter, quiet(100)],
        start: boosted,
        before: {
          1: (engine) => {
            engine.parkAcb({ boost: 1, beta: 0 })
            engine.setPosture('HIBERNATE')
          },
        },
      },
      '1 HIBERNATE_HALT',
    ],
    [
      'a normalization before take profit',
      { rows: [enter, quiet(99)], start: boosted, before: park(1) },
      '1 SUBDAY_ACB_NORMALIZATION',
    ],
    ['take profit before a turn', { rows: [...turning.slice(0, 3), [0.02, 99]], ...turn }, '3 FIXED_TP'],
    ['stop loss before a turn', { rows: [...turning.slice(0, 3), [0.02, 101]], ...turn }, '3 STOP_LOSS'],
    [
      'a turn before the longest hold',
      { rows: turning, parameters: { vd_enabled: true, max_hold_bars: 3 } },
      '3 VEL_DIV_TURN',
    ],
    [
      'take profit before the longest hold',
      { rows: [enter, quiet(99)], parameters: { max_hold_bars: 1 } },
      '1 FIXED_TP',
    ],
  ])('where two apply, %s', (_, story, exit) => {
    expect(told(story)).toEqual(['0 enter', exit])
  })
})

describe('positions follow one another', () => {
  test('a bar that exits never enters, the next one may', () => {
    expect(told({ rows: Array<Row>(6).fill([SHORT, 100]), parameters: { max_hold_bars: 2 } })).toEqual([
      '0 enter',
      '2 MAX_HOLD',
      '3 enter',
      '5 MAX_HOLD',
    ])
  })

  test('an open position survives midnight, a change of the day’s direction, and a day without its asset', () => {
    const engine = engineOf({ rows: [] })
    engine.step({ velDiv: SHORT, prices: [100], volOk: true })
    engine.beginDay({ date: '2026-01-06', direction: 1 })
    engine.attach(dayOf('2026-01-06', [LONG, LONG], { ETHUSDT: [5, 5] }))
    expect(engine.run(undefined, Uint8Array.of(1, 1))).toEqual([])
    engine.beginDay({ date: '2026-01-07', direction: 1 })
    engine.attach(dayOf('2026-01-07', [LONG], { BTCUSDT: [98] }))
    const [exit] = engine.run(undefined, Uint8Array.of(1))
    expect(exit).toMatchObject({ reason: 'FIXED_TP', direction: -1, barsHeld: 3 })
    expect(engine.dayRecord().trades).toBe(1)
  })

  test('an update parked over midnight is applied after the new day’s own boost, at its first bar', () => {
    const engine = engineOf({ rows: [], start: { acb: { boost: 1, beta: 0, source: 'given' } } })
    engine.step({ velDiv: SHORT, prices: [100], volOk: true })
    engine.parkAcb({ boost: 1.05, beta: 0.3 })
    engine.beginDay({ date: '2026-01-06', acb: { boost: 1.3, beta: 0, source: 'given' } })
    expect(engine.dayRecord()).toMatchObject({ boostStart: 1.3, boost: 1.3 })
    const { exit } = engine.step({ velDiv: QUIET, prices: [100], volOk: true })
    expect(exit?.reason).toBe('SUBDAY_ACB_NORMALIZATION')
    expect(engine.dayRecord()).toMatchObject({ boostStart: 1.3, betaStart: 0, boost: 1.05, beta: 0.3 })
  })

  test.each([
    ['OK', 1, false],
    ['ORANGE', 0.5, false],
    ['RED', 1, true],
  ] as const)(
    'a verdict of %s that somebody else has made scales by %f; nobody was asked with a leverage',
    (...row) => {
      const [forewarner, mcScale, halted] = row
      const engine = engineOf({ rows: [], start: { forewarner } })
      expect(engine.dayRecord()).toMatchObject({ mcStatus: forewarner, forewarnerMaxLeverage: null })
      expect(engine.snapshot().day).toMatchObject({ mcScale, halted })
    },
  )

  test('nothing of a day carries over but its position, capital and history', () => {
    const engine = engineOf({ rows: [], start: { direction: 1, posture: 'TURTLE', forewarner: orange } })
    engine.beginDay({ date: '2026-01-06' })
    expect(engine.step({ velDiv: SHORT, prices: [100], volOk: true }).entry).toMatchObject({
      direction: -1,
      regimeSizeMult: 1,
    })
  })
})

describe('the end of the data', () => {
  const open = (rows: readonly Row[]) => {
    const engine = engineOf({ rows })
    for (const [velDiv, price] of rows) engine.step({ velDiv, prices: [price], volOk: true, timeMs: 7 })
    return engine
  }

  test('an open position stays open unless it is asked for, and then closes at its last valid price', () => {
    const engine = open([
      [SHORT, 100],
      [QUIET, 99.5],
      [QUIET, NONE],
    ])
    expect(engine.openPosition?.entryBar).toBe(0)
    expect(engine.closeAtEnd()).toMatchObject({
      reason: 'END_OF_DATA',
      exitBar: 2,
      barsHeld: 2,
      exitPrice: 99.5 * (1 + 0.0002),
      refundUsd: 0,
      exitTimeMs: 7,
    })
    expect(engine.openPosition).toBeUndefined()
    expect(engine.rngDraws).toBe(1)
    expect(engine.dayRecord().trades).toBe(1)
    expect(engine.closeAtEnd()).toBeUndefined()
  })

  test('a last day without bars does not hide when the last bar was', () => {
    const engine = engineOf({ rows: [] })
    engine.attach(dayOf('2026-01-05', [SHORT, QUIET], { BTCUSDT: [100, 100] }))
    engine.run(undefined, Uint8Array.of(1, 1))
    engine.beginDay({ date: '2026-01-06' })
    engine.attach(dayOf('2026-01-06', [], { BTCUSDT: [] }))
    engine.run()
    expect(engine.closeAtEnd()?.exitTimeMs).toBe(Date.parse('2026-01-05T00:00:01Z'))
  })
})

test('rows that have been run are not run again', () => {
  const engine = engineOf({ rows: [] })
  engine.attach(dayOf('2026-01-05', [SHORT, QUIET, QUIET], { BTCUSDT: [100, 100, 99] }))
  const volOk = Uint8Array.of(1, 1, 1)
  engine.run(2, volOk)
  const before = engine.snapshot()
  expect(engine.run(0)).toEqual([])
  expect(engine.run(1)).toEqual([])
  engine.run(2, volOk)
  expect(engine.snapshot()).toEqual(before)
  expect(engine.run(99, volOk).map((trade) => [trade.entryBar, trade.exitBar])).toEqual([[0, 2]])
  expect(engine.bars).toBe(3)
})

describe('misuse is refused', () => {
  const day = dayOf('2026-01-05', [QUIET], { BTCUSDT: [100] })
  test.each<[string, (engine: Engine) => unknown, string]>([
    [
      'columns of another day',
      (engine) => engine.attach({ ...day, date: '2026-01-06' }),
      'the attached columns are those of the day that has begun',
    ],
    ['running without columns', (engine) => engine.run(), 'columns are attached before run'],
    [
      'a mask of another length',
      (engine) => {
        engine.attach(day)
        engine.run(undefined, new Uint8Array(2))
      },
      'the vol_ok mask has one flag per row',
    ],
    [
      'stepping while columns are attached',
      (engine) => {
        engine.attach(day)
        engine.step({ velDiv: 0, prices: [100], volOk: true })
      },
      'bars are stepped only while no columns are attached',
    ],
    [
      'a bar with other prices than assets',
      (engine) => engine.step({ velDiv: 0, prices: [], volOk: true }),
      'a bar has one price per asset of the universe',
    ],
  ])('%s', (_, misuse, invariant) => {
    expect(() => misuse(engineOf({ rows: [] }))).toThrow(invariant)
  })

  test('columns whose times do not rise inside their day', () => {
    const two = dayOf(day.date, [0, 0], { BTCUSDT: [100, 100] })
    const backwards = { ...two, timestampNs: two.timestampNs!.toReversed() }
    const engine = engineOf({ rows: [] })
    expect(() => engine.attach(backwards)).toThrow('expected times that rise from row to row')
    engine.attach(two)
    expect(engine.run()).toEqual([])
  })

  test('an engine without a day, or without capital that is a number', () => {
    const engine = new Engine(DEFAULT_PARAMETERS, 1000)
    expect(() => engine.setPosture('APEX')).toThrow('a day has begun')
    expect(() => engine.dayRecord()).toThrow('a day has begun')
    expect(() => engine.attach(day)).toThrow('a day has begun')
    expect(() => engine.step({ velDiv: 0, prices: [], volOk: true })).toThrow('a day has begun')
    expect(() => new Engine(DEFAULT_PARAMETERS, Number.NaN)).toThrow(
      'initialCapital: expected a finite number, found NaN',
    )
  })
})
