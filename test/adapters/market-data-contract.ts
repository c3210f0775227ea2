import { describe, expect, test } from 'vitest'
import { DepthBook } from '../../src/core/orderbook/depth-book.js'
import type { MarketData, MarketDataEvent } from '../../src/ports/market-data.js'

export interface MarketDataUnderTest {
  /** Fresh: nobody listens yet. */
  readonly data: MarketData
  /** Contracts that trade there, with books that change all the time. */
  readonly symbols: readonly [string, string]
  /** Lets time pass until it holds. */
  until(holds: () => boolean): Promise<void>
  /** Lets so much time pass, or about. */
  pass(ms: number): Promise<void>
  end(): Promise<void>
}

/** What every adapter of the {@link MarketData} port holds to. */
export function describeMarketData(name: string, factory: () => Promise<MarketDataUnderTest>): void {
  const law = (title: string, check: (client: Client, under: MarketDataUnderTest) => Promise<void>): void =>
    test(title, async () => {
      const under = await factory()
      try {
        await check(new Client(under), under)
      } finally {
        await under.data.close()
        await under.end()
      }
    })

  describe(`${name} holds to the market data contract`, () => {
    law('nothing is told while a method is called', async (client, { data, symbols, until }) => {
      client.calling(() => client.listen())
      client.calling(() => data.follow({ symbols, ...DIFFS }))
      client.calling(() => data.askSnapshot({ symbol: symbols[0], requestId: 1 }))
      await until(() => client.of('depth').length > 3)
      client.calling(() => data.follow({ symbols: [], ...DIFFS }))
      expect(client.toldWithin).toEqual([])
    })

    law('what is listed is told without being followed, and has the decimals of its book', async (client, under) => {
      client.listen()
      await under.until(() => client.of('listed').length > 0)
      const listed = new Map(client.of('listed')[0]!.contracts.map((each) => [each.symbol, each]))
      for (const symbol of under.symbols) {
        const { priceDecimals, quantityDecimals } = listed.get(symbol)!
        expect(priceDecimals).toBeGreaterThanOrEqual(0)
        expect(quantityDecimals).toBeGreaterThanOrEqual(0)
      }
      expect(client.of('depth')).toEqual([])
    })

    law('only what is followed is told', async (client, { data, symbols, until, pass }) => {
      const [kept, leaving] = symbols
      client.listen()
      data.follow({ symbols, ...DIFFS })
      await until(() => client.symbolsOf('depth').size === 2)
      data.follow({ symbols: [kept], ...DIFFS })
      await pass(1_000)
      const seen = client.events.length
      await until(() => client.of('depth', seen).length > 10)
      expect(client.symbolsOf('depth', seen)).toEqual(new Set([kept]))
      data.follow({ symbols: [leaving], ...DIFFS })
      await until(() => client.of('depth', seen).some(({ symbol }) => symbol === leaving))
    })

    law('a request for a snapshot has one answer, with its id', async (client, { data, symbols, until, pass }) => {
      client.listen()
      await until(() => client.of('listed').length > 0)
      data.follow({ symbols, ...DIFFS })
      for (const [requestId, symbol] of symbols.entries()) data.askSnapshot({ symbol, requestId })
      const answers = () => [...client.of('snapshot').map(({ snapshot }) => snapshot), ...client.of('snapshotFailed')]
      await until(() => answers().length === symbols.length)
      await pass(500)
      expect(
        answers()
          .map(({ requestId }) => requestId)
          .sort(),
      ).toEqual([0, 1])
      for (const { atMs, snapshot } of client.of('snapshot')) {
        expect(atMs).toBeLessThanOrEqual(data.exchangeMs()!)
        expect(snapshot.bids.length).toBeGreaterThan(0)
      }
    })

    law('diffs join their snapshots, and a book of them goes on', async (client, { data, symbols, until }) => {
      const [symbol] = symbols
      client.listen()
      await until(() => client.of('listed').length > 0)
      const book = new DepthBook(client.of('listed')[0]!.contracts.find((each) => each.symbol === symbol)!)
      client.keep(symbol, book)
      data.follow({ symbols: [symbol], ...DIFFS })
      await until(() => book.isLive && book.counters.applied > 20)
      expect(book.counters).toMatchObject({ gaps: 0, crossed: 0, malformed: 0 })
      expect(client.of('lost')).toEqual([])
    })

    law('best levels come whole, at most as many as were asked for', async (client, { data, symbols, until }) => {
      client.listen()
      data.follow({ symbols, books: { kind: 'partial', levels: 5, everyMs: 500 }, liquidations: false, marks: true })
      await until(() => client.of('depth').length > 5 && client.symbolsOf('mark').size === 2)
      for (const { frame, eventMs, receivedMs } of client.of('depth')) {
        expect(frame.b.length).toBeLessThanOrEqual(5)
        expect(frame.a.length).toBeLessThanOrEqual(5)
        expect(Number.isSafeInteger(eventMs) && Number.isSafeInteger(receivedMs)).toBe(true)
      }
      for (const { mark, index } of client.of('mark')) expect(Math.abs(mark / index! - 1)).toBeLessThan(0.1)
    })

    law('the exchange’s clock is not known at first, and never goes back', async (client, { data, symbols, until }) => {
      expect(data.exchangeMs()).toBeUndefined()
      client.listen()
      data.follow({ symbols, ...DIFFS })
      await until(() => data.exchangeMs() !== undefined)
      let lastMs = data.exchangeMs()!
      await until(() => {
        const nowMs = data.exchangeMs()!
        expect(nowMs).toBeGreaterThanOrEqual(lastMs)
        lastMs = nowMs
        return client.of('depth').length > 10
      })
    })

    law(
      'the open interest of each followed symbol comes once in a period',
      async (client, { data, symbols, until }) => {
        client.listen()
        data.follow({ symbols, ...DIFFS, openInterestEveryMs: 500 })
        await until(() => client.of('openInterest').length >= 4)
        expect(client.symbolsOf('openInterest')).toEqual(new Set(symbols))
        for (const { openInterest } of client.of('openInterest')) expect(openInterest).toBeGreaterThan(0)
      },
    )

    law('nothing is told once it is closed', async (client, { data, symbols, until, pass }) => {
      client.listen()
      data.follow({ symbols, ...DIFFS })
      await until(() => client.of('depth').length > 0)
      await data.close()
      const seen = client.events.length
      data.follow({ symbols: [], ...DIFFS })
      await pass(500)
      expect(client.events.length).toBe(seen)
    })
  })
}

const DIFFS = { books: { kind: 'diffs', everyMs: 100 }, liquidations: true, marks: false } as const

type EventOf<Kind extends MarketDataEvent['kind']> = Extract<MarketDataEvent, { readonly kind: Kind }>

class Client {
  readonly events: MarketDataEvent[] = []
  /** What came while a method was called. */
  readonly toldWithin: MarketDataEvent[] = []
  private isCalling = false
  private readonly kept = new Map<string, DepthBook>()

  constructor(private readonly under: MarketDataUnderTest) {}

  listen(): void {
    this.under.data.listen((event) => {
      if (this.isCalling) this.toldWithin.push(event)
      this.events.push(event)
      this.feed(event)
    })
  }

  calling(call: () => void): void {
    this.isCalling = true
    call()
    this.isCalling = false
  }

  /** Feeds the book, and asks for the snapshots that it wants. */
  keep(symbol: string, book: DepthBook): void {
    this.kept.set(symbol, book)
  }

  of<Kind extends MarketDataEvent['kind']>(kind: Kind, from = 0): EventOf<Kind>[] {
    return this.events.slice(from).filter((event): event is EventOf<Kind> => event.kind === kind)
  }

  symbolsOf(kind: 'depth' | 'mark' | 'openInterest', from = 0): ReadonlySet<string> {
    return new Set(this.of(kind, from).map(({ symbol }) => symbol))
  }

  private feed(event: MarketDataEvent): void {
    if (event.kind !== 'depth' && event.kind !== 'snapshot') return
    const book = this.kept.get(event.symbol)
    const effects =
      event.kind === 'depth'
        ? book?.diff(event.frame, event.receivedMs)
        : book?.snapshot(event.snapshot, event.receivedMs)
    for (const effect of effects ?? [])
      if (effect.type === 'requestSnapshot')
        this.under.data.askSnapshot({ symbol: event.symbol, requestId: effect.requestId })
  }
}
