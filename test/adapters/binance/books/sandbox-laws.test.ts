import { describe, expect, it } from 'vitest'
import type { FollowedMarket } from '../../../../src/ports/market-data.js'
import { SandboxMarketData, START_MS } from './sandbox-market-data.js'

const DIFFS: Omit<FollowedMarket, 'symbols'> = {
  books: { kind: 'diffs', everyMs: 100 },
  liquidations: false,
  marks: false,
}
const FOUR = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', '币安人生USDT']

function following(symbols = FOUR, options: Partial<ConstructorParameters<typeof SandboxMarketData>[0]> = {}) {
  const at = new SandboxMarketData({ symbols, ...options })
  at.passMs(1_000)
  at.data.follow({ symbols, ...DIFFS })
  at.passMs(10_000)
  return at
}

describe('books of the sandbox’s exchange', () => {
  it('are live, and equal to the exchange’s own after thousands of diffs', () => {
    const at = following()
    at.passMs(120_000)
    expect(at.of('depth').length).toBeGreaterThan(4_000)
    expect(at.keeper.live).toBe(4)
    expect(at.wrongBooks(FOUR)).toEqual([])
    expect(at.keeper.resyncs).toEqual([])
    expect(at.of('lost')).toEqual([])
    expect(at.data.health()).toEqual({
      connections: 2,
      malformed: {},
      reconnects: {},
      dead: [],
      trades: { repeated: 0, missed: 0 },
    })
  })

  it('are lost when every socket is cut, and right again afterwards', () => {
    const at = following()
    at.exchange.faults.strike('cutSockets')
    at.passMs(500)
    expect(
      at
        .of('lost')
        .flatMap(({ symbols }) => symbols)
        .sort(),
    ).toEqual([...FOUR].sort())
    expect(at.of('lost')[0]!.atMs).toBeGreaterThan(START_MS)
    at.passMs(20_000)
    expect(at.wrongBooks(FOUR)).toEqual([])
    expect(at.data.health().reconnects).toEqual({ closed: 2 })
  })

  it('are lost when the sockets fall silent, and right again afterwards', () => {
    const at = following()
    at.exchange.faults.set('silentSockets', true)
    at.passMs(40_000)
    expect(
      at
        .of('lost')
        .flatMap(({ symbols }) => symbols)
        .sort(),
    ).toEqual([...FOUR].sort())
    at.exchange.faults.set('silentSockets', false)
    at.passMs(90_000)
    expect(at.wrongBooks(FOUR)).toEqual([])
    expect(at.data.health().reconnects.silent).toBeGreaterThan(0)
  })

  it('are right through a day, when sockets are changed for their age, without one being lost', () => {
    const at = following(['BTCUSDT'], { stepMs: 5_000 })
    at.passMs(25 * 3_600_000)
    expect(at.data.health().reconnects).toEqual({ age: 2 })
    expect(at.of('lost')).toEqual([])
    expect(at.wrongBooks(['BTCUSDT'])).toEqual([])
  })

  it('are asked for anew where ids jump, and right again', () => {
    const at = following()
    at.exchange.faults.set('depthGapShare', 0.02)
    at.passMs(60_000)
    at.exchange.faults.set('depthGapShare', 0)
    at.passMs(60_000)
    expect(at.keeper.resyncs.length).toBeGreaterThan(5)
    expect(at.wrongBooks(FOUR)).toEqual([])
  })

  it('are right though snapshots are older than what their streams have told', () => {
    const at = new SandboxMarketData({ symbols: FOUR })
    at.exchange.faults.set('depthSnapshotLagMs', 3_000)
    at.passMs(1_000)
    at.data.follow({ symbols: FOUR, ...DIFFS })
    at.passMs(60_000)
    expect(at.of('snapshot').length).toBeGreaterThan(4)
    expect(at.wrongBooks(FOUR)).toEqual([])
  })

  it.each(['request', 'answer'] as const)('are right in spite of snapshots whose %s is lost on the way', (lost) => {
    const at = new SandboxMarketData({ symbols: FOUR })
    let lostOnes = 0
    at.wire.lose = (target) => (target.includes('/depth') && ++lostOnes <= 3 ? lost : undefined)
    at.passMs(1_000)
    at.data.follow({ symbols: FOUR, ...DIFFS })
    at.passMs(60_000)
    expect(at.of('snapshotFailed')).toHaveLength(3)
    expect(at.wrongBooks(FOUR)).toEqual([])
  })

  it.each([
    ['ban', 'BANNED'],
    ['limit', 'RATE_LIMITED'],
    ['maintenance', undefined],
  ] as const)('are right again after %s of the REST API', (act, code) => {
    const at = new SandboxMarketData({ symbols: FOUR })
    at.passMs(1_000)
    at.exchange.faults.strike(act, 90_000)
    at.data.follow({ symbols: FOUR, ...DIFFS })
    at.passMs(80_000)
    expect(at.keeper.live).toBe(0)
    expect(at.of('snapshotFailed').length).toBeGreaterThan(0)
    at.passMs(240_000)
    expect(at.wrongBooks(FOUR)).toEqual([])
    if (code !== undefined) expect(at.notices()).toContain(code)
  })
})

describe('a page of HTML', () => {
  it('in place of every other answer leaves the books right in the end', () => {
    const at = new SandboxMarketData({ symbols: FOUR })
    at.exchange.faults.set('htmlShare', 0.5)
    at.passMs(30_000)
    at.data.follow({ symbols: FOUR, ...DIFFS })
    at.passMs(120_000)
    expect(at.wrongBooks(FOUR)).toEqual([])
  })
})

describe('the exchange’s clock', () => {
  it.each([-120_000, 0, 90_000])('is known by its own, %s ms ahead of the one here', (offsetMs) => {
    const at = new SandboxMarketData({ symbols: FOUR })
    at.exchange.faults.set('clockOffsetMs', offsetMs)
    expect(at.data.exchangeMs()).toBeUndefined()
    at.passMs(5_000)
    expect(Math.abs(at.data.exchangeMs()! - at.time.epochMs() - offsetMs)).toBeLessThan(50)
  })

  it('never goes back, and follows a leap after a minute', () => {
    const at = following()
    let lastMs = at.data.exchangeMs()!
    const pass = (seconds: number): void => {
      for (let i = 0; i < seconds; i++) {
        at.passMs(1_000)
        expect(at.data.exchangeMs()!).toBeGreaterThanOrEqual(lastMs)
        lastMs = at.data.exchangeMs()!
      }
    }
    at.exchange.faults.set('clockOffsetMs', 600_000)
    pass(50)
    expect(lastMs - at.time.epochMs()).toBeLessThan(1_000)
    pass(70)
    expect(lastMs - at.time.epochMs()).toBeGreaterThan(599_000)
    at.exchange.faults.set('clockOffsetMs', 0)
    pass(60)
  })
})

describe('what is listed', () => {
  it('is told at the start and each hour: perpetuals in USDT that trade, by their precisions', () => {
    const at = new SandboxMarketData({ symbols: FOUR, stepMs: 60_000 })
    at.passMs(3 * 3_600_000 + 60_000)
    const listed = at.of('listed')
    expect(listed).toHaveLength(4)
    expect(listed[0]!.contracts).toEqual([
      { symbol: 'BTCUSDT', priceDecimals: 2, quantityDecimals: 3 },
      ...FOUR.slice(1).map((symbol) => ({ symbol, priceDecimals: 2, quantityDecimals: 2 })),
    ])
  })

  it('is told at once when a symbol is listed, settled or halted, and when it trades again', () => {
    const at = new SandboxMarketData({ symbols: FOUR, exchange: { market: { listedLater: ['SOLUSDT'] } } })
    const symbols = () => at.of('listed').map(({ contracts }) => contracts.map(({ symbol }) => symbol).join(' '))
    at.passMs(60_000)
    at.exchange.faults.strike('listSymbol', 'SOLUSDT')
    at.passMs(10_000)
    at.exchange.faults.strike('settleSymbol', 'BTCUSDT')
    at.passMs(10_000)
    at.exchange.faults.strike('haltSymbol', 'ETHUSDT')
    at.passMs(10_000)
    at.exchange.faults.strike('resumeSymbol', 'ETHUSDT')
    at.passMs(10_000)
    expect(symbols()).toEqual([
      'BTCUSDT ETHUSDT 币安人生USDT',
      'BTCUSDT ETHUSDT SOLUSDT 币安人生USDT',
      'ETHUSDT SOLUSDT 币安人生USDT',
      'SOLUSDT 币安人生USDT',
      'ETHUSDT SOLUSDT 币安人生USDT',
    ])
  })

  it('can be followed as it changes: a symbol that joins has its book, and one that left is not lost', () => {
    const at = following(FOUR, { exchange: { market: { listedLater: ['SOLUSDT'] } } })
    at.exchange.faults.strike('listSymbol', 'SOLUSDT')
    at.passMs(5_000)
    at.data.follow({ symbols: ['SOLUSDT', 'ETHUSDT'], ...DIFFS })
    at.passMs(100_000)
    expect(at.wrongBooks(['SOLUSDT', 'ETHUSDT'])).toEqual([])
    const seen = at.events.length
    at.passMs(10_000)
    expect(new Set(at.events.slice(seen).flatMap((event) => (event.kind === 'depth' ? [event.symbol] : [])))).toEqual(
      new Set(['SOLUSDT', 'ETHUSDT']),
    )
  })
})

describe('beside the books', () => {
  it('marks and open interest of each followed symbol come, and of nothing else', () => {
    const at = new SandboxMarketData({ symbols: [...FOUR, 'XRPUSDT', 'ADAUSDT', 'DOTUSDT'] })
    at.keeper.isIdle = true
    at.passMs(1_000)
    const symbols = [...FOUR, 'XRPUSDT', 'ADAUSDT']
    const partial = { kind: 'partial', levels: 5, everyMs: 500 } as const
    at.data.follow({ symbols, books: partial, liquidations: true, marks: true, openInterestEveryMs: 6_000 })
    at.passMs(20_000)
    const names = (kind: 'mark' | 'openInterest' | 'depth') =>
      [...new Set(at.of(kind).map(({ symbol }) => symbol))].sort()
    expect(names('mark')).toEqual([...symbols].sort())
    expect(names('depth')).toEqual([...symbols].sort())
    expect(names('openInterest')).toEqual([...symbols].sort())
    const asked = at.of('openInterest').map(({ receivedMs }) => receivedMs)
    expect(asked).toHaveLength(20)
    const apart = asked.slice(1).map((ms, i) => ms - asked[i]!)
    expect(Math.min(...apart)).toBeGreaterThan(900)
    expect(at.of('mark')[0]).toMatchObject({ nextFundingMs: Date.UTC(2026, 9, 7, 16) })
    expect(at.data.health()).toMatchObject({ connections: 2, malformed: {} })
  })

  it('a liquidation of a followed symbol comes with the price at which it was filled', () => {
    const at = new SandboxMarketData({ symbols: FOUR })
    at.passMs(1_000)
    at.data.follow({ symbols: FOUR, ...DIFFS, liquidations: true })
    at.passMs(5_000)
    at.exchange.faults.strike('foreignOrder', 'BTCUSDT')
    at.passMs(2_000)
    at.exchange.faults.strike('liquidate')
    at.passMs(2_000)
    const told = at.of('liquidation')
    expect(told).toMatchObject([{ symbol: 'BTCUSDT', side: 'SELL', receivedMs: expect.any(Number) }])
    expect(told[0]!.price).toBeGreaterThan(0)
    expect(told[0]!.baseQuantity).toBeGreaterThan(0)
  })

  it('540 books at a start take minutes within the exchange’s limits, and people are told how far that is', () => {
    const symbols = Array.from({ length: 540 }, (_, i) => `A${i}USDT`)
    const at = new SandboxMarketData({ symbols, stepMs: 2_000, exchange: { market: { bookLevels: 5 } } })
    at.passMs(1_000)
    at.data.follow({ symbols, ...DIFFS })
    at.passMs(60_000)
    expect(at.keeper.live).toBeGreaterThan(50)
    expect(at.keeper.live).toBeLessThan(300)
    expect(at.data.health().connections).toBe(4)
    at.passMs(9 * 60_000)
    expect(at.keeper.live).toBe(540)
    const told = at.of('notice').filter(({ code }) => code === 'SNAPSHOTS')
    expect(told.length).toBeGreaterThan(5)
    expect(told.at(-1)!.message).toBe('540 snapshots have come.')
    expect(at.of('snapshotFailed')).toEqual([])
    expect(new Set(at.notices())).toEqual(new Set(['SNAPSHOTS']))
    expect(at.of('lost')).toEqual([])
  })
})

describe('trades of the sandbox’s exchange', () => {
  const wish: FollowedMarket = {
    ...{ symbols: FOUR, ...DIFFS, liquidations: true, trades: true },
    ...{ openInterestEveryMs: 10_000, settledFundingEveryMs: 60_000 },
  }

  function trading(options: Partial<ConstructorParameters<typeof SandboxMarketData>[0]> = {}): SandboxMarketData {
    const at = new SandboxMarketData({ symbols: FOUR, ...options })
    at.passMs(1_000)
    at.data.follow(wish)
    at.passMs(10_000)
    return at
  }

  /** Numbers that were told of each symbol, less the number before: ones, where none is missing or comes twice. */
  function steps(at: SandboxMarketData): Record<string, number[]> {
    const numbers = Object.fromEntries(FOUR.map((symbol) => [symbol, [] as number[]]))
    for (const { symbol, venueId } of at.of('trade')) numbers[symbol]!.push(venueId)
    return Object.fromEntries(
      Object.entries(numbers).map(([symbol, ids]) => [symbol, [...new Set(ids.slice(1).map((id, i) => id - ids[i]!))]]),
    )
  }

  const WHOLE = Object.fromEntries(FOUR.map((symbol) => [symbol, [1]]))

  it('come once each and in order, within the second', () => {
    const at = trading()
    at.passMs(60_000)
    expect(at.of('trade').length).toBeGreaterThan(400)
    expect(steps(at)).toEqual(WHOLE)
    expect(Math.max(...at.of('trade').map(({ atMs, receivedMs }) => receivedMs - atMs))).toBeLessThan(1_000)
  })

  it('that streams leave out and bring twice come all the same, once each and in order', () => {
    const at = trading()
    let asked = 0
    at.wire.lose = (target) => {
      if (target.includes('/aggTrades')) asked++
      return undefined
    }
    at.exchange.faults.set('tradeGapShare', 0.05)
    at.exchange.faults.set('tradeRepeatShare', 0.2)
    at.passMs(60_000)
    at.exchange.faults.clear()
    at.passMs(10_000)
    expect(steps(at)).toEqual(WHOLE)
    expect(asked).toBeGreaterThan(5)
  })

  it('of the time without a connection are asked for', () => {
    const at = trading()
    at.exchange.faults.strike('cutSockets')
    at.passMs(60_000)
    expect(steps(at)).toEqual(WHOLE)
    expect(at.notices()).not.toContain('TRADES_MISSED')
  })

  it('that cannot be asked for any more are told to be missed, and those behind them come', () => {
    const at = trading()
    at.exchange.faults.set('tradeGapShare', 0.05)
    at.wire.lose = (target) => (target.includes('/aggTrades') ? 'answer' : undefined)
    at.passMs(60_000)
    expect(at.notices()).toContain('TRADES_MISSED')
    at.exchange.faults.clear()
    at.passMs(30_000)
    expect(at.of('trade').at(-1)!.receivedMs).toBeGreaterThan(at.time.epochMs() - 1_000)
  })

  it('come with the cascade that they are of: forced orders, and open interest that falls', () => {
    const at = trading()
    at.exchange.faults.strike('cascade', 'BTCUSDT')
    at.passMs(60_000)
    expect(at.of('liquidation').filter(({ symbol }) => symbol === 'BTCUSDT').length).toBeGreaterThan(20)
    const interest = at.of('openInterest').filter(({ symbol }) => symbol === 'BTCUSDT')
    expect(interest.at(-1)!.openInterest / interest[0]!.openInterest).toBeLessThan(0.9)
  })

  it('stand beside the rates that settle, each told once and within half a minute', () => {
    const at = trading({ stepMs: 60_000 })
    at.passMs(Date.UTC(2026, 9, 7, 16, 0, 30) - START_MS)
    const settled = at.of('settledFunding')
    expect(settled.map(({ symbol }) => symbol).sort()).toEqual([...FOUR].sort())
    expect(Math.max(...settled.map(({ atMs, receivedMs }) => receivedMs - atMs))).toBeLessThan(30_000)
  })
})
