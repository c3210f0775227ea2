import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DepthFeedMachine } from '../../../../src/adapters/binance/books/depth-feed-machine.js'
import { RestMachine } from '../../../../src/adapters/binance/rest/rest-machine.js'
import { MarketStreams } from '../../../../src/adapters/binance/streams/market-streams.js'
import type { WireCommand } from '../../../../src/adapters/binance/wire.js'
import { MarketBooks } from '../../../../src/core/orderbook/market-books.js'
import type { FollowedMarket, MarketDataEvent } from '../../../../src/ports/market-data.js'

type Input = Parameters<DepthFeedMachine['handle']>[0]

const START_MS = 1_800_000_000_000
const SYMBOLS = ['BTCUSDT', 'ETHUSDT']
const WISH: FollowedMarket = {
  symbols: SYMBOLS,
  books: { kind: 'diffs', everyMs: 100 },
  liquidations: true,
  marks: true,
}

/** The machine, and an exchange that opens what is opened and acknowledges what is subscribed; its answers are the test's. */
class FarEnd {
  readonly machine = new DepthFeedMachine({ rest: new RestMachine(), streams: new MarketStreams() })
  readonly events: MarketDataEvent[] = []
  readonly opened: string[] = []
  readonly subscribed = new Map<string, string[]>()
  nowMs = START_MS
  /** The body that answers a target; undefined: none comes. */
  answer: (target: string) => string | undefined = (target) => this.usual(target)

  put(input: Input): void {
    const commands: WireCommand[] = []
    for (const told of this.machine.handle(input, this.nowMs)) {
      if (told.kind === 'http' || told.kind === 'open' || told.kind === 'text' || told.kind === 'close')
        commands.push(told)
      else this.events.push(told)
    }
    for (const command of commands) this.carry(command)
  }

  passMs(ms: number): void {
    const untilMs = this.nowMs + ms
    for (let turns = 0; ; turns++) {
      const dueMs = this.machine.nextDueMs()
      if (dueMs === undefined || dueMs > untilMs) break
      if (turns > 10 * ms) throw new Error('it wants to be woken again and again')
      this.nowMs = Math.max(this.nowMs, dueMs)
      this.put({ kind: 'time' })
    }
    this.nowMs = untilMs
  }

  /** Before a listener, up to where everything is subscribed. */
  start(wish: FollowedMarket = WISH): this {
    this.put({ kind: 'begin' })
    this.put({ kind: 'follow', wish })
    this.passMs(5_000)
    return this
  }

  /** Comes on the socket of a stream. */
  text(stream: string, text: string): void {
    const [socketId] = [...this.subscribed].find(([, streams]) => streams.includes(stream))!
    this.put({ kind: 'text', socketId, text })
  }

  frame(stream: string, data: unknown): void {
    this.text(stream, JSON.stringify({ stream, data }))
  }

  private carry(command: WireCommand): void {
    if (command.kind === 'close') this.subscribed.delete(command.socketId)
    else if (command.kind === 'open') {
      this.opened.push(command.path)
      this.put({ kind: 'opened', socketId: command.socketId })
    } else if (command.kind === 'text') {
      const { params, id } = JSON.parse(command.text) as { params: string[]; id: number }
      this.subscribed.set(command.socketId, [...(this.subscribed.get(command.socketId) ?? []), ...params])
      this.put({ kind: 'text', socketId: command.socketId, text: JSON.stringify({ result: null, id }) })
    } else if (command.kind === 'http') {
      const { httpId, target } = command.request
      const body = this.answer(target)
      if (body !== undefined) this.put({ kind: 'httpAnswer', httpId, status: 200, headers: {}, body })
    }
  }

  usual(target: string): string {
    if (target.includes('/time')) return JSON.stringify({ serverTime: this.nowMs })
    if (!target.includes('/exchangeInfo')) return '{}'
    const row = { contractType: 'PERPETUAL', status: 'TRADING', quoteAsset: 'USDT', marginAsset: 'USDT' }
    const rest = { underlyingType: 'COIN', pricePrecision: 2, quantityPrecision: 3 }
    return JSON.stringify({ symbols: SYMBOLS.map((symbol) => ({ symbol, ...row, ...rest })) })
  }
}

const aggTrade = (changes: object = {}) => ({
  ...{
    e: 'aggTrade',
    E: START_MS,
    a: 1,
    s: 'BTCUSDT',
    p: '100.5',
    q: '2',
    nq: '2',
    f: 1,
    l: 1,
    T: START_MS - 3,
    m: false,
  },
  ...changes,
})

const diff = (changes: object = {}) => ({
  ...{ e: 'depthUpdate', E: START_MS, T: START_MS, s: 'BTCUSDT', U: 1, u: 3, pu: 0, b: [['100.5', '2']], a: [], st: 1 },
  ...changes,
})

describe('the feed of books', () => {
  it('follows 540 books over three connections, and the news of the market over one more', () => {
    const symbols = Array.from({ length: 540 }, (_, i) => `A${i}USDT`)
    const end = new FarEnd().start({ ...WISH, symbols, books: { kind: 'partial', levels: 5, everyMs: 500 } })
    expect([...end.opened].sort()).toEqual(['market', 'public', 'public', 'public'])
    const counts = [...end.subscribed.values()].map((streams) => streams.length).sort((a, b) => b - a)
    expect(counts).toEqual([200, 200, 140, 3])
    expect(end.machine.health(end.nowMs).connections).toBe(4)
  })

  it('follows trades of 540 symbols over three more connections, 200 streams on each at most', () => {
    const symbols = Array.from({ length: 540 }, (_, i) => `A${i}USDT`)
    const end = new FarEnd().start({
      ...WISH,
      symbols,
      books: { kind: 'partial', levels: 5, everyMs: 100 },
      trades: true,
    })
    expect([...end.opened].sort()).toEqual(['market', 'market', 'market', 'public', 'public', 'public'])
    const counts = [...end.subscribed.values()].map((streams) => streams.length).sort((a, b) => b - a)
    expect(counts).toEqual([200, 200, 200, 200, 143, 140])
  })

  it('tells of trades once and in order, and asks for those that it was not told of', () => {
    const end = new FarEnd()
    const targets: string[] = []
    end.answer = (target) => {
      if (!target.includes('/aggTrades')) return end.usual(target)
      targets.push(target)
      return JSON.stringify([2, 3].map((a) => ({ a, p: '10', q: '1', f: a, l: a, T: START_MS, m: true })))
    }
    end.start({ ...WISH, trades: true })
    for (const a of [1, 1, 4, 5]) end.frame('btcusdt@aggTrade', aggTrade({ a }))
    expect(targets).toEqual(['/fapi/v1/aggTrades?symbol=BTCUSDT&fromId=2&limit=2'])
    const told = end.events.filter((event) => event.kind === 'trade')
    expect(told.map(({ venueId, side }) => [venueId, side])).toEqual([
      [1, 'BUY'],
      [2, 'SELL'],
      [3, 'SELL'],
      [4, 'BUY'],
      [5, 'BUY'],
    ])
    expect(told[0]).toEqual({
      ...{ kind: 'trade', symbol: 'BTCUSDT', side: 'BUY', price: 100.5, baseQuantity: 2, venueId: 1 },
      ...{ atMs: START_MS - 3, receivedMs: end.nowMs },
    })
  })

  it('tells of rates that have settled, each once, asking for all symbols in one call', () => {
    const end = new FarEnd()
    const targets: string[] = []
    end.answer = (target) => {
      if (!target.includes('/fundingRate')) return end.usual(target)
      targets.push(target)
      const rows = [...SYMBOLS, 'XRPUSDT'].map((symbol) => ({ symbol, fundingTime: START_MS, fundingRate: '0.0001' }))
      return JSON.stringify(rows)
    }
    end.start({ ...WISH, settledFundingEveryMs: 60_000 })
    end.passMs(180_000)
    expect(targets.length).toBeGreaterThanOrEqual(3)
    expect(end.events.filter(({ kind }) => kind === 'settledFunding')).toMatchObject(
      SYMBOLS.map((symbol) => ({ symbol, rate: 1e-4, atMs: START_MS })),
    )
  })

  it('passes on what two sockets bring twice', () => {
    const end = new FarEnd().start()
    end.frame('btcusdt@depth@100ms', diff())
    end.frame('btcusdt@depth@100ms', diff())
    expect(end.events.filter(({ kind }) => kind === 'depth')).toHaveLength(2)
  })

  it('tells of a liquidation once, though two sockets bring it', () => {
    const end = new FarEnd().start()
    const order = { s: 'BTCUSDT', S: 'SELL', q: '1', p: '9', ap: '10', z: '1', X: 'FILLED' }
    for (const [T, z] of [
      [3, '1'],
      [3, '1'],
      [4, '2'],
      [3, '1'],
      [4, '2'],
      [5, '2'],
    ])
      end.frame('btcusdt@forceOrder', { e: 'forceOrder', E: T, o: { ...order, T, z } })
    const told = end.events.flatMap((event) => (event.kind === 'liquidation' ? [[event.atMs, event.baseQuantity]] : []))
    expect(told).toEqual([
      [3, 1],
      [4, 2],
      [5, 2],
    ])
  })

  it('tells of liquidations and marks of followed symbols alone, and of none margined in coins', () => {
    const symbols = [...SYMBOLS, 'A', 'B', 'C', 'D']
    const end = new FarEnd().start({ ...WISH, symbols })
    const order = { S: 'SELL', q: '1', p: '9', ap: '10', z: '1', X: 'FILLED', T: 3 }
    for (const o of [{ s: 'BTCUSDT' }, { s: 'BTCUSD_PERP', st: 2 }, { s: 'XRPUSDT' }])
      end.frame('!forceOrder@arr', { e: 'forceOrder', E: 4, o: { ...order, ...o } })
    const mark = { e: 'markPriceUpdate', E: 4, p: '10', i: '10', r: '0.1', T: 8 }
    end.frame('!markPrice@arr@1s', [
      { ...mark, s: 'XRPUSDT' },
      { ...mark, s: 'ETHUSDT' },
      { ...mark, s: 'BTCUSD', st: 2 },
      { ...mark, s: 'BTCUSDT', p: 10 },
    ])
    const told = end.events.filter(({ kind }) => kind === 'liquidation' || kind === 'mark' || kind === 'malformed')
    expect(told).toMatchObject([
      { kind: 'liquidation', symbol: 'BTCUSDT', price: 10, baseQuantity: 1, atMs: 3 },
      { kind: 'mark', symbol: 'ETHUSDT', mark: 10, nextFundingMs: 8 },
      { kind: 'malformed', symbol: null, what: 'mark' },
    ])
  })

  it('names the books that neither a new subscription nor a new connection has brought to speak', () => {
    const end = new FarEnd().start()
    for (let second = 0; second < 300; second++) {
      end.frame('ethusdt@depth@100ms', diff({ s: 'ETHUSDT' }))
      end.passMs(1_000)
    }
    expect(end.machine.health(end.nowMs).dead).toEqual(['BTCUSDT'])
    end.frame('btcusdt@depth@100ms', diff())
    expect(end.machine.health(end.nowMs).dead).toEqual([])
  })

  it('tells what people should know of the exchange with a level that acts on nothing', () => {
    const end = new FarEnd()
    end.answer = () => undefined
    end.put({ kind: 'begin' })
    const [httpId, status, headers] = [1, 418, { 'retry-after': '300' }]
    end.put({ kind: 'httpAnswer', httpId, status, headers, body: '{"code":-1003,"msg":""}' })
    expect(end.events.filter(({ kind }) => kind === 'notice')).toMatchObject([{ level: 'ERROR', code: 'BANNED' }])
  })

  it.each<[string, (end: FarEnd) => void, string, string | null]>([
    ['a book', (end) => end.frame('btcusdt@depth@100ms', diff({ u: '3' })), 'depth', 'BTCUSDT'],
    ['a book of another symbol', (end) => end.frame('btcusdt@depth@100ms', diff({ s: 'X' })), 'depth', 'BTCUSDT'],
    ['a liquidation', (end) => end.frame('btcusdt@forceOrder', { o: 1 }), 'liquidation', 'BTCUSDT'],
    ['a trade', (end) => end.frame('btcusdt@aggTrade', aggTrade({ m: 1 })), 'trade', 'BTCUSDT'],
    ['a trade without a price', (end) => end.frame('btcusdt@aggTrade', aggTrade({ p: '0' })), 'trade', 'BTCUSDT'],
    ['a trade of another symbol', (end) => end.frame('btcusdt@aggTrade', aggTrade({ s: 'X' })), 'trade', 'BTCUSDT'],
    ['a mark', (end) => end.frame('btcusdt@markPrice@1s', {}), 'mark', 'BTCUSDT'],
    ['news of a contract', (end) => end.frame('!contractInfo', {}), 'contractInfo', null],
    ['a text', (end) => end.text('!contractInfo', '{"stream":"!contractInfo","data":'), 'frame', null],
    ['an empty text', (end) => end.text('!contractInfo', ''), 'frame', null],
    ['data that are none', (end) => end.frame('btcusdt@depth@100ms', 7), 'frame', null],
  ])('tells and counts %s that cannot be read', (_, send, what, symbol) => {
    const end = new FarEnd().start({ ...WISH, trades: true })
    const before = end.machine.health(end.nowMs).malformed[what] ?? 0
    send(end)
    expect(end.events.at(-1)).toMatchObject(what === 'frame' ? {} : { kind: 'malformed', symbol, what })
    expect(end.events.filter((event) => event.kind === 'malformed' && event.what === what).length).toBeGreaterThan(0)
    expect(end.machine.health(end.nowMs).malformed[what]).toBe(before + 1)
  })
})

describe('a frame of a book that cannot be read', () => {
  it.each<[string, object]>([
    ['for its levels', { b: null }],
    ['for its stamp', { E: START_MS + 3_600_000 }],
  ])('%s leaves nothing known of the book until the next one', (_, changes) => {
    const end = new FarEnd().start()
    const books = new MarketBooks({ stepMs: 5_000, startMs: START_MS, books: 'partial' })
    books.list({ symbol: 'BTCUSDT', priceDecimals: 2, quantityDecimals: 3 })
    let seen = 0
    const isLiveAfter = (frame: object): boolean => {
      end.frame('btcusdt@depth@100ms', frame)
      for (const event of end.events.slice(seen)) books.handle(event, end.nowMs)
      seen = end.events.length
      return books.book('BTCUSDT')!.isLive
    }
    expect(isLiveAfter(diff({ u: 1 }))).toBe(true)
    expect(isLiveAfter(diff({ u: 2, ...changes }))).toBe(false)
    expect(isLiveAfter(diff({ u: 3 }))).toBe(true)
  })
})

describe('a time that the exchange does not read yet', () => {
  const order = (T: number) => ({
    e: 'forceOrder',
    E: 4,
    o: { s: 'BTCUSDT', S: 'SELL', q: '1', p: '9', ap: '10', z: '1', X: 'FILLED', T },
  })
  const mark = (E: number) => ({ e: 'markPriceUpdate', E, s: 'BTCUSDT', p: '10', i: '10', r: '0.1', T: 8 })
  it.each<[string, string, (atMs: number) => object]>([
    ['a frame', 'btcusdt@depth@100ms', (E) => diff({ E })],
    ['a liquidation', 'btcusdt@forceOrder', order],
    ['a mark', 'btcusdt@markPrice@1s', mark],
  ])('makes %s malformed from 5 s on', (_, stream, of) => {
    const end = new FarEnd().start()
    const told = () => end.events.filter(({ kind }) => kind === 'depth' || kind === 'liquidation' || kind === 'mark')
    const clockMs = end.machine.exchangeMs(end.nowMs)!
    end.frame(stream, of(clockMs + 5_000))
    expect(told()).toHaveLength(1)
    end.frame(stream, of(clockMs + 5_001))
    expect(told()).toHaveLength(1)
    expect(end.events.at(-1)).toMatchObject({ kind: 'malformed', symbol: 'BTCUSDT', what: 'stamp' })
    expect(end.machine.health(end.nowMs).malformed.stamp).toBe(1)
  })

  it('is not what comes after a pause of the process, before the clock was asked for anew', () => {
    const end = new FarEnd().start()
    end.answer = () => undefined
    end.nowMs += 60_000
    end.frame('btcusdt@depth@100ms', diff({ E: end.nowMs }))
    expect(end.events.at(-1)).toMatchObject({ kind: 'depth', eventMs: end.nowMs })
    end.frame('btcusdt@depth@100ms', diff({ E: end.nowMs + 6_000 }))
    expect(end.events.at(-1)).toMatchObject({ kind: 'malformed', what: 'stamp' })
  })

  it('is judged by the clock as it is measured, also while a leap of it is not followed', () => {
    const end = new FarEnd().start()
    end.answer = (target) => (target.includes('/time') ? JSON.stringify({ serverTime: end.nowMs + 30_000 }) : '{}')
    end.passMs(30_000)
    const believedMs = end.machine.exchangeMs(end.nowMs)!
    expect(believedMs).toBeLessThan(end.nowMs)
    end.frame('btcusdt@depth@100ms', diff({ E: end.nowMs + 30_000 }))
    expect(end.events.at(-1)).toMatchObject({ kind: 'depth', eventMs: end.nowMs + 30_000 })
  })
})

/** What hostile people send: values of the wrong kind in the right places, and texts of any kind. */
const DEEP = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 2 ** 53, 1e308, '', '-0', '1e9', '9'.repeat(500), 'x'.repeat(1_000), [], {}),
  fc.jsonValue({ maxDepth: 3 }),
)
const levels = fc.oneof(
  odd,
  fc.array(fc.oneof(odd, fc.tuple(fc.oneof(odd, fc.constant('1.5')), odd)), { maxLength: 5 }),
)
const fields = fc.record(
  {
    ...{ e: odd, s: fc.oneof(fc.constantFrom('BTCUSDT', 'ETHUSDT', '__proto__'), odd), b: levels, a: levels, o: odd },
    ...{ E: fc.oneof(fc.nat(), odd), T: fc.oneof(fc.nat(), odd), st: fc.oneof(fc.constant(1), odd) },
    ...{ U: fc.oneof(fc.nat(20), odd), u: fc.oneof(fc.nat(20), odd), pu: fc.oneof(fc.nat(20), odd) },
    ...{ p: odd, i: odd, r: odd, ct: odd, cs: odd, ot: odd, dt: odd, symbols: odd, serverTime: odd, lastUpdateId: odd },
    ...{ bids: levels, asks: levels, openInterest: odd, time: odd, code: odd, msg: odd, id: odd, error: odd },
  },
  { requiredKeys: [] },
)
const hostileData = fc.oneof(
  fields.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.constantFrom(DEEP(10_000), `{"a":${DEEP(100_000)}}`, 'null', '7', '""'),
)
const cut = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(text, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([whole, share]) => whole.slice(0, whole.length * share))

const STREAMS = ['btcusdt@depth@100ms', 'btcusdt@forceOrder', 'btcusdt@markPrice@1s', '!contractInfo']

describe('whatever an exchange sends', () => {
  const stream = fc.constantFrom(...STREAMS)
  const framed = fc.tuple(stream, hostileData).map(([name, data]) => `{"stream":"${name}","data":${data}}`)
  const answered = hostileData.map((data) => `{"id":1,"error":${data}}`)

  it('as frames never throws, in the feed or in the books that it fills', () => {
    const end = new FarEnd().start()
    const books = new MarketBooks({ stepMs: 5_000, startMs: START_MS, books: 'diffs' })
    for (const symbol of SYMBOLS) books.list({ symbol, priceDecimals: 2, quantityDecimals: 3 })
    let seen = 0
    fc.assert(
      fc.property(stream, fc.oneof(framed, cut(framed), answered, fc.string(), hostileData), (on, text) => {
        end.text(on, text)
        for (const event of end.events.slice(seen)) books.handle(event, end.nowMs)
        seen = end.events.length
        end.passMs(100)
      }),
      { numRuns: 1_000 },
    )
    end.frame('btcusdt@depth@100ms', diff())
    expect(end.events.some((event) => event.kind === 'depth')).toBe(true)
    expect(Object.keys(end.machine.health(end.nowMs).malformed)).toEqual(
      expect.arrayContaining(['depth', 'mark', 'liquidation', 'contractInfo', 'frame']),
    )
  })

  it('as a text of a megabyte never throws', () => {
    const end = new FarEnd().start()
    const long = 'x'.repeat(1_000_000)
    end.text(STREAMS[0]!, long)
    for (const name of STREAMS)
      end.frame(name, { ...diff(), s: long, b: [[long, long]], a: long, o: { s: long }, p: long })
    end.frame(STREAMS[0]!, diff({ b: Array.from({ length: 50_000 }, () => [long.slice(0, 20), '1']) }))
    end.frame(STREAMS[0]!, diff())
    expect(end.events.filter(({ kind }) => kind === 'depth')).toHaveLength(2)
  })

  it('as a refusal of a subscription never throws, however deep it is', () => {
    const end = new FarEnd()
    end.put({ kind: 'begin' })
    const [socketId] = end.subscribed.keys()
    expect(socketId).toBeDefined()
    for (let id = 1; id < 5; id++)
      end.put({ kind: 'text', socketId: socketId!, text: `{"id":${id},"error":${DEEP(200_000)}}` })
    end.passMs(60_000)
  })

  it('as answers never throws, and each request for a snapshot has one', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(hostileData, cut(hostileData), fc.string()), { minLength: 1 }), (bodies) => {
        const end = new FarEnd()
        let at = 0
        end.start()
        end.answer = () => bodies[at++ % bodies.length]
        for (let requestId = 0; requestId < 6; requestId++)
          end.put({ kind: 'askSnapshot', symbol: `A${requestId}USDT`, requestId })
        end.passMs(180_000)
        const answers = end.events.filter(({ kind }) => kind === 'snapshot' || kind === 'snapshotFailed')
        expect(answers).toHaveLength(6)
      }),
      { numRuns: 100 },
    )
  })

  it.each(['1e308', '-1e15', '9007199254740991', '"7"', '1.5', 'null'])('as its time, %s, is no time', (serverTime) => {
    const end = new FarEnd()
    end.answer = (target) => (target.includes('/time') ? `{"serverTime":${serverTime}}` : '{}')
    end.start()
    end.passMs(60_000)
    expect(end.machine.exchangeMs(end.nowMs)).toBeUndefined()
  })

  it('as a list of contracts never throws, however deep a word of it is', () => {
    const end = new FarEnd()
    end.answer = (target) =>
      target.includes('/exchangeInfo')
        ? `{"symbols":[{"symbol":"BTCUSDT","status":${DEEP(200_000)}},{"symbol":"X","contractType":${DEEP(200_000)}}]}`
        : JSON.stringify({ serverTime: end.nowMs })
    end.start()
    end.passMs(60_000)
    expect(end.machine.health(end.nowMs).malformed.exchangeInfo).toBeGreaterThan(1)
  })
})
