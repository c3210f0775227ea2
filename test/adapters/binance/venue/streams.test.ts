import { describe, expect, test } from 'vitest'
import { accountOf, listing, positionUpdate, ScriptedVenue, START_MS } from './scripted-venue.js'

const book = (u: number, change = {}) =>
  ({
    kind: 'frame',
    stream: 'btcusdt@bookTicker',
    data: {
      e: 'bookTicker',
      s: 'BTCUSDT',
      u,
      b: '60000.00',
      B: '5.000',
      a: '60000.10',
      A: '4.000',
      E: 1_000 + u,
      T: 1_000 + u,
      ...change,
    },
  }) as const

const mark = (E: number, p = '60000.50000000') =>
  ({ kind: 'frame', stream: 'btcusdt@markPrice@1s', data: { e: 'markPriceUpdate', s: 'BTCUSDT', p, E, T: 0 } }) as const

describe('quotes', () => {
  test('come when best bid, best ask and mark are all known, stamped with the later', () => {
    const venue = ScriptedVenue.ready()
    venue.market(book(1))
    expect(venue.of('quote')).toEqual([])
    venue.market(mark(1_500))
    expect(venue.of('quote').map(({ quote }) => quote)).toEqual([
      {
        symbol: 'BTCUSDT',
        bid: '60000',
        bidQuantity: '5',
        ask: '60000.1',
        askQuantity: '4',
        mark: '60000.5',
        timestampMs: 1_500,
      },
    ])
  })

  test('that are stale are not repeated, and none comes of a half that is dark', () => {
    const venue = ScriptedVenue.ready()
    venue.market(mark(1_000))
    venue.market(book(5))
    venue.market(book(5))
    venue.market(book(4))
    venue.market(mark(1_000))
    expect(venue.of('quote')).toHaveLength(1)
    venue.market({ kind: 'dark', streams: ['btcusdt@markPrice@1s'] })
    venue.market(book(6))
    expect(venue.of('quote')).toHaveLength(1)
    venue.market(mark(2_000))
    expect(venue.of('quote')).toHaveLength(2)
  })

  test('of a book with one side there are none', () => {
    const venue = ScriptedVenue.ready()
    venue.market(mark(1_000))
    venue.market(book(5, { B: '0.000' }))
    expect(venue.of('quote')).toEqual([])
  })
})

test.each([
  ['57600', 'acknowledged'],
  ['57599.9', 'rejected'],
  ['62400', 'acknowledged'],
  ['62400.1', 'rejected'],
])('a limit of %s by a mark of 60000 and a band of 4 %% is %s: the exchange looks at one side only', (price, kind) => {
  const venue = ScriptedVenue.ready()
  venue.market(mark(1_000, '60000.00'))
  venue.told.length = 0
  venue.submit('s1', { type: 'LIMIT', price })
  expect(venue.told).toMatchObject([{ kind, ...(kind === 'rejected' && { code: 'PRICE_BAND' }) }])
})

describe('instruments', () => {
  test('are read each hour, and told when their rules have changed', () => {
    const venue = ScriptedVenue.ready()
    venue.answers('exchangeInfo', { value: listing({ status: 'SETTLING' }) })
    venue.pass(3_599_999)
    expect(venue.of('instrument')).toEqual([])
    venue.pass(1)
    expect(venue.of('instrument')).toMatchObject([{ instrument: { status: 'SETTLING' } }])
  })

  test('are read soon after the exchange says that a contract has changed, once for many', () => {
    const venue = ScriptedVenue.ready()
    venue.pass(20_000)
    venue.answers('exchangeInfo', { value: listing({ status: 'PRE_SETTLE' }) })
    for (let i = 0; i < 5; i++)
      venue.market({ kind: 'frame', stream: '!contractInfo', data: { e: 'contractInfo', s: 'BTCUSDT' } })
    expect(venue.of('instrument')).toHaveLength(1)
    expect(venue.callsOf('exchangeInfo')).toHaveLength(1)
  })
})

describe('fundings', () => {
  const row = (tranId: number | string, income: string, time = START_MS + 1_000) => ({
    symbol: 'BTCUSDT',
    incomeType: 'FUNDING_FEE',
    income,
    asset: 'USDT',
    time,
    tranId,
  })

  test('are told with the id that the list of incomes gives them, once it does', () => {
    const venue = ScriptedVenue.ready()
    venue.pass(1_000)
    venue.user(positionUpdate('0.010', 'FUNDING_FEE'))
    expect(venue.of('funding')).toEqual([])
    venue.answers('income', { value: [row(7, '-0.06000000')] })
    venue.pass(10_000)
    expect(venue.of('funding')).toEqual([
      { kind: 'funding', fundingId: 7, symbol: 'BTCUSDT', amountUsd: '-0.06', timestampMs: START_MS + 1_000 },
    ])
    venue.snapshot('t')
    expect(venue.of('snapshot')[0]!.snapshot.account.fundingUsd).toBe('-0.06')
  })

  test('of earlier processes are in the sum, and nobody is told of them', () => {
    const venue = new ScriptedVenue({ fundingSinceMs: START_MS - 1_000_000 })
    venue.answers('income', { value: [row(5, '1.5', START_MS - 5), row('9007199254740993123', '-0.5', START_MS - 4)] })
    venue.put({ kind: 'start' })
    venue.connect(true)
    expect(venue.callsOf('income')[0]!.params).toMatchObject({ startTime: `${START_MS - 1_000_000}` })
    venue.snapshot('t')
    expect(venue.of('funding')).toEqual([])
    expect(venue.of('snapshot')[0]!.snapshot.account.fundingUsd).toBe('1')
  })

  test('are asked for with a snapshot only when the wallet is another one: the list costs thirty', () => {
    const venue = ScriptedVenue.ready()
    for (const [i, wallet] of ['10000.00000000', '9999.50000000', '9999.50000000'].entries()) {
      venue.answers('account', { value: accountOf(wallet) })
      for (let j = 0; j < 5; j++) {
        venue.pass(5_000)
        venue.snapshot(`t${i}.${j}`)
      }
    }
    expect(venue.of('snapshot')).toHaveLength(15)
    expect(venue.callsOf('income')).toHaveLength(2)
  })

  test('that the stream lost are in the next snapshot, which agrees with the wallet', () => {
    const venue = ScriptedVenue.ready()
    venue.snapshot('before')
    venue.answers('account', { value: accountOf('9999.50000000') })
    venue.answers('income', { value: [row(7, '-0.50000000')] })
    venue.pass(5_000)
    venue.snapshot('after')
    const told = venue.of('snapshot').map(({ snapshot: { account } }) => [account.walletBalanceUsd, account.fundingUsd])
    expect(told).toEqual([
      ['10000', '0'],
      ['9999.5', '-0.5'],
    ])
    expect(venue.of('funding')).toMatchObject([{ fundingId: 7 }])
  })

  test('are asked for with an overlap: the clock that stamps them may have been set back', () => {
    const listed = [row(7, '-0.5', START_MS + 30_000)]
    const venue = ScriptedVenue.ready()
    venue.answers('income', ({ startTime }) => ({ value: listed.filter(({ time }) => time >= Number(startTime)) }))
    venue.user({ ...positionUpdate('0.010', 'FUNDING_FEE'), T: START_MS + 30_000 })
    venue.pass(10_000)
    listed.push(row(8, '-0.25', START_MS + 10_000))
    venue.user({ ...positionUpdate('0.010', 'FUNDING_FEE'), T: START_MS + 10_000 - 500 })
    venue.pass(10_000)
    expect(venue.of('funding')).toMatchObject([{ fundingId: 7 }, { fundingId: 8 }])
  })

  test('since long ago are asked for week by week, and no snapshot tells their sum before it is whole', () => {
    const weekMs = 7 * 86_400_000
    const venue = new ScriptedVenue({ fundingSinceMs: 0 })
    venue.answers('income', ({ startTime }) => ({ value: [row(Number(startTime), '1', Number(startTime))] }))
    venue.hold('income')
    venue.put({ kind: 'start' })
    venue.connect(true)
    venue.snapshot('early')
    venue.pass(3_000)
    expect(venue.of('unknown')).toMatchObject([{ requestId: 'early' }])
    venue.release('income')
    venue.pass(1_000)
    const asked = venue.callsOf('income').map(({ params }) => Number(params.startTime))
    const weeks = Math.ceil((90 * 86_400_000) / weekMs)
    expect(asked.slice(0, weeks)).toEqual(
      Array.from({ length: weeks }, (_, i) => START_MS - 90 * 86_400_000 + i * weekMs),
    )
    venue.snapshot('late')
    const { fundingUsd } = venue.of('snapshot').at(-1)!.snapshot.account
    expect(Number(fundingUsd)).toBeGreaterThanOrEqual(weeks)
  })
})

describe('the countdown that cancels all', () => {
  test('runs while an entry order rests, is wound up each half minute, and is switched off behind it', () => {
    const venue = ScriptedVenue.ready({ isDeadManSwitchOn: true })
    venue.submit('s1', { type: 'LIMIT', price: '59000' })
    venue.pass(60_000)
    venue.answers('cancelOrder', { value: { code: 200 } })
    venue.request({ kind: 'cancel', requestId: 'c', symbol: 'BTCUSDT', clientOrderId: 's1' })
    const times = venue.callsOf('countdownCancelAll').map(({ params }) => params.countdownTime)
    expect(times).toEqual(['120000', '120000', '120000', '0'])
  })

  test.each([
    { isDeadManSwitchOn: false, reduceOnly: false },
    { isDeadManSwitchOn: true, reduceOnly: true },
  ])('does not run with %o', ({ isDeadManSwitchOn, reduceOnly }) => {
    const venue = ScriptedVenue.ready({ isDeadManSwitchOn })
    venue.submit('s1', { type: 'LIMIT', price: '59000', reduceOnly })
    venue.pass(60_000)
    expect(venue.callsOf('countdownCancelAll')).toEqual([])
  })
})

test('somebody who switches the account to multi-assets mode stops entries', () => {
  const venue = ScriptedVenue.ready()
  venue.user({ e: 'ACCOUNT_CONFIG_UPDATE', ai: { j: true } })
  venue.submit('s1')
  expect(venue.of('notice')).toMatchObject([{ level: 'CRITICAL', code: 'MULTI_ASSETS_MODE' }])
  expect(venue.of('rejected')).toMatchObject([{ code: 'NOT_TRADING' }])
})
