import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../../src/sandbox/market/bar.js'
import { SyntheticMarket } from '../../../src/sandbox/market/synthetic-market.js'
import { instrument } from '../../support/instruments.js'
import { SANDBOX_START_MS, SandboxDesk } from '../../support/sandbox-exchange.js'

const MINUTE_MS = 60_000

/** With a market that is made up and has been traded for seven years. */
function market() {
  const instruments = [instrument(), instrument({ tickSize: '0.01' }, 'ETHUSDT')]
  const assets = instruments.map((listed, i) => ({ instrument: listed, price: i === 0 ? 96_000 : 3_300 }))
  const player = new SyntheticMarket({ seed: 1, assets, startMs: SANDBOX_START_MS })
  const desk = new SandboxDesk({ instruments, market: { history: player } })
  const passTo = (untilMs: number): void => {
    for (let dueMs = player.nextDueMs(); dueMs <= untilMs; dueMs = player.nextDueMs()) {
      desk.passMs(Math.max(0, dueMs - desk.nowMs))
      for (const event of player.play(dueMs)) desk.market(event)
    }
    desk.passMs(untilMs - desk.nowMs)
  }
  passTo(SANDBOX_START_MS)
  return { desk, passTo }
}

describe('weights (notes on Binance, 1.3: measured 2026-10-07)', () => {
  test.each<readonly [target: string, weight: number]>([
    ['/fapi/v1/ping', 1],
    ['/fapi/v1/exchangeInfo', 1],
    ['/fapi/v1/depth?symbol=BTCUSDT', 1],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=50', 2],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=100', 5],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=500', 10],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=1000', 20],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m', 5],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=100', 1],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=500', 2],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1000', 5],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1500', 10],
    ['/fapi/v1/ticker/24hr?symbol=BTCUSDT', 1],
    ['/fapi/v1/ticker/24hr', 40],
    ['/fapi/v1/premiumIndex?symbol=BTCUSDT', 1],
    ['/fapi/v1/premiumIndex', 10],
    ['/fapi/v1/ticker/bookTicker?symbol=BTCUSDT', 2],
    ['/fapi/v1/ticker/bookTicker', 5],
    ['/fapi/v1/aggTrades?symbol=BTCUSDT', 20],
    ['/fapi/v1/openInterest?symbol=BTCUSDT', 1],
    ['/futures/data/takerlongshortRatio?symbol=BTCUSDT&period=5m', 0],
    // A refused request costs what the route costs.
    ['/fapi/v1/klines?symbol=NOBODY&interval=1m&limit=1500', 10],
  ])('%s costs %d', (target, weight) => {
    const { headers } = new SandboxDesk().get(target)
    expect(headers['x-mbx-used-weight-1m']).toBe(`${weight}`)
  })
})

describe('refusals', () => {
  test.each<readonly [target: string, code: number]>([
    ['/fapi/v1/depth', -1102],
    ['/fapi/v1/depth?symbol=NOBODYUSDT', -1121],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=7', -4021],
    ['/fapi/v1/klines?symbol=BTCUSDT', -1102],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=7m', -1120],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1501', -1130],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime=2&endTime=1', -1023],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime=soon', -1102],
    [`/fapi/v1/aggTrades?symbol=BTCUSDT&startTime=${SANDBOX_START_MS - 3 * DAY_MS}`, -4166],
    ['/fapi/v1/ticker/24hr?symbol=BTCUSD_201225', -1121],
    ['/futures/data/openInterestHist?symbol=BTCUSDT&period=7m', -1102],
    [`/futures/data/openInterestHist?symbol=BTCUSDT&period=1h&startTime=${SANDBOX_START_MS - 31 * DAY_MS}`, -1130],
  ])('%s is refused with %d', (target, code) => {
    const { status, body } = new SandboxDesk().get(target)
    expect([status, body]).toEqual([400, { code, msg: expect.any(String) }])
  })
})

describe('bars of the past', () => {
  test('are the same each time, and rise by the interval without a hole', () => {
    const { desk } = market()
    for (const [interval, lengthMs] of [
      ['1m', MINUTE_MS],
      ['1h', 60 * MINUTE_MS],
      ['1d', DAY_MS],
    ] as const) {
      const startTime = Date.UTC(2026, 2, 3)
      const target = `/fapi/v1/klines?symbol=BTCUSDT&interval=${interval}&startTime=${startTime}&limit=20`
      const rows = desk.get(target).body
      expect(desk.get(target).body).toEqual(rows)
      expect(rows.map(([openMs]: [number]) => openMs)).toEqual(
        rows.map((_: unknown, i: number) => startTime + i * lengthMs),
      )
      for (const [openMs, , high, low, , , closeMs] of rows) {
        expect(closeMs).toBe(openMs + lengthMs - 1)
        expect(Number(high)).toBeGreaterThanOrEqual(Number(low))
      }
    }
  })

  test('an hour is the sum of its minutes', () => {
    const { desk } = market()
    const startTime = SANDBOX_START_MS - 120 * MINUTE_MS
    const [hour] = desk.get(`/fapi/v1/klines?symbol=ETHUSDT&interval=1h&startTime=${startTime}&limit=1`).body
    const minutes = desk.get(`/fapi/v1/klines?symbol=ETHUSDT&interval=1m&startTime=${startTime}&limit=60`).body
    expect(hour[1]).toBe(minutes[0][1])
    expect(hour[4]).toBe(minutes[59][4])
    expect(Number(hour[2])).toBe(Math.max(...minutes.map((row: string[]) => Number(row[2]))))
    expect(hour[8]).toBe(minutes.reduce((sum: number, row: number[]) => sum + row[8]!, 0))
  })

  test('the last of them meet the live ones: what was streamed is what is asked for later', () => {
    const { desk, passTo } = market()
    desk.open('s', '/market/ws/btcusdt@kline_1m')
    passTo(SANDBOX_START_MS + 3 * MINUTE_MS + 30_000)
    const closed = desk.heard('s').filter(({ k }) => k.x)
    const rows = desk.get('/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=5').body
    expect(closed).toHaveLength(3)
    expect(rows.slice(1, 4).map((row: string[]) => row.slice(0, 6))).toEqual(
      closed.map(({ k }) => [k.t, k.o, k.h, k.l, k.c, k.v]),
    )
    // The minute before the sandbox began, and the one in hand.
    expect(rows[0][0]).toBe(SANDBOX_START_MS - MINUTE_MS)
    expect(rows[4][8]).toBe(16)
  })

  test('weeks begin on Mondays, months on their first day', () => {
    const { desk } = market()
    const day = (interval: string): string[] =>
      desk
        .get(`/fapi/v1/klines?symbol=BTCUSDT&interval=${interval}&limit=2&endTime=${Date.UTC(2026, 0, 20)}`)
        .body.map(([openMs]: [number]) => new Date(openMs).toISOString().slice(0, 10))
    expect(day('1w')).toEqual(['2026-01-12', '2026-01-19'])
    expect(day('1M').at(-1)).toBe('2026-01-01')
  })

  test('nothing is known of what lies before the listing, or in the future', () => {
    const { desk } = market()
    const opens = (from: number): number[] =>
      desk
        .get(`/fapi/v1/klines?symbol=BTCUSDT&interval=1d&startTime=${from}&limit=2`)
        .body.map(([openMs]: [number]) => openMs)
    expect(opens(Date.UTC(2018, 0, 1))).toEqual([Date.UTC(2019, 11, 31), Date.UTC(2020, 0, 1)])
    expect(opens(SANDBOX_START_MS + DAY_MS)).toEqual([])
  })
})

describe('exchangeInfo (notes on Binance, 3)', () => {
  test('lists what clients trip over beside what is traded', () => {
    const { symbols } = new SandboxDesk().get('/fapi/v1/exchangeInfo').body
    const odd = symbols.map(({ symbol, status, contractType }: Record<string, string>) => [
      symbol,
      status,
      contractType,
    ])
    expect(odd).toEqual([
      ['BTCUSDT', 'TRADING', 'PERPETUAL'],
      ['ETHUSDT', 'TRADING', 'PERPETUAL'],
      ['OMGUSDT', 'SETTLING', 'PERPETUAL'],
      ['ALPACAUSDT', 'TRADING_HALT', 'PERPETUAL'],
      ['XAUUSDT', 'TRADING', 'TRADIFI_PERPETUAL'],
      ['BTCUSDT_270326', 'TRADING', 'CURRENT_QUARTER'],
      ['币安人生USDT', 'PENDING_TRADING', 'PERPETUAL'],
    ])
    const filters = symbols[2].filters.map(({ filterType }: { filterType: string }) => filterType)
    expect(filters).toContain('NOT_KNOWN_YET')
  })

  test('a tick of 0.1 is printed with two digits, which are no precision', () => {
    const [btc] = new SandboxDesk().get('/fapi/v1/exchangeInfo').body.symbols
    expect([btc.pricePrecision, btc.filters[0].tickSize]).toEqual([2, '0.10'])
  })

  test('a market order may be far smaller than others', () => {
    const [btc] = new SandboxDesk().get('/fapi/v1/exchangeInfo').body.symbols
    const of = (type: string): string =>
      btc.filters.find(({ filterType }: { filterType: string }) => filterType === type).maxQty
    expect(Number(of('MARKET_LOT_SIZE'))).toBeLessThan(Number(of('LOT_SIZE')))
  })

  test('limits are those that are counted', () => {
    const { rateLimits } = new SandboxDesk({ weightPerMinute: 100 }).get('/fapi/v1/exchangeInfo').body
    expect(rateLimits[0]).toMatchObject({ rateLimitType: 'REQUEST_WEIGHT', limit: 100 })
  })
})

describe('series', () => {
  test('funding rates rise in time, two milliseconds after their hour, with their type', () => {
    const { desk } = market()
    const rows = desk.get('/fapi/v1/fundingRate?symbol=BTCUSDT&limit=3').body
    expect(rows.map(({ fundingTime }: { fundingTime: number }) => SANDBOX_START_MS - fundingTime)).toEqual(
      [17, 9, 1].map((hours) => hours * 3_600_000 - 2),
    )
    expect(rows[0]).toMatchObject({
      symbol: 'BTCUSDT',
      rateType: 'Regular',
      markPrice: expect.stringMatching(/^\d+\.\d{8}$/),
    })
  })

  test('a settlement while it runs is one of them', () => {
    const desk = new SandboxDesk()
    desk.quote('60000', '60000.1')
    desk.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.0001' })
    expect(desk.get('/fapi/v1/fundingRate?symbol=BTCUSDT&limit=1').body).toMatchObject([
      { fundingRate: '0.0001', fundingTime: SANDBOX_START_MS },
    ])
  })

  test('intervals of funding list symbols that have never been updated, and those of COIN-M', () => {
    const rows = new SandboxDesk().get('/fapi/v1/fundingInfo').body
    expect(rows.some(({ updateTime }: { updateTime: unknown }) => updateTime === null)).toBe(true)
    expect(rows.at(-1).symbol).toBe('BTCUSD_PERP')
  })

  test.each([
    ['takerlongshortRatio', ['buySellRatio', 'buyVol', 'sellVol', 'timestamp']],
    ['openInterestHist', ['symbol', 'sumOpenInterest', 'sumOpenInterestValue', 'CMCCirculatingSupply', 'timestamp']],
  ])('%s has its fields at whole periods', (name, fields) => {
    const { desk } = market()
    const rows = desk.get(`/futures/data/${name}?symbol=BTCUSDT&period=1h&limit=4`).body
    expect(rows.map(({ timestamp }: { timestamp: number }) => (SANDBOX_START_MS - timestamp) / 3_600_000)).toEqual([
      3, 2, 1, 0,
    ])
    expect(Object.keys(rows[0])).toEqual(fields)
  })
})
