import { describe, expect, it } from 'vitest'
import type { FeedInput, FeedTold } from '../../../../src/adapters/binance/feed/feed-messages.js'
import { MarketFeed } from '../../../../src/adapters/binance/feed/market-feed.js'
import type { RestCall, RestOutcome } from '../../../../src/adapters/binance/rest/call.js'
import type { MarketStreamEffect } from '../../../../src/adapters/binance/streams/stream-effects.js'
import type { WireCommand } from '../../../../src/adapters/binance/wire.js'

const STEP_MS = 5_000
const OFFSET_MS = 40
/** Two seconds behind a multiple of the step, on the local clock. */
const NOW = 1_800_000_000_000 + 2_000

/** A feed over parts that do what a test says: nothing is asked for, nothing comes by itself. */
class Rig {
  nowMs = NOW
  offsetMs: number | undefined = OFFSET_MS
  readonly calls: RestCall[] = []
  readonly wanted: (readonly string[])[] = []
  readonly offsets: number[] = []
  private outcomes: RestOutcome[] = []
  private frames: MarketStreamEffect[] = []
  readonly told: (FeedTold | WireCommand)[] = []
  readonly feed = new MarketFeed({
    rest: {
      handle: (input) => {
        if (input.kind === 'call') this.calls.push(input.call)
        const outcomes = this.outcomes
        this.outcomes = []
        return outcomes.map((outcome) => ({ kind: 'outcome', outcome }) as const)
      },
      nextDueMs: () => undefined,
      exchangeMs: (nowMs) => (this.offsetMs === undefined ? undefined : nowMs + this.offsetMs),
      usage: () => ({}) as never,
    },
    streams: {
      handle: (input) => {
        if (input.kind === 'want') this.wanted.push(input.streams)
        if (input.kind === 'exchangeClock') this.offsets.push(input.offsetMs)
        const frames = this.frames
        this.frames = []
        return frames
      },
      nextDueMs: () => undefined,
    },
  })

  put(input: FeedInput): void {
    this.told.push(...this.feed.handle(input, this.nowMs))
  }

  follow(symbols: readonly string[], played: readonly string[] = []): void {
    this.put({ kind: 'follow', contracts: { symbols, stepMs: STEP_MS, played } })
  }

  /** Time of the exchange. */
  passTo(exchangeMs: number): void {
    this.nowMs = exchangeMs - (this.offsetMs ?? 0)
    this.told.push(...this.feed.handle({ kind: 'time' }, this.nowMs))
  }

  frame(effect: MarketStreamEffect): void {
    this.frames.push(effect)
    this.told.push(...this.feed.handle({ kind: 'text', socketId: 'market-1', text: '' }, this.nowMs))
  }

  quote(symbol: string, [bid, ask]: readonly [string, string], stampMs: number): void {
    const data = { e: 'bookTicker', s: symbol, u: 1, b: bid, B: '1', a: ask, A: '1', T: stampMs, E: stampMs }
    this.frame({ kind: 'frame', stream: `${symbol.toLowerCase()}@bookTicker`, data })
  }

  mark(symbol: string, price: string, stampMs: number): void {
    const data = { e: 'markPriceUpdate', s: symbol, p: price, i: price, r: '0.0001', T: 0, E: stampMs }
    this.frame({ kind: 'frame', stream: `${symbol.toLowerCase()}@markPrice@1s`, data })
  }

  answer(outcome: RestOutcome): void {
    this.outcomes.push(outcome)
    const input = { kind: 'httpAnswer', httpId: 1, status: 200, headers: {}, body: '' } as const
    this.told.push(...this.feed.handle(input, this.nowMs))
  }

  steps(): (readonly [afterMs: number, ...prices: number[]])[] {
    return this.told.flatMap(
      (told) => (told.kind === 'step' ? [[told.step.timeMs - FIRST, ...told.step.prices]] : []) as never,
    )
  }
}

/** The end of the first step, by the exchange's clock. */
const FIRST = 1_800_000_000_000 + STEP_MS

describe('the market feed', () => {
  it('wants best quotes and marks of what it follows, and levels of what is played', () => {
    const rig = new Rig()
    rig.follow(['BTCUSDT', 'ETHUSDT'], ['ETHUSDT'])
    expect(rig.wanted).toEqual([
      [
        'btcusdt@bookTicker',
        'btcusdt@markPrice@1s',
        'ethusdt@bookTicker',
        'ethusdt@markPrice@1s',
        'ethusdt@depth20@500ms',
      ],
    ])
  })

  it('closes a step when the exchange’s clock reads a multiple of it, not the local one', () => {
    const rig = new Rig()
    rig.follow(['BTCUSDT'])
    expect(rig.feed.nextDueMs()).toBe(FIRST - OFFSET_MS)
    rig.quote('BTCUSDT', ['99', '101'], FIRST - 100)
    rig.passTo(FIRST - 1)
    expect(rig.steps()).toEqual([])
    rig.passTo(FIRST)
    expect(rig.steps()).toEqual([[0, 100]])
  })

  it('closes a step before it takes a frame that comes after its end', () => {
    const rig = new Rig()
    rig.follow(['BTCUSDT'])
    rig.quote('BTCUSDT', ['99', '101'], FIRST - 100)
    rig.nowMs = FIRST + 10 - OFFSET_MS
    // Stamped before the end, and heard of after it: nobody who stood there then would have known.
    rig.quote('BTCUSDT', ['109', '111'], FIRST - 1)
    expect(rig.steps()).toEqual([[0, 100]])
    rig.passTo(FIRST + STEP_MS)
    expect(rig.steps()[1]).toEqual([STEP_MS, 110])
  })

  it('falls back to the mark when quotes go dark, with a missing step between the two', () => {
    const rig = new Rig()
    rig.follow(['BTCUSDT'])
    rig.quote('BTCUSDT', ['99', '101'], FIRST - 100)
    rig.passTo(FIRST)
    rig.mark('BTCUSDT', '98', FIRST + 10)
    rig.frame({ kind: 'dark', streams: ['btcusdt@bookTicker'] })
    rig.passTo(FIRST + STEP_MS)
    rig.passTo(FIRST + 2 * STEP_MS)
    expect(rig.steps()).toEqual([
      [0, 100],
      [STEP_MS, Number.NaN],
      [2 * STEP_MS, 98],
    ])
  })

  it('begins when four fifths of the contracts have a price, or two steps after the first of them', () => {
    const rig = new Rig()
    const symbols = ['A', 'B', 'C', 'D', 'E'].map((name) => `${name}USDT`)
    rig.follow(symbols)
    rig.passTo(FIRST)
    for (const symbol of symbols.slice(0, 4)) rig.mark(symbol, '5', FIRST + 1)
    rig.passTo(FIRST + STEP_MS)
    expect(rig.steps()).toEqual([[STEP_MS, 5, 5, 5, 5, Number.NaN]])

    const slow = new Rig()
    slow.follow(symbols)
    for (const [step, price] of ['1', '2', '3'].entries()) {
      slow.mark('AUSDT', price, FIRST + step * STEP_MS - 1)
      slow.passTo(FIRST + step * STEP_MS)
    }
    expect(slow.steps().map(([after, price]) => [after, price])).toEqual([[2 * STEP_MS, 3]])
  })

  it('closes steps that are up to two steps late, and leaves out those that are later', () => {
    const rig = new Rig()
    rig.follow(['BTCUSDT'])
    rig.mark('BTCUSDT', '100', FIRST - 1)
    rig.passTo(FIRST)
    rig.passTo(FIRST + 2 * STEP_MS)
    expect(rig.steps().map(([after]) => after / STEP_MS)).toEqual([0, 1, 2])
    rig.passTo(FIRST + 1_000 * STEP_MS + 1)
    expect(rig.steps().map(([after]) => after / STEP_MS)).toEqual([0, 1, 2, 1_000])
    expect(rig.steps().at(-1)).toEqual([1_000 * STEP_MS, Number.NaN])
  })

  describe('when the exchange’s clock leaps an hour ahead', () => {
    const LEAP_MS = 3_600_000
    const leapt = () => {
      const rig = new Rig()
      rig.follow(['BTCUSDT'])
      rig.mark('BTCUSDT', '100', FIRST - 1)
      rig.passTo(FIRST)
      rig.offsetMs! += LEAP_MS
      return rig
    }
    const stepsOf = (rig: Rig) => rig.steps().map(([afterMs]) => afterMs / STEP_MS)

    it('and back within a minute, steps go on as if it had not', () => {
      const rig = leapt()
      rig.passTo(FIRST + LEAP_MS + 6 * STEP_MS)
      expect(rig.feed.nextDueMs()).toBeGreaterThan(rig.nowMs)
      rig.offsetMs! -= LEAP_MS
      rig.passTo(FIRST + 7 * STEP_MS)
      rig.passTo(FIRST + 8 * STEP_MS)
      expect(stepsOf(rig)).toEqual([0, 7, 8])
    })

    it('and stays there, steps go on from there a minute later', () => {
      const rig = leapt()
      rig.passTo(FIRST + LEAP_MS + STEP_MS)
      rig.passTo(rig.feed.nextDueMs()! + rig.offsetMs!)
      rig.passTo(FIRST + LEAP_MS + 14 * STEP_MS)
      expect(stepsOf(rig)).toEqual([0, (LEAP_MS + 13 * STEP_MS) / STEP_MS, (LEAP_MS + 14 * STEP_MS) / STEP_MS])
    })

    it('and back after that, it is said that no step ends before it is reached again', () => {
      const rig = leapt()
      rig.passTo(FIRST + LEAP_MS)
      rig.passTo(FIRST + LEAP_MS + 13 * STEP_MS)
      rig.offsetMs! -= LEAP_MS
      rig.passTo(FIRST + 14 * STEP_MS)
      rig.passTo(FIRST + 15 * STEP_MS)
      expect(rig.told.filter(({ kind }) => kind === 'notice')).toMatchObject([{ level: 'ERROR', code: 'STEPS_WAIT' }])
    })
  })

  it('has no steps before the exchange’s clock is known', () => {
    const rig = new Rig()
    rig.offsetMs = undefined
    rig.follow(['BTCUSDT'])
    rig.passTo(FIRST + 1)
    expect(rig.steps()).toEqual([])
    rig.offsetMs = OFFSET_MS
    rig.answer({ kind: 'done', callId: 'other:1', value: {}, sentAtExchangeMs: 0 })
    expect(rig.feed.nextDueMs()).toBeLessThanOrEqual(rig.nowMs + STEP_MS)
    expect(rig.offsets).toEqual([OFFSET_MS])
  })

  it('passes over frames that are malformed, of a contract margined in coins, or of nobody it follows', () => {
    const rig = new Rig()
    rig.follow(['BTCUSDT'])
    rig.quote('BTCUSDT', ['99', '1e2'], FIRST - 3)
    const coin = { s: 'BTCUSDT', p: '7', i: '7', r: '0', T: 0, E: FIRST - 2, st: 2 }
    rig.frame({ kind: 'frame', stream: 'btcusdt@markPrice@1s', data: coin })
    rig.quote('ETHUSDT', ['99', '101'], FIRST - 1)
    for (const step of [0, 1, 2, 3]) rig.passTo(FIRST + step * STEP_MS)
    expect(rig.steps()).toEqual([])
  })

  it('asks again for what it had no answer to, and says so when it is refused for good', () => {
    const rig = new Rig()
    rig.put({ kind: 'ask', route: 'exchangeInfo' })
    rig.answer({ kind: 'unknown', callId: rig.calls[0]!.callId, message: 'cut' })
    expect(rig.feed.nextDueMs()).toBe(rig.nowMs + 5_000)
    rig.passTo(rig.nowMs + OFFSET_MS + 5_000)
    expect(rig.calls.map(({ route }) => route)).toEqual(['exchangeInfo', 'exchangeInfo'])
    rig.answer({ kind: 'done', callId: rig.calls[1]!.callId, value: { symbols: [] }, sentAtExchangeMs: 0 })
    rig.put({ kind: 'ask', route: 'ticker24h' })
    const error = { httpStatus: 451, code: 0, message: 'restricted location', rejectCode: null }
    rig.answer({ kind: 'refused', callId: rig.calls[2]!.callId, error })
    expect(rig.told).toEqual([
      { kind: 'answer', route: 'exchangeInfo', value: { symbols: [] } },
      { kind: 'noAnswer', route: 'ticker24h', message: 'restricted location' },
    ])
  })

  it('looks each hour whether what it follows still trades, and tells each change once', () => {
    const rig = new Rig()
    rig.offsetMs = undefined
    rig.follow(['BTCUSDT', 'ETHUSDT'])
    const hour = 3_600_000
    const fit = { contractType: 'PERPETUAL', status: 'TRADING', quoteAsset: 'USDT', marginAsset: 'USDT' }
    const row = (symbol: string, changes = {}) => ({ symbol, underlyingType: 'COIN', ...fit, ...changes })
    const settling = [row('BTCUSDT'), row('ETHUSDT', { status: 'SETTLING' })]
    const trading = [row('BTCUSDT'), row('ETHUSDT')]
    for (const symbols of [trading, settling, settling, 'maintenance', trading]) {
      rig.passTo(rig.feed.nextDueMs()!)
      rig.answer({ kind: 'done', callId: rig.calls.at(-1)!.callId, value: { symbols }, sentAtExchangeMs: 0 })
    }
    expect(rig.nowMs).toBe(NOW + 5 * hour)
    expect(rig.told).toMatchObject([
      { kind: 'notice', level: 'WARNING', code: 'NOT_TRADED', message: expect.stringMatching(/^ETHUSDT .*"SETTLING"/) },
      { kind: 'notice', level: 'INFO', code: 'TRADES_AGAIN' },
    ])
  })

  it('fetches a history while steps go on, and tells it once it is whole', () => {
    const rig = new Rig()
    rig.follow(['BTCUSDT', 'ETHUSDT'])
    rig.put({ kind: 'fetchHistory', untilMs: FIRST - 60_000, minutes: 2 })
    for (const { callId } of rig.calls.slice())
      rig.answer({ kind: 'done', callId, value: [[FIRST - 120_000, '1', '1', '1', '7']], sentAtExchangeMs: 0 })
    expect(rig.told).toMatchObject([
      { kind: 'historyProgress', done: 1, total: 2 },
      { kind: 'historyProgress', done: 2, total: 2 },
      { kind: 'history', history: { timesMs: [FIRST - 60_000], rows: [Float64Array.of(7, 7)], without: [] } },
    ])
  })
})
