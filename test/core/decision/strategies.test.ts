import { describe, expect, it } from 'vitest'
import { Strategies } from '../../../src/core/decision/strategies.js'
import type { BooksNeeded } from '../../../src/ports/order-book.js'
import type { Mandate, StrategyBar } from '../../../src/ports/strategy.js'
import { type Script, ScriptedStrategy } from '../../support/scripted-strategy.js'

const BAR: StrategyBar = {
  bar: 1,
  timestampMs: 5000,
  symbols: ['BTCUSDT'],
  prices: Float64Array.of(50_000),
  velDiv: 0,
  volOk: true,
  posture: 'APEX',
}
const HOLD: Script = () => [{ type: 'HOLD', symbol: 'BTCUSDT', reason: 'HELD' }]
const THROWS: Script = () => {
  throw new Error('out of its depth')
}

class Liar extends ScriptedStrategy {
  override onBar(): readonly Mandate[] {
    return super.onBar(BAR).map((mandate) => ({ ...mandate, strategyId: 'blue' }))
  }
}

describe('strategies', () => {
  it('go on when one of them throws', () => {
    const all = new Strategies([new ScriptedStrategy('blue', THROWS), new ScriptedStrategy('green', HOLD)])
    const { mandates, faults } = all.onBar(BAR, {})
    expect(mandates.map(({ strategyId }) => strategyId)).toEqual(['green'])
    expect(faults).toEqual([{ strategyId: 'blue', call: 'onBar', message: 'out of its depth' }])
  })

  it('that are blocked see no bar, and are told of their fills all the same', () => {
    const blue = new ScriptedStrategy('blue', HOLD)
    const all = new Strategies([blue])
    expect(all.onBar(BAR, { blue: 'threw' }).mandates).toEqual([])
    all.tell([{ strategyId: 'blue', kind: 'dropped', symbol: 'BTCUSDT', reason: 'REJECT_LATCHED' }])
    expect(blue.state).toMatchObject({ bars: 0, dropped: ['BTCUSDT REJECT_LATCHED'] })
  })

  it.each<[string, ScriptedStrategy]>([
    [
      'a mandate’s notionalUsd'.replace('’', "'"),
      new ScriptedStrategy('x', () => [{ type: 'REDUCE', symbol: 'A', reason: '' }]),
    ],
    ["a mandate's strategyId: x expected, blue found", new Liar('x', HOLD)],
  ])('are at fault for %s, and none of their mandates counts', (message, strategy) => {
    const { mandates, faults } = new Strategies([strategy]).onBar(BAR, {})
    expect(mandates).toEqual([])
    expect(faults[0]?.message).toContain(message)
  })

  it('have ids of their own, none of them the risk layer’s', () => {
    const named = (...ids: readonly string[]) => new Strategies(ids.map((id) => new ScriptedStrategy(id, HOLD)))
    expect(() => named('blue', 'blue')).toThrow('strategy id blue')
    expect(() => named('risk')).toThrow('strategy id risk')
    expect(() => named('')).toThrow('strategy id')
    expect(() => named('my strategy')).toThrow('strategy id my strategy: expected 1 to 64 visible ASCII characters')
    expect(named('blue', 'green').ids).toEqual(['blue', 'green'])
  })

  it('are restored each from its own snapshot, or refuse', () => {
    const all = new Strategies([new ScriptedStrategy('blue', HOLD)])
    all.onBar(BAR, {})
    const { snapshots } = all.snapshots()
    const blue = new ScriptedStrategy('blue', HOLD)
    new Strategies([blue]).restore(snapshots)
    expect(blue.state.bars).toBe(1)
    expect(() => new Strategies([new ScriptedStrategy('green', HOLD)]).restore(snapshots)).toThrow(
      'a snapshot of green expected, of blue found',
    )
  })
})

describe('the books of a bar', () => {
  const ROW = { imbalanceMa5: 0, persistence: 0, withdrawalVelocity: 0, depthQuality: 1, fillProbability: 0 }
  const BOOKS = { macro: { cascadeCount: 1, regimeSignal: 0 }, rows: { BTCUSDT: ROW, ETHUSDT: ROW, XRPUSDT: ROW } }
  const FULL = { ...BAR, books: BOOKS }

  class Asking extends ScriptedStrategy {
    constructor(
      id: string,
      private readonly need: BooksNeeded | Error,
    ) {
      super(id, HOLD)
    }

    booksNeeded(): BooksNeeded {
      if (this.need instanceof Error) throw this.need
      return this.need
    }
  }

  it.each<[string, readonly (readonly [id: string, need: BooksNeeded | Error])[], readonly string[] | undefined]>([
    ['nobody asks for any', [['blue', 'none']], undefined],
    [
      'one asks for all',
      [
        ['blue', 'none'],
        ['green', 'all'],
      ],
      ['BTCUSDT', 'ETHUSDT', 'XRPUSDT'],
    ],
    [
      'two ask for some',
      [
        ['blue', ['XRPUSDT']],
        ['green', ['BTCUSDT', 'SOLUSDT']],
      ],
      ['XRPUSDT', 'BTCUSDT'],
    ],
    ['one cannot say', [['blue', new Error('lost')]], ['BTCUSDT', 'ETHUSDT', 'XRPUSDT']],
    [
      'only one that is blocked asks',
      [
        ['blocked', 'all'],
        ['blue', 'none'],
      ],
      undefined,
    ],
  ])('are those that are asked for: %s', (_, strategies, symbols) => {
    const all = new Strategies(strategies.map(([id, need]) => new Asking(id, need)))
    const { books, ...rest } = all.withNeeded(FULL, { blocked: 'threw' })
    expect(books && Object.keys(books.rows)).toEqual(symbols)
    if (books !== undefined) expect(books.macro).toBe(BOOKS.macro)
    expect(rest).toEqual(BAR)
  })

  it('are nobody’s where no strategy knows of books, and a bar without them stays as it is', () => {
    const all = new Strategies([new ScriptedStrategy('blue', HOLD)])
    expect(all.withNeeded(FULL, {})).toEqual(BAR)
    expect(all.withNeeded(BAR, {})).toBe(BAR)
  })
})
