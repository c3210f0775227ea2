import { afterEach, describe, expect, it } from 'vitest'
import { LivePrices, type LivePricesOptions } from '../../../../src/adapters/binance/feed/live-prices.js'
import { listedContracts, mostTraded } from '../../../../src/adapters/binance/feed/universe.js'
import type { MarketEvent } from '../../../../src/ports/played-market.js'
import type { PriceStep } from '../../../../src/ports/prices.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { SyntheticMarket } from '../../../../src/sandbox/market/synthetic-market.js'
import { SandboxExchange } from '../../../../src/sandbox/sandbox-exchange.js'
import { instrument } from '../../../support/instruments.js'
import { type RigWire, type SandboxRig, sandboxRig } from '../../../support/sandbox-rig.js'

const START_MS = Date.UTC(2026, 9, 7, 9, 0, 7)
const MINUTE_MS = 60_000
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']
const PRICES = [60_000, 3_000, 150]

/** A feed over the sandbox's exchange, both on virtual time, with a market of its own. */
class World {
  readonly time = new VirtualTime(START_MS)
  readonly exchange: SandboxExchange
  readonly rig: SandboxRig
  readonly wire: RigWire
  readonly notices: string[] = []
  readonly events: MarketEvent[] = []
  readonly taken: (Omit<PriceStep, 'prices'> & { readonly prices: readonly number[]; readonly atMs: number })[] = []
  private readonly market: SyntheticMarket
  private readonly stopping = new AbortController()
  private live: LivePrices | undefined

  constructor(clockOffsetMs = 0) {
    const assets = SYMBOLS.map((symbol, i) => ({ instrument: instrument({}, symbol), price: PRICES[i]! }))
    this.market = new SyntheticMarket({ seed: 3, assets, startMs: START_MS, stepMs: 1_000 })
    this.exchange = new SandboxExchange({
      instruments: assets.map((asset) => asset.instrument),
      startingBalanceUsd: '10000',
      seed: 3,
      keys: [],
      market: { history: this.market },
    })
    this.exchange.faults.set('clockOffsetMs', clockOffsetMs)
    this.rig = sandboxRig({ exchange: this.exchange, time: this.time })
    this.wire = this.rig.wire()
    this.playOn()
  }

  async open(changes: Partial<LivePricesOptions> = {}): Promise<LivePrices> {
    const opening = LivePrices.open({
      wire: this.wire,
      timer: this.time,
      clock: this.time,
      stepMs: MINUTE_MS,
      choose: async () => SYMBOLS,
      notice: ({ code }) => this.notices.push(code),
      market: (event) => this.events.push(event),
      signal: this.stopping.signal,
      ...changes,
    })
    opening.catch(() => undefined)
    this.live = await this.during(opening)
    return this.live
  }

  /** Takes what comes, as it comes, in the background. */
  take(): void {
    void (async () => {
      for await (const { prices, ...step } of this.live!.steps(this.stopping.signal))
        this.taken.push({ ...step, prices: [...prices], atMs: this.time.epochMs() })
    })().catch(() => undefined)
  }

  /** Lets time pass until the promise is settled. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const end = (): void => {
      settled = true
    }
    promise.then(end, end)
    while (!settled) await this.passMs(100)
    return promise
  }

  async passMs(ms: number): Promise<void> {
    const untilMs = this.time.epochMs() + ms
    for (let more = true; more; ) {
      more = this.time.step(untilMs)
      // Whoever waits for a promise goes on between two events, as in a running program.
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
  }

  async close(): Promise<void> {
    this.stopping.abort()
    await this.live?.close()
  }

  private playOn(): void {
    this.time.at(this.market.nextDueMs(), () => {
      for (const event of this.market.play(this.time.epochMs())) this.rig.market(event)
      this.playOn()
    })
  }
}

let world: World
afterEach(() => world.close())

const minutesOf = (taken: World['taken']) =>
  taken.map(({ timestampNs }) => Number(timestampNs / 1_000_000n) / MINUTE_MS)

describe('live prices', () => {
  it('come once a minute, at the exchange’s minute, with everything that was said before its end', async () => {
    world = new World(1_700)
    const live = await world.open()
    expect(live.symbols).toEqual(SYMBOLS)
    world.take()
    await world.passMs(5 * MINUTE_MS)
    const minutes = minutesOf(world.taken)
    expect(minutes).toEqual(minutes.map((_, i) => minutes[0]! + i))
    expect(minutes.length).toBe(6)
    // The first step has waited for whoever takes it.
    for (const { prices, origins, timestampNs, missing, atMs } of world.taken.slice(1)) {
      expect([origins, missing]).toEqual([['mid', 'mid', 'mid'], 0])
      // The exchange's clock is ahead: its minute ends before that of this machine, and never before it has ended there.
      expect(atMs + 1_700 - Number(timestampNs / 1_000_000n)).toBeGreaterThanOrEqual(0)
      expect(atMs + 1_700 - Number(timestampNs / 1_000_000n)).toBeLessThan(100)
      for (const [i, price] of prices.entries()) expect(Math.abs(price / PRICES[i]! - 1)).toBeLessThan(0.5)
    }
  })

  it('begin with klines of every minute before them, and nothing is missing between the two', async () => {
    world = new World()
    const live = await world.open()
    const history = await world.during(live.klines(751))
    live.warmWith(history)
    world.take()
    await world.passMs(2 * MINUTE_MS)
    expect(world.taken.length).toBeGreaterThan(752)
    expect(world.taken.reduce((sum, { missing }) => sum + missing, 0)).toBe(0)
    const minutes = minutesOf(world.taken)
    expect(minutes[751]).toBe(minutes[0]! + 751)
    expect(world.taken[750]!.origins).toBeUndefined()
    expect(world.taken[751]!.origins).toEqual(['mid', 'mid', 'mid'])
    // A last trade and a mid of the next minute are of one market.
    for (const i of [0, 1, 2])
      expect(Math.abs(world.taken[751]!.prices[i]! / world.taken[750]!.prices[i]! - 1)).toBeLessThan(0.02)
  })

  it.each<readonly [string, (world: World) => void, (world: World) => void]>([
    [
      'sockets fall silent',
      ({ exchange }) => exchange.faults.set('silentSockets', true),
      ({ exchange }) => exchange.faults.set('silentSockets', false),
    ],
    [
      'the network is cut',
      ({ wire }) => {
        wire.isCut = true
      },
      ({ wire }) => {
        wire.isCut = false
      },
    ],
  ])('have no price that is older than two steps when %s, and come back by themselves', async (_, begin, end) => {
    world = new World()
    await world.open({ stepMs: 5_000 })
    world.take()
    await world.passMs(30_000)
    begin(world)
    const beganMs = world.time.epochMs()
    await world.passMs(60_000)
    const dark = world.taken.filter(({ timestampNs }) => Number(timestampNs / 1_000_000n) > beganMs + 10_000)
    expect(dark.length).toBeGreaterThan(8)
    for (const { prices } of dark) expect(prices).toEqual([Number.NaN, Number.NaN, Number.NaN])
    end(world)
    await world.passMs(150_000)
    expect(world.taken.at(-1)!.prices.every((price) => price > 0)).toBe(true)
    expect(world.taken.every(({ missing }) => missing === 0)).toBe(true)
    expect(world.notices.length).toBeGreaterThan(0)
  })

  it('lose no step when every socket is cut for a moment', async () => {
    world = new World()
    await world.open({ stepMs: 5_000 })
    world.take()
    await world.passMs(12_000)
    world.exchange.faults.strike('cutSockets')
    await world.passMs(60_000)
    expect(world.taken.length).toBeGreaterThan(13)
    expect(world.taken.every(({ missing }) => missing === 0)).toBe(true)
    const priced = world.taken.filter(({ prices }) => prices.every((price) => price > 0))
    expect(world.taken.length - priced.length).toBeLessThanOrEqual(3)
  })

  it('follow the contracts that somebody chooses out of what the exchange lists and what was traded', async () => {
    world = new World()
    const live = await world.open({
      choose: async (ask) => mostTraded(listedContracts(await ask('exchangeInfo'))!.symbols, await ask('ticker24h'), 2),
    })
    expect(live.symbols.length).toBe(2)
    expect(SYMBOLS).toEqual(expect.arrayContaining([...live.symbols]))
  })

  it('tell quotes and levels of the contracts that are played, and of no other', async () => {
    world = new World()
    await world.open({ played: () => ['ETHUSDT'] })
    await world.passMs(5_000)
    const kinds = new Set(world.events.map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual(['depth', 'quote'])
    const symbols = world.events.map((event) =>
      event.kind === 'quote' ? event.quote.symbol : (event as { symbol: string }).symbol,
    )
    expect(new Set(symbols)).toEqual(new Set(['ETHUSDT']))
  })

  it('end with the reason of a signal while they open and while they are waited for', async () => {
    world = new World()
    world.wire.isCut = true
    const stopping = new AbortController()
    const opening = world.open({ signal: stopping.signal, choose: (ask) => ask('exchangeInfo') as never })
    stopping.abort(new Error('stopped'))
    await expect(opening).rejects.toThrow('stopped')
  })
})
