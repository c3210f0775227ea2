import { describe, expect, test } from 'vitest'
import { SANDBOX_START_MS, SandboxDesk } from '../../support/sandbox-exchange.js'

/** Prices that go up and down by a tick, each with a print, `count` times in steps of `everyMs`. */
function play(desk: SandboxDesk, count: number, everyMs = 100): void {
  for (let i = 0; i < count; i++) {
    const tenths = i % 3
    desk.quote(`60000.${tenths}`, `60000.${tenths + 1}`)
    desk.print(`60000.${tenths + 1}`, '0.002')
    desk.passMs(everyMs)
  }
}

describe('changes of a book (notes on Binance, 4)', () => {
  test('each frame names the one before it, and a snapshot falls into the chain', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@depth@100ms')
    play(desk, 10)
    const snapshot = desk.get('/fapi/v1/depth?symbol=BTCUSDT&limit=1000').body
    play(desk, 10)
    const frames = desk.heard('s')
    expect(frames.length).toBeGreaterThan(15)
    for (const [i, frame] of frames.entries()) {
      expect(frame.U).toBeLessThanOrEqual(frame.u)
      if (i > 0) expect(frame.pu).toBe(frames[i - 1].u)
    }
    const kept = frames.filter(({ u }) => u >= snapshot.lastUpdateId)
    expect(kept[0].U).toBeLessThanOrEqual(snapshot.lastUpdateId)
  })

  test('a snapshot of a quiet book is followed by the frame that names it', () => {
    const desk = new SandboxDesk()
    play(desk, 3)
    desk.open('s', '/public/ws/btcusdt@depth@100ms')
    const snapshot = desk.get('/fapi/v1/depth?symbol=BTCUSDT&limit=1000').body
    play(desk, 1)
    expect(desk.heard('s')[0].pu).toBe(snapshot.lastUpdateId)
  })

  test('a snapshot with the changes behind it is the book of another snapshot', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@depth@100ms')
    play(desk, 5)
    const before = desk.get('/fapi/v1/depth?symbol=BTCUSDT&limit=1000').body
    play(desk, 40)
    desk.passMs(1_000)
    const after = desk.get('/fapi/v1/depth?symbol=BTCUSDT&limit=1000').body
    const book = { b: new Map<string, string>(before.bids), a: new Map<string, string>(before.asks) }
    for (const frame of desk.heard('s').filter(({ u }) => u >= before.lastUpdateId)) {
      for (const side of ['b', 'a'] as const) {
        for (const [price, quantity] of frame[side]) {
          if (Number(quantity) === 0) book[side].delete(price)
          else book[side].set(price, quantity)
        }
      }
    }
    expect([...book.b].sort(([a], [b]) => Number(b) - Number(a))).toEqual(after.bids)
    expect([...book.a].sort(([a], [b]) => Number(a) - Number(b))).toEqual(after.asks)
  })

  test('levels are deleted that nobody was told of', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@depth@100ms')
    play(desk, 40)
    const told = new Set<string>()
    const unknown: string[] = []
    for (const { b } of desk.heard('s')) {
      for (const [price, quantity] of b) {
        if (Number(quantity) === 0 && !told.has(price)) unknown.push(price)
        told.add(price)
      }
    }
    expect(unknown.length).toBeGreaterThan(0)
  })

  test('a frame that is left out breaks the chain', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@depth@100ms')
    play(desk, 3)
    desk.exchange.faults.set('depthGapShare', 1)
    play(desk, 3)
    desk.exchange.faults.clear()
    play(desk, 3)
    const frames = desk.heard('s')
    expect(frames.filter(({ pu }, i) => i > 0 && pu !== frames[i - 1].u)).toHaveLength(1)
  })

  test('a snapshot can be older than everything that the stream has told', () => {
    const desk = new SandboxDesk()
    desk.exchange.faults.set('depthSnapshotLagMs', 2_000)
    play(desk, 20)
    desk.open('s', '/public/ws/btcusdt@depth@100ms')
    play(desk, 10)
    const { lastUpdateId } = desk.get('/fapi/v1/depth?symbol=BTCUSDT&limit=1000').body
    expect(lastUpdateId).toBeLessThan(desk.heard('s')[0].U)
  })

  test('books say as many levels as they are asked for, at the speed they are asked for', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/stream?streams=btcusdt@depth5/btcusdt@depth10@500ms/btcusdt@depth20@100ms')
    play(desk, 10)
    const frames = desk.heard('s')
    const of = (stream: string) => frames.filter((frame) => frame.stream === stream).map(({ data }) => data)
    expect(of('btcusdt@depth20@100ms')).toHaveLength(10)
    expect(of('btcusdt@depth5')).toHaveLength(4)
    expect(of('btcusdt@depth10@500ms')).toHaveLength(2)
    for (const [stream, levels] of [
      ['btcusdt@depth5', 5],
      ['btcusdt@depth10@500ms', 10],
      ['btcusdt@depth20@100ms', 20],
    ] as const) {
      for (const { b, a, e, st } of of(stream)) {
        expect([b.length, a.length, e, st]).toEqual([levels, levels, 'depthUpdate', 1])
        const prices = [...b.toReversed(), ...a].map(([price]) => Number(price))
        expect(prices).toEqual([...prices].sort((x, y) => x - y))
      }
    }
  })

  test('a book that does not change says nothing', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@depth5@100ms')
    play(desk, 3)
    const told = desk.heard('s').length
    desk.passMs(60_000)
    expect(desk.heard('s')).toHaveLength(told)
  })
})

describe('prices and trades (notes on Binance, 2.6)', () => {
  test('prices are printed with the digits of the symbol: two where the tick is 0.1', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@bookTicker')
    desk.quote('60000', '60000.1')
    expect(desk.heard('s')[0]).toMatchObject({ b: '60000.00', a: '60000.10', B: '5.000', st: 1 })
  })

  test('a trade says who made it, and what of it was no retail price improvement', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/market/ws/btcusdt@aggTrade')
    desk.quote('60000', '60000.1')
    for (let i = 0; i < 8; i++) desk.print('60000', '0.004', 'SELL')
    const trades = desk.heard('s')
    expect(trades).toHaveLength(8)
    expect(trades.every(({ m, q }) => m === true && q === '0.004')).toBe(true)
    expect(trades.filter(({ q, nq }) => q !== nq)).toHaveLength(1)
    expect(trades.map(({ a }) => a - trades[0].a)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('mark prices come each second or each third, whether anything happens or not', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/market/stream?streams=btcusdt@markPrice/btcusdt@markPrice@1s')
    desk.quote('60000', '60000.1')
    desk.passMs(9_000)
    const frames = desk.heard('s')
    expect(frames.filter(({ stream }) => stream === 'btcusdt@markPrice')).toHaveLength(3)
    expect(frames.filter(({ stream }) => stream === 'btcusdt@markPrice@1s')).toHaveLength(9)
    expect(frames[0].data).toMatchObject({ p: '60000.00000000', T: SANDBOX_START_MS + 7 * 3_600_000 })
  })

  test('all mark prices come in two frames, with rows of COIN-M and rows without funding', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/market/ws/!markPrice@arr@1s')
    desk.quote('60000', '60000.1')
    desk.passMs(1_000)
    const [crypto, traditional] = desk.heard('s')
    expect(desk.heard('s')).toHaveLength(2)
    expect(crypto.map(({ s, st, T }: { s: string; st: number; T: number }) => [s, st, T === 0])).toEqual([
      ['BTCUSDT', 1, false],
      ['BTCUSD_PERP', 2, false],
      ['BTCUSDT_270326', 1, true],
    ])
    expect(traditional.map(({ s }: { s: string }) => s)).toEqual(['XAUUSDT'])
  })

  test('arrays of the whole market hold rows of COIN-M too', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/market/stream?streams=!ticker@arr/!miniTicker@arr')
    desk.quote('60000', '60000.1')
    desk.passMs(1_000)
    for (const { data } of desk.heard('s')) {
      expect(data.map(({ s, st }: { s: string; st: number }) => [s, st])).toEqual([
        ['BTCUSDT', 1],
        ['BTCUSD_PERP', 2],
      ])
    }
    expect(desk.heard('s')).toHaveLength(2)
  })

  test('a kline is told while it grows, and once when it has closed', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/market/ws/btcusdt@kline_1m')
    play(desk, 600)
    const closed = desk.heard('s').filter(({ k }) => k.x)
    expect(desk.heard('s').length).toBeGreaterThan(200)
    expect(closed).toHaveLength(1)
    expect(closed[0].k).toMatchObject({
      t: SANDBOX_START_MS,
      T: SANDBOX_START_MS + 59_999,
      o: '60000.10',
      h: '60000.30',
      l: '60000.10',
      n: 600,
      v: '1.200',
    })
  })

  test('a kline of a minute without trades closes at the last price, with nothing traded', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/market/ws/btcusdt@kline_1m')
    play(desk, 1)
    desk.passMs(120_000)
    expect(desk.heard('s').filter(({ k }) => k.x)).toMatchObject([
      { k: { t: SANDBOX_START_MS, n: 1 } },
      { k: { t: SANDBOX_START_MS + 60_000, n: 0, v: '0.000', c: '60000.10' } },
    ])
  })

  test('a symbol that changes its status is told to whoever asked', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/market/ws/!contractInfo')
    desk.exchange.faults.strike('haltSymbol', 'BTCUSDT')
    desk.passMs(0)
    expect(desk.heard('s').map(({ s, cs }) => [s, cs])).toEqual([['BTCUSDT', 'TRADING_HALT']])
  })

  test('a symbol that is held back is nowhere until it is listed, which is told to whoever asked', () => {
    const desk = new SandboxDesk({ market: { listedLater: ['ETHUSDT'] } })
    const listed = () => desk.get('/fapi/v1/exchangeInfo').body.symbols.map(({ symbol }: { symbol: string }) => symbol)
    desk.open('s', '/market/ws/!contractInfo')
    desk.quote('3000', '3000.01', { symbol: 'ETHUSDT' })
    expect(listed()).not.toContain('ETHUSDT')
    expect(desk.get('/fapi/v1/depth?symbol=ETHUSDT')).toMatchObject({ status: 400, body: { code: -1121 } })
    desk.exchange.faults.strike('listSymbol', 'ETHUSDT')
    desk.passMs(0)
    expect(desk.heard('s').map(({ s, cs }) => [s, cs])).toEqual([['ETHUSDT', 'TRADING']])
    expect(listed()).toContain('ETHUSDT')
    expect(desk.get('/fapi/v1/depth?symbol=ETHUSDT').status).toBe(200)
  })

  test('nothing is planned for a market that nobody listens to', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@depth/btcusdt@bookTicker')
    desk.put({ kind: 'gone', socketId: 's' })
    const dueMs = desk.exchange.nextDueMs()
    desk.quote('60000', '60000.1')
    desk.print('60000', '1')
    expect(desk.exchange.nextDueMs()).toBe(dueMs)
  })
})
