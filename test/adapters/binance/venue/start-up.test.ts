import { describe, expect, test } from 'vitest'
import type { RouteName } from '../../../../src/adapters/binance/rest/routes.js'
import { accountOf, listing, positionRow, type Scripted, ScriptedVenue } from './scripted-venue.js'

function started(prepare: (venue: ScriptedVenue) => void = () => undefined, settings = {}): ScriptedVenue {
  const venue = new ScriptedVenue(settings)
  prepare(venue)
  venue.put({ kind: 'start' })
  return venue
}

describe('the start-up', () => {
  test('reads the account only after somebody listens to it, and then tells that it is ready', () => {
    const venue = started()
    expect(venue.routes()).not.toContain('account')
    expect(venue.inputsOfUserStream).toContain('start')
    expect(venue.of('ready')).toEqual([])
    venue.connect(true)
    expect(venue.routes()).toContain('account')
    expect(venue.of('ready')).toMatchObject([
      { walletBalanceUsd: '10000', instruments: [{ identity: { symbol: 'BTCUSDT' }, maxLeverage: 125 }] },
    ])
    expect(venue.wanted).toEqual(['btcusdt@bookTicker', 'btcusdt@markPrice@1s', '!contractInfo'])
  })

  test('refuses entries until it is over, and takes exits at any time', () => {
    const venue = started()
    venue.submit('entry')
    venue.submit('exit', { reduceOnly: true })
    expect(venue.of('rejected')).toMatchObject([{ requestId: 'entry', code: 'NOT_TRADING' }])
    expect(venue.of('acknowledged')).toMatchObject([{ requestId: 'exit' }])
    venue.connect(true)
    venue.submit('entry-2')
    expect(venue.of('acknowledged').map(({ requestId }) => requestId)).toEqual(['exit', 'entry-2'])
  })

  test.each<[string, RouteName, Scripted]>([
    ['HEDGE_MODE', 'positionMode', { value: { dualSidePosition: true } }],
    ['MULTI_ASSETS_MODE', 'multiAssetsMode', { value: { multiAssetsMargin: true } }],
    ['FEE_BURN', 'feeBurn', { value: { feeBurn: true } }],
    ['WITHDRAWALS_ALLOWED', 'apiRestrictions', { value: { enableWithdrawals: true } }],
    ['UNKNOWN_SYMBOL', 'exchangeInfo', { value: { symbols: [] } }],
    ['REFUSED', 'apiRestrictions', { code: 0, httpStatus: 403 }],
    ['KEY_REFUSED', 'apiRestrictions', { code: -2015, httpStatus: 401 }],
    ['KEY_REFUSED', 'symbolConfig', { code: -2015, httpStatus: 401 }],
  ])('%s is refused with what to change, and entries stay refused', (code, route, answer) => {
    const venue = started((each) => each.answers(route, answer))
    expect(venue.of('refused')).toMatchObject([{ problems: [{ code }] }])
    venue.connect(true)
    expect(venue.of('ready')).toEqual([])
    venue.submit('entry')
    venue.submit('exit', { reduceOnly: true })
    expect(venue.of('rejected')).toMatchObject([{ requestId: 'entry' }])
    expect(venue.of('acknowledged')).toMatchObject([{ requestId: 'exit' }])
  })

  test('a symbol that was delisted while a session went on is named, and alone has no entries', () => {
    const symbols = ['BTCUSDT', 'GONEUSDT']
    const venue = started(undefined, { symbols, areKept: true })
    venue.connect(true)
    expect(venue.of('notice')).toMatchObject([{ level: 'ERROR', code: 'UNKNOWN_SYMBOL' }])
    expect(venue.callsOf('setMarginType')).toEqual([])
    expect(venue.of('ready')).toMatchObject([{ instruments: [{ identity: { symbol: 'BTCUSDT' } }] }])
    venue.submit('s1', { symbol: 'GONEUSDT' })
    venue.submit('s2')
    expect(venue.of('rejected')).toMatchObject([{ requestId: 's1', code: 'NOT_TRADING' }])
    expect(venue.of('acknowledged')).toMatchObject([{ requestId: 's2' }])
    for (const settings of [{ symbols }, { symbols: ['GONEUSDT'], areKept: true }])
      expect(started(undefined, settings).of('refused')).toMatchObject([{ problems: [{ code: 'UNKNOWN_SYMBOL' }] }])
  })

  test.each([{}, { code: -2015, httpStatus: 401 }])(
    'tells how contracts are now, whatever becomes of it (%o): one may settle since the process before',
    (answer) => {
      const venue = started((each) => {
        each.answers('exchangeInfo', { value: listing({ status: 'PRE_SETTLE' }) })
        if ('code' in answer) each.answers('feeBurn', answer as Scripted)
      })
      expect(venue.of('instrument')).toMatchObject([
        { instrument: { identity: { symbol: 'BTCUSDT' }, status: 'SETTLING', maxLeverage: 125 } },
      ])
    },
  )

  test('names everything that is wrong at once', () => {
    const venue = started((each) => {
      each.answers('positionMode', { value: { dualSidePosition: true } })
      each.answers('feeBurn', { value: { feeBurn: true } })
    })
    expect(venue.of('refused')[0]!.problems.map(({ code }) => code)).toEqual(['HEDGE_MODE', 'FEE_BURN'])
  })

  test('warns where it cannot ask whether the key may withdraw', () => {
    const venue = started((each) => each.answers('apiRestrictions', { code: -5000, httpStatus: 404 }))
    venue.connect(true)
    expect(venue.of('notice')).toMatchObject([{ level: 'WARNING', code: 'WITHDRAWALS_UNKNOWN' }])
    expect(venue.of('ready')).toHaveLength(1)
  })

  test('sets of each symbol only what differs; what is so already is no error', () => {
    const prepare = (each: ScriptedVenue) => {
      each.answers('symbolConfig', { value: [{ symbol: 'BTCUSDT', marginType: 'ISOLATED', leverage: 10 }] })
      each.answers('setMarginType', { code: -4046, message: 'No need to change margin type.' })
      each.answers('setLeverage', { value: { leverage: 10 } })
    }
    const venue = started(prepare, { leverage: 10 })
    venue.connect(true)
    expect(venue.callsOf('setMarginType')).toMatchObject([{ params: { symbol: 'BTCUSDT', marginType: 'CROSSED' } }])
    expect(venue.callsOf('setLeverage')).toEqual([])
    expect(venue.of('ready')).toHaveLength(1)
    expect(venue.of('notice')).toEqual([])
    venue.submit('s1')
    expect(venue.of('acknowledged')).toHaveLength(1)
  })

  test('a symbol that may not have so much leverage is set to the most that it may have', () => {
    const prepare = (each: ScriptedVenue) => {
      const bracket = { bracket: 1, initialLeverage: 5, maintMarginRatio: 0.01 }
      each.answers('leverageBracket', { value: [{ symbol: 'BTCUSDT', brackets: [bracket] }] })
      each.answers('setLeverage', { value: {} })
    }
    const venue = started(prepare, { leverage: 10 })
    expect(venue.callsOf('setLeverage')).toMatchObject([{ params: { symbol: 'BTCUSDT', leverage: '5' } }])
  })

  test('a symbol that cannot be set up is named, and alone has no entries', () => {
    const prepare = (each: ScriptedVenue) =>
      each.answers('setLeverage', { code: -4028, message: 'Leverage 500 is not valid' })
    const venue = started(prepare, { leverage: 500 })
    venue.connect(true)
    expect(venue.of('ready')).toHaveLength(1)
    expect(venue.of('notice')).toMatchObject([{ level: 'ERROR', code: 'SYMBOL_NOT_SET_UP' }])
    venue.submit('s1')
    expect(venue.of('rejected')).toMatchObject([{ message: expect.stringContaining('Leverage 500') }])
    venue.submit('s2', { symbol: 'ETHUSDT' })
    expect(venue.of('acknowledged')).toMatchObject([{ requestId: 's2' }])
  })

  test.each<Scripted>([
    { lost: 'unknown' },
    { lost: 'notSent' },
    { code: -1003, httpStatus: 429 },
    { code: -1001, httpStatus: 503 },
  ])('asks again after %o for as long as it takes, and tells once that it waits', (answer) => {
    const venue = started((each) => each.answers('feeBurn', answer))
    venue.pass(2_500)
    expect(venue.callsOf('feeBurn').length).toBe(3)
    venue.answers('feeBurn', { value: { feeBurn: false } })
    venue.pass(1_000)
    venue.connect(true)
    expect(venue.of('ready')).toHaveLength(1)
    const other = started((each) => each.answers('feeBurn', answer))
    other.pass(3_600_000)
    expect(other.of('refused')).toEqual([])
    expect(other.of('notice')).toMatchObject([{ level: 'WARNING', code: 'START_UP_WAITS' }])
    other.answers('feeBurn', { value: { feeBurn: false } })
    other.pass(8_000)
    other.connect(true)
    expect(other.of('ready')).toHaveLength(1)
  })

  test('an account that nobody can listen to for an hour is read as soon as somebody can', () => {
    const venue = started()
    venue.pass(3_600_000)
    expect([...venue.of('refused'), ...venue.of('ready')]).toEqual([])
    venue.connect(true)
    expect(venue.of('ready')).toHaveLength(1)
  })

  test('an account that cannot be read because the connection is lost again is read with the next one', () => {
    const venue = started((each) => each.answers('account', { lost: 'unknown' }))
    venue.connect(true)
    venue.connect(false)
    venue.pass(600_000)
    expect(venue.of('refused')).toEqual([])
    venue.answers('account', { value: accountOf() })
    venue.connect(true)
    expect(venue.of('ready')).toHaveLength(1)
  })

  test('an account that changed while it was read is read again', () => {
    const venue = started((each) => each.answers('positionRisk', { value: [positionRow({ updateTime: each.nowMs })] }))
    venue.connect(true)
    expect(venue.of('ready')).toEqual([])
    venue.pass(1_000)
    expect(venue.of('ready')).toHaveLength(1)
  })

  test('an account that cannot be read yet is read again', () => {
    const venue = started((each) => each.answers('account', { lost: 'unknown' }))
    venue.connect(true)
    venue.answers('account', { value: { assets: [{ asset: 'USDT', walletBalance: '5', availableBalance: '5' }] } })
    venue.pass(1_000)
    expect(venue.of('ready')).toMatchObject([{ walletBalanceUsd: '5' }])
  })
  test.each<Scripted>([{ value: { assets: [] } }, { lost: 'unknown' }, { code: -2015, httpStatus: 401 }])(
    'an account that can never be read (%o) is refused after a minute, and costs little meanwhile',
    (answer) => {
      const venue = started((each) => each.answers('account', answer))
      venue.pass(10_000)
      venue.connect(true)
      venue.pass(59_000)
      expect(venue.callsOf('openAlgoOrders').length).toBeLessThan(15)
      venue.pass(1_000)
      expect(venue.of('refused')).toMatchObject([{ problems: [{ code: 'ACCOUNT_UNREADABLE' }] }])
      expect(venue.of('ready')).toEqual([])
    },
  )

  test.each<Scripted>([{ lost: 'unknown' }, { code: -1000, httpStatus: 500 }])(
    'an account of a session that goes on and that cannot be read (%o) is read every half minute until it can be',
    (answer) => {
      const venue = started((each) => each.answers('account', answer), { areKept: true })
      venue.connect(true)
      venue.pass(90_000)
      const { length } = venue.callsOf('account')
      venue.pass(300_000)
      expect(venue.callsOf('account')).toHaveLength(length + 10)
      expect(venue.of('refused')).toEqual([])
      expect(venue.of('notice')).toMatchObject([{ level: 'WARNING', code: 'START_UP_WAITS' }])
      venue.submit('s1')
      expect(venue.of('rejected')).toMatchObject([{ code: 'NOT_TRADING' }])
      venue.answers('account', { value: accountOf() })
      venue.pass(30_000)
      expect(venue.of('ready')).toHaveLength(1)
    },
  )

  test('what the stream tells against entries before it is over stays told', () => {
    const venue = started((each) => each.answers('account', { lost: 'unknown' }))
    venue.connect(true)
    venue.user({ e: 'ACCOUNT_CONFIG_UPDATE', ai: { j: true } })
    venue.answers('account', { value: accountOf() })
    venue.pass(1_000)
    expect(venue.of('ready')).toHaveLength(1)
    venue.submit('entry')
    expect(venue.of('rejected')).toMatchObject([{ message: expect.stringContaining('multi-assets mode') }])
  })
})
