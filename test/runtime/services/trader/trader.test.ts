import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../../../../src/core/decision/records.js'
import { initialState } from '../../../../src/core/decision/state.js'
import { FEATURE_KEYS, GRID_MAPS, POSTURE_REFERENCE, SCAN_STREAM } from '../../../../src/core/grid/names.js'
import { SCAN_AGE_LIMITS } from '../../../../src/core/grid/scan-intake.js'
import { SIGNALS } from '../../../../src/core/grid/trader-documents.js'
import { flatPosition } from '../../../../src/core/position/position.js'
import { Trader, type TraderParts } from '../../../../src/runtime/services/trader/trader.js'
import type { OutsideInput } from '../../../../src/runtime/session/session-parts.js'
import type { SessionStep } from '../../../../src/runtime/session/session-steps.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { pass } from '../../../support/pass-time.js'
import { WaitingGrid } from '../../../support/waiting-grid.js'

const START_MS = Date.parse('2026-03-01T12:00:00Z')

/** A trader, and in the place of its session whoever takes its steps one by one. */
class Trading {
  readonly time = new VirtualTime(START_MS)
  readonly grid = new WaitingGrid(this.time)
  readonly stop = new AbortController()
  readonly told: OutsideInput[] = []
  readonly noticed: string[] = []
  readonly written = new Map<string, string>()
  readonly trader: Trader
  private readonly steps: AsyncGenerator<SessionStep, void, void>
  private bar = -1

  constructor(more: Partial<TraderParts> = {}, from?: number) {
    const { grid, time } = this
    this.trader = new Trader({
      ...{ mode: 'live', grid, clock: time, time, random: () => 0, limits: SCAN_AGE_LIMITS },
      ...{ expectsBoost: false, symbols: new Set(['BTCUSDT']) },
      put: (map, key, text) => this.written.set(`${map}[${key}]`, text),
      strategy: {
        ...{ id: 'champion', colour: 'BLUE', parametersHash: '0'.repeat(16), showsState: false },
        leverageMax: 1,
      },
      start: { initialCapitalUsd: '1000', startedAtMs: START_MS },
      notice: (text) => this.noticed.push(text),
      waiting: (text) => this.noticed.push(text),
      ...more,
    })
    this.trader.outside({
      tell: (input) => this.told.push(input),
      state: () => ({
        ...initialState({ initialBalanceUsd: '1000' }),
        ...{ bar: this.bar, barAtMs: this.time.epochMs() },
        position: { ...flatPosition('BTCUSDT'), state: 'ENTERING' },
      }),
    })
    this.steps = this.trader.steps(this.stop.signal, async () => {
      await this.trader.listen(this.stop.signal)
      return from
    })
  }

  /** The next step, once it is there; undefined when there is none. */
  async next(meanwhile?: () => Promise<void>): Promise<SessionStep | undefined> {
    let came: IteratorResult<SessionStep, void> | undefined
    void this.steps.next().then((result) => {
      came = result
    })
    await meanwhile?.()
    while (came === undefined) await pass(this.time, 100)
    return came.done ? undefined : came.value
  }

  /** As the decision side does it: the bar is decided, and recorded. */
  decide({ bar }: SessionStep): void {
    this.bar = bar.bar
    const recorded = { ...bar, prices: [...bar.prices] }
    this.trader.recorded({
      n: 1,
      atMs: bar.timestampMs,
      inputs: '',
      type: 'bar',
      bar: recorded,
    } as unknown as DecisionRecord)
  }

  async posture(posture: string): Promise<void> {
    const text = JSON.stringify({
      ...{ posture, Rm: 0.9, updated_at: new Date(this.time.epochMs()).toISOString() },
      sensors: { cat1: 1, cat2: 1, cat3: 1, cat4: 1, cat5: 1 },
    })
    await this.grid.reference(POSTURE_REFERENCE).set(text)
    await pass(this.time, 1000)
  }

  async publish(number: number, atMs = this.time.epochMs()): Promise<void> {
    const text = JSON.stringify({ scan_number: number, timestamp_ns: `${atMs}000000`, asset_prices: { BTCUSDT: 1 } })
    await this.grid.stream(SCAN_STREAM).append(text)
    await this.grid.map(GRID_MAPS.features).set(FEATURE_KEYS.scan, text)
    await pass(this.time, 10)
  }
}

describe('a trader by the clock', () => {
  it('takes back what a bar proposes when a gate moves before that bar is decided, and after', async () => {
    for (const when of ['before', 'after']) {
      const trading = new Trading()
      await trading.posture('APEX')
      await trading.publish(1)
      const step = (await trading.next())!
      expect(step.bar).toMatchObject({ posture: 'APEX' })
      if (when === 'after') trading.decide(step)
      await trading.posture('TURTLE')
      expect(trading.told).toHaveLength(when === 'after' ? 1 : 0)
      if (when === 'before') trading.decide(step)
      expect(trading.told).toEqual([{ kind: 'gatesMoved', detail: 'posture APEX -> TURTLE' }])
      trading.stop.abort()
    }
  })

  it('says of which scan its signals are, however many wait behind it', async () => {
    const trading = new Trading()
    await trading.posture('APEX')
    await trading.publish(1)
    const first = (await trading.next())!
    for (const number of [2, 3, 4]) {
      await pass(trading.time, 1000)
      await trading.publish(number)
    }
    trading.decide(first)
    await pass(trading.time, 2000)
    const reading = SIGNALS.read(trading.written.get('DOLPHIN_SIGNALS[champion]')!)
    expect(reading).toMatchObject({ value: { scan_number: 1 } })
    trading.stop.abort()
  })

  it('enters nothing on a scan that is too old or of the future, and is not held up by one', async () => {
    const trading = new Trading()
    await trading.posture('APEX')
    const now = () => trading.time.epochMs()
    const holds: unknown[] = []
    for (const [number, atMs] of [
      [1, now() - 60_000],
      [2, now()],
      [3, now() + 365 * 86_400_000],
    ] as const) {
      await trading.publish(number, atMs)
      const step = (await trading.next())!
      expect(step.bar.timestampMs).toBeLessThanOrEqual(now() + 1000)
      trading.decide(step)
      holds.push(step.bar.hold)
    }
    await pass(trading.time, 5000)
    await trading.publish(4)
    holds.push((await trading.next())!.bar.hold)
    expect(holds).toEqual(['STALE_SCAN', undefined, 'STALE_SCAN', undefined])
    trading.stop.abort()
  })

  it('tells its session of the grid for as long as it is there, and no longer', async () => {
    const trading = new Trading()
    await trading.posture('APEX')
    await trading.publish(1)
    await trading.next()
    trading.grid.goAway()
    trading.grid.comeBack()
    trading.stop.abort()
    await pass(trading.time, 10)
    trading.grid.goAway()
    expect(trading.told).toEqual([
      { kind: 'conditions', conditions: { gridConnected: false } },
      { kind: 'conditions', conditions: { gridConnected: true } },
    ])
  })

  it('ends after so many bars in all', async () => {
    const trading = new Trading({ barsMax: 1 })
    await trading.posture('APEX')
    await trading.publish(1)
    expect((await trading.next())?.bar.bar).toBe(0)
    expect(await trading.next()).toBeUndefined()
  })
})

describe('a replay', () => {
  it('from an entry of the stream on leaves out what others left in the stream, and ends with the last of its own', async () => {
    const trading = new Trading({ mode: 'replay' }, 1)
    await trading.posture('APEX')
    await trading.publish(7)
    const first = await trading.next(async () => {
      await pass(trading.time, 1000)
      await trading.publish(8)
    })
    expect(first?.bar.timestampMs).toBe(START_MS + 2010)
    trading.trader.endsAfter(8)
    expect(await trading.next()).toBeUndefined()
  })

  it('tells the decision side nothing but its bars', async () => {
    const trading = new Trading({ mode: 'replay' })
    await trading.posture('APEX')
    await trading.publish(1)
    trading.decide((await trading.next())!)
    await trading.posture('TURTLE')
    trading.grid.goAway()
    expect(trading.told).toEqual([])
    trading.stop.abort()
  })
})
