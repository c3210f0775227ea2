import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../../../../src/core/decision/records.js'
import { type DecisionState, initialState } from '../../../../src/core/decision/state.js'
import { DAILY_RESULT, SIGNALS, TRADER_STATE } from '../../../../src/core/grid/trader-documents.js'
import type { Mandate, StrategyBar } from '../../../../src/ports/strategy.js'
import { TraderResults } from '../../../../src/runtime/services/trader/trader-results.js'

const DAY_MS = 86_400_000
const START_MS = Date.parse('2026-03-01T00:00:00Z')

/** Results of a session whose records a test makes. */
class Session {
  readonly written = new Map<string, string>()
  readonly failures: string[] = []
  state: DecisionState = initialState({ initialBalanceUsd: '1000' })
  snapshot: () => unknown = () => ({ schema: 'of a test' })
  missed = 0
  nowMs = START_MS
  readonly results = new TraderResults({
    strategy: 'champion',
    colour: 'BLUE',
    parametersHash: '0'.repeat(16),
    start: { initialCapitalUsd: '1000', startedAtMs: START_MS },
    leverage: { max: 2, absoluteMax: 5 },
    put: (map, key, text) => this.written.set(`${map}[${key}]`, text),
    nowMs: () => this.nowMs,
    snapshot: () => this.snapshot(),
    scansMissed: () => this.missed,
    failed: (text) => this.failures.push(text),
  })
  private records = 0

  constructor() {
    this.results.attach(() => this.state)
  }

  bar(timestampMs: number, more: Partial<StrategyBar> = {}): void {
    const bar = this.state.bar + 1
    this.state = { ...this.state, bar, barAtMs: timestampMs, posture: more.posture ?? 'APEX' }
    this.record({
      type: 'bar',
      bar: { bar, timestampMs, prices: [], velDiv: 0, volOk: true, posture: 'APEX', ...more } as never,
    })
  }

  /** A trade that gains so many USD. */
  trade(id: string, closedAtMs: number, gainUsd: number): void {
    const [symbol, strategy] = ['BTCUSDT', 'champion']
    const open = { tradeId: id, symbol, strategy, direction: 'LONG', openedAtMs: closedAtMs - 1, entryBar: 0 }
    const asked = { entryBarAtMs: 0, requestedPrice: '1', targetNotionalUsd: '100', orderedQuantity: '100' }
    this.record({ type: 'report', opened: { ...open, ...asked } } as never)
    this.closing(id, closedAtMs, gainUsd)
  }

  closing(tradeId: string, closedAtMs: number, gainUsd: number): void {
    const values = { quantity: '100', entryValueUsd: '100', exitValueUsd: String(100 + gainUsd), entryFeesUsd: '0' }
    const rest = { exitFeesUsd: '0', fundingUsd: '0', exitBar: 0, requestedPrice: '1', purpose: 'EXIT', reason: 'TP' }
    this.record({ type: 'report', closed: { tradeId, closedAtMs, ...values, ...rest } } as never)
  }

  day(date: string) {
    const text = this.written.get(`DOLPHIN_PNL_BLUE[${date}:live]`)
    if (text === undefined) return undefined
    const reading = DAILY_RESULT.read(text)
    if ('refused' in reading) expect.fail(JSON.stringify(reading.refused))
    return reading.value
  }

  traderState() {
    const reading = TRADER_STATE.read(this.written.get('DOLPHIN_STATE_BLUE[latest_live]')!)
    if ('refused' in reading) expect.fail(JSON.stringify(reading.refused))
    return reading.value
  }

  signals() {
    const reading = SIGNALS.read(this.written.get('DOLPHIN_SIGNALS[champion]')!)
    if ('refused' in reading) expect.fail(JSON.stringify(reading.refused))
    return reading.value
  }

  private record(fact: object): void {
    this.results.recorded({ n: ++this.records, atMs: this.nowMs, inputs: '', ...fact } as unknown as DecisionRecord)
  }
}

const mandate = (more: Partial<Mandate> = {}): Mandate => ({
  ...{ strategyId: 'champion', symbol: 'BTCUSDT', type: 'EXIT', authority: 1, timestampMs: 0, reason: 'SIGNAL' },
  ...more,
})

describe('the result of a day', () => {
  it('is written as the day ended, however many days end between two writes', () => {
    const session = new Session()
    for (let day = 0; day < 3; day++) {
      const date = new Date(START_MS + day * DAY_MS).toISOString().slice(0, 10)
      const atMs = START_MS + day * DAY_MS
      session.bar(atMs, { day: { date, boost: 1 + day / 2, beta: day / 4, forewarner: day === 1 ? 'ORANGE' : 'OK' } })
      session.trade(`t${day}`, atMs + 2000, 10 * (day + 1))
      session.missed += day
      session.bar(atMs + 5000, { posture: day === 2 ? 'TURTLE' : 'APEX' })
    }
    session.results.write()
    expect(['2026-03-01', '2026-03-02', '2026-03-03'].map((date) => session.day(date))).toMatchObject([
      { pnl: 10, capital: 1010, trades: 1, bars: 2, boost: 1, beta: 0, mc_status: 'OK', scans_missed: 0 },
      { pnl: 20, capital: 1030, trades: 1, bars: 2, boost: 1.5, beta: 0.25, mc_status: 'ORANGE', scans_missed: 1 },
      {
        pnl: 30,
        capital: 1060,
        trades: 1,
        bars: 2,
        boost: 2,
        beta: 0.5,
        mc_status: 'OK',
        scans_missed: 2,
        posture: 'TURTLE',
      },
    ])
    expect(session.failures).toEqual([])
  })

  it('is written once more when a trade of it is told of after the next day has begun', () => {
    const session = new Session()
    session.bar(START_MS, { day: { date: '2026-03-01' } })
    session.trade('first', START_MS + 1000, 1)
    session.bar(START_MS + DAY_MS - 1000)
    session.results.write()
    session.bar(START_MS + DAY_MS, { day: { date: '2026-03-02' } })
    session.trade('late', START_MS + DAY_MS - 500, 5)
    session.results.write()
    expect(session.day('2026-03-01')).toMatchObject({ pnl: 6, trades: 2, bars: 2 })
    expect(session.day('2026-03-02')).toMatchObject({ pnl: 0, trades: 0, bars: 1, capital: 1006 })
  })

  it('says how often a gate moved, of that day alone', () => {
    const session = new Session()
    session.bar(START_MS, { day: { date: '2026-03-01' } })
    session.results.staleState()
    session.results.staleState()
    session.bar(START_MS + DAY_MS, { day: { date: '2026-03-02' } })
    session.results.write()
    expect(session.day('2026-03-01')).toMatchObject({ stale_state: true, stale_state_events: 2 })
    expect(session.day('2026-03-02')).toMatchObject({ stale_state_events: 0 })
    expect(session.day('2026-03-02')).not.toHaveProperty('stale_state')
  })

  it('holds its closed trades with the most leverage that was allowed when they were entered', () => {
    const session = new Session()
    session.bar(START_MS, { day: { date: '2026-03-01', boost: 1.5 } })
    session.trade('a', START_MS + 1000, 10)
    session.bar(START_MS + 2000, { breaker: { boost: 3, beta: 0 } })
    session.trade('b', START_MS + 3000, -20)
    session.results.write()
    expect(session.day('2026-03-01')!.closed_trades).toEqual([
      { exit_time_ms: START_MS + 1000, net: 10, capital_before: 1000, leverage_ceiling: 3 },
      { exit_time_ms: START_MS + 3000, net: -20, capital_before: 1010, leverage_ceiling: 5 },
    ])
  })

  it('is a document also when more is lost than there was', () => {
    const session = new Session()
    session.bar(START_MS, { day: { date: '2026-03-01' } })
    session.trade('a', START_MS + 1000, -5000)
    session.trade('b', START_MS + 2000, 1)
    session.results.write()
    expect(session.day('2026-03-01')).toMatchObject({ capital: -3999, trades: 2 })
    expect(session.day('2026-03-01')!.closed_trades).toHaveLength(1)
    expect(session.traderState()).toMatchObject({ capital: -3999, drawdown: 1 })
    expect(session.failures).toEqual([])
  })
})

describe('what a trader writes', () => {
  it('is written when something has changed, and before that not at all', () => {
    const session = new Session()
    session.results.write(true)
    expect(session.written.size).toBe(0)
    session.bar(START_MS, { day: { date: '2026-03-01' } })
    session.results.write()
    session.written.clear()
    session.results.write()
    expect(session.written.size).toBe(0)
  })

  it('has the state of the strategies once a minute, after a trade and at the end', () => {
    const session = new Session()
    let taken = 0
    session.snapshot = () => ({ taken: ++taken })
    const write = (isLast = false) => {
      session.bar(session.state.barAtMs + 1000, session.state.bar < 0 ? { day: { date: '2026-03-01' } } : {})
      session.results.write(isLast)
      return session.traderState().engine_state
    }
    session.state = { ...session.state, barAtMs: START_MS }
    expect([write(), write()]).toEqual([{ taken: 1 }, { taken: 1 }])
    session.nowMs += 60_000
    expect([write(), write()]).toEqual([{ taken: 2 }, { taken: 2 }])
    session.trade('a', session.state.barAtMs + 1, 1)
    expect([write(), write(true)]).toEqual([{ taken: 3 }, { taken: 4 }])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no state')
      },
    ],
    ['is no object', () => 7],
    ['has what JSON has not', () => ({ amount: 1n })],
  ])('stops nothing when a state %s', (_what, snapshot) => {
    const session = new Session()
    session.snapshot = snapshot
    session.bar(START_MS, { day: { date: '2026-03-01' } })
    session.results.write()
    session.results.write(true)
    expect(session.day('2026-03-01')).toBeDefined()
    expect(session.signals()).toBeDefined()
    expect(session.failures[0]).toMatch(/is not written: /)
  })

  it('are signals with every mandate that a document can hold, whatever a strategy says', () => {
    const anything = fc.oneof(fc.anything(), fc.constantFrom('EXIT', 'ENTRY', 'HOLD', 1, -1, 0.5, Number.NaN))
    const mandates = fc.array(
      fc.record({
        ...{ strategyId: anything, symbol: fc.oneof(anything, fc.string({ maxLength: 90 })), type: anything },
        ...{ authority: anything, timestampMs: anything, direction: anything, notionalUsd: anything, price: anything },
        reason: fc.oneof(anything, fc.string({ minLength: 400, maxLength: 600 })),
      }),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(mandates, (wild) => {
        const session = new Session()
        session.bar(START_MS, { day: { date: '2026-03-01' } })
        session.results.decided([...(wild as unknown as Mandate[]), mandate()], 12)
        session.results.write()
        expect(session.failures).toEqual([])
        expect(session.signals()).toMatchObject({ scan_number: 12, bar: 0 })
        expect(session.signals().mandates.at(-1)).toMatchObject({ symbol: 'BTCUSDT', reason: 'SIGNAL' })
      }),
    )
  })

  it.each<[string, Partial<Mandate>]>([
    ['of a symbol of a hundred letters', { symbol: 'S'.repeat(100) }],
    ['of a symbol with a space', { symbol: 'A B' }],
    ['of a senseless authority', { authority: 2 }],
  ])('are signals without a mandate %s', (_what, more) => {
    const session = new Session()
    session.bar(START_MS, { day: { date: '2026-03-01' } })
    session.results.decided([mandate(more)], undefined)
    session.results.write()
    expect(session.signals().mandates).toEqual([])
  })
})
