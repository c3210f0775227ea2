import { describe, expect, test } from 'vitest'
import { NOON_MS, type Reply, RestRig } from './rest-rig.js'

describe('one outcome', () => {
  test('what the exchange did is told with its value and when it was asked', () => {
    const rig = new RestRig()
    rig.offsetMs = 300
    rig.reply = () => ({ body: { orderId: 7 } })
    rig.call({ callId: 'a:1', route: 'newOrder', params: { symbol: 'BTCUSDT' }, priority: 'entry' })
    rig.run(NOON_MS + 1_000)
    const outcome = rig.outcome('a:1')
    expect(outcome).toMatchObject({ kind: 'done', value: { orderId: 7 } })
    const [arrival] = rig.arrivals
    const sentAtExchangeMs = outcome.kind === 'done' ? outcome.sentAtExchangeMs : 0
    expect(sentAtExchangeMs).toBeLessThanOrEqual(arrival!.sentMs + rig.offsetMs)
    expect(sentAtExchangeMs).toBeGreaterThan(arrival!.sentMs + rig.offsetMs - 100)
  })

  test('a request that is not answered is unknown when its time is up, and a late answer changes nothing', () => {
    const rig = new RestRig({ timeoutMs: 2_000 })
    rig.delayMs = () => [20, rig.sent.length > 1 ? 6_000 : 20]
    rig.call({ callId: 'a:1', route: 'newOrder', priority: 'entry' })
    rig.run(NOON_MS + 20_000)
    expect(rig.outcomes).toEqual([{ kind: 'unknown', callId: 'a:1', message: 'no answer in time' }])
    expect(rig.arrivals).toHaveLength(1)
  })

  test('nobody waits for longer than a call says', () => {
    const rig = new RestRig()
    rig.reply = () => null
    rig.call({ callId: 'a:1', route: 'account', deadlineMs: NOON_MS + 1_500 })
    rig.run(NOON_MS + 1_499)
    expect(rig.outcomes).toEqual([])
    rig.run(NOON_MS + 1_500)
    expect(rig.outcome('a:1').kind).toBe('unknown')
  })

  test.each([
    ['newOrder', true, 'unknown', 1],
    ['cancelOrder', true, 'unknown', 1],
    ['newOrder', false, 'notSent', 1],
    ['cancelOrder', false, 'notSent', 1],
    ['account', true, 'unknown', 1],
    ['account', false, 'notSent', 2],
  ] as const)(
    '%s that is lost (may have arrived: %s) is %s, and was sent %i times',
    (route, mayHaveArrived, kind, times) => {
      const rig = new RestRig()
      rig.reply = () => ({ lost: 'connection cut', mayHaveArrived })
      rig.call({ callId: 'a:1', route })
      rig.run(NOON_MS + 15_000)
      expect(rig.outcome('a:1').kind).toBe(kind)
      expect(rig.arrivals).toHaveLength(times)
    },
  )

  test('a call id that is still open is a bug', () => {
    const rig = new RestRig()
    rig.call({ callId: 'a:1', route: 'account' })
    expect(() => rig.call({ callId: 'a:1', route: 'account' })).toThrow('a call id is used once')
  })
})

describe('time', () => {
  test('every request waits for the first answer of the exchange, which is its time', () => {
    const rig = new RestRig()
    rig.delayMs = () => [200, 200]
    rig.call({ callId: 'a:1', route: 'account' })
    rig.call({ callId: 'a:2', route: 'ping' })
    rig.run(NOON_MS + 399)
    expect(rig.arrivals).toEqual([])
    rig.run(NOON_MS + 1_000)
    expect(rig.arrivals.map(({ path }) => path)).toEqual(['/fapi/v3/account', '/fapi/v1/ping'])
  })

  test('while the exchange does not tell its time a request of an account waits, a public one does not', () => {
    const rig = new RestRig()
    rig.time = () => ({ lost: 'refused', mayHaveArrived: false })
    rig.call({ callId: 'a:1', route: 'account', deadlineMs: NOON_MS + 30_000 })
    rig.call({ callId: 'a:2', route: 'ping' })
    rig.run(NOON_MS + 10_000)
    expect(rig.arrivals.map(({ path }) => path)).toEqual(['/fapi/v1/ping'])
  })

  test('what cannot be stamped in time is not sent, since the exchange is out of reach', () => {
    const rig = new RestRig()
    rig.time = () => ({ lost: 'refused', mayHaveArrived: false })
    rig.call({ callId: 'a:1', route: 'newOrder', priority: 'exit', deadlineMs: NOON_MS + 30_000 })
    rig.run(NOON_MS + 60_000)
    expect(rig.outcome('a:1')).toMatchObject({ kind: 'notSent', why: 'UNREACHABLE' })
    expect(rig.notices.map(({ code }) => code)).toContain('UNREACHABLE')
  })

  test.each([
    [5_000, 5_000],
    [90_000, 60_000],
  ])('an order that is valid for %i ms may be done for at most %i ms after its stamp', (validMs, mostMs) => {
    const rig = new RestRig()
    rig.offsetMs = -40_000
    rig.call({ callId: 'a:0', route: 'ping' })
    rig.run(NOON_MS + 500)
    const validUntilMs = rig.nowMs + rig.offsetMs + validMs
    rig.call({ callId: 'a:1', route: 'newOrder', validUntilMs })
    rig.run(NOON_MS + 1_000)
    const { query } = rig.arrivals.at(-1)!
    const lastMs = Number(query.get('timestamp')) + Number(query.get('recvWindow'))
    expect(lastMs).toBeLessThanOrEqual(validUntilMs)
    if (validMs <= 60_000) expect(lastMs).toBe(validUntilMs)
    expect(Number(query.get('recvWindow'))).toBeLessThanOrEqual(mostMs + 100)
  })

  test('an order that is valid no longer does not leave', () => {
    const rig = new RestRig()
    rig.offsetMs = 40_000
    rig.call({ callId: 'a:1', route: 'newOrder', validUntilMs: NOON_MS + 39_000 })
    rig.run(NOON_MS + 5_000)
    expect(rig.outcome('a:1')).toMatchObject({ kind: 'notSent', why: 'EXPIRED' })
    expect(rig.arrivals).toEqual([])
  })

  test('a refusal for its time is REQUEST_EXPIRED, and the time is asked for before anything else is stamped', () => {
    const rig = new RestRig()
    rig.call({ callId: 'a:0', route: 'account' })
    rig.run(NOON_MS + 5_000)
    rig.offsetMs = 7_000
    rig.reply = ({ arrivedMs, query }) =>
      arrivedMs - Number(query.get('timestamp')) <= 5_000
        ? { body: {} }
        : { status: 400, body: { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' } }
    rig.call({ callId: 'a:1', route: 'account' })
    rig.run(rig.nowMs + 40)
    expect(rig.outcome('a:1')).toMatchObject({ kind: 'refused', error: { code: -1021, rejectCode: 'REQUEST_EXPIRED' } })
    rig.call({ callId: 'a:2', route: 'account' })
    rig.run(rig.nowMs + 1_000)
    expect(rig.outcome('a:2').kind).toBe('done')
    expect(rig.notices.map(({ code }) => code)).toEqual(['CLOCK_WRONG'])
  })

  test('an exit that comes after a long outage does not wait until the time is asked for the next time', () => {
    const rig = new RestRig()
    const { time } = rig
    rig.time = () => ({ lost: 'cut', mayHaveArrived: false })
    rig.put({ kind: 'time' })
    rig.run(NOON_MS + 125_000)
    rig.time = time
    rig.call({ callId: 'a:1', route: 'newOrder', priority: 'exit', deadlineMs: rig.nowMs + 3_000 })
    rig.run(rig.nowMs + 200)
    expect(rig.outcome('a:1').kind).toBe('done')
  })

  test('the time of the exchange is not known when the clock here was set ahead, until it is asked for anew', () => {
    const rig = new RestRig()
    rig.call({ callId: 'a:0', route: 'account' })
    rig.run(NOON_MS + 5_000)
    expect(rig.machine.exchangeMs(rig.nowMs)).toBeDefined()
    rig.sleep(3_600_000)
    rig.offsetMs = -3_600_000
    expect(rig.machine.exchangeMs(rig.nowMs)).toBeUndefined()
    rig.run(rig.nowMs + 1_000)
    expect(Math.abs(rig.machine.exchangeMs(rig.nowMs)! - (rig.nowMs - 3_600_000))).toBeLessThan(100)
  })

  test('after this machine has slept the time is asked for before anything is stamped', () => {
    const rig = new RestRig()
    rig.call({ callId: 'a:0', route: 'account' })
    rig.run(NOON_MS + 5_000)
    rig.sleep(3_600_000)
    rig.offsetMs = -9_000
    rig.call({ callId: 'a:1', route: 'account' })
    rig.run(rig.nowMs + 1_000)
    const { query, arrivedMs } = rig.arrivals.at(-1)!
    expect(arrivedMs - Number(query.get('timestamp'))).toBeGreaterThanOrEqual(0)
    expect(arrivedMs - Number(query.get('timestamp'))).toBeLessThan(1_000)
  })
})

describe('refusals of the exchange as a whole', () => {
  const refusal = (status: number, code: number, headers = {}): Reply => ({
    status,
    headers,
    body: { code, msg: 'No.' },
  })

  test('a ban lets nothing leave until it is over, tells at once who would wait too long, and a person', () => {
    const rig = new RestRig()
    rig.reply = ({ path }) =>
      path === '/fapi/v1/klines' ? refusal(418, -1003, { 'retry-after': '180' }) : { body: {} }
    rig.call({ callId: 'a:0', route: 'klines', priority: 'data' })
    rig.run(NOON_MS + 1_000)
    expect(rig.outcome('a:0')).toMatchObject({ kind: 'refused', error: { httpStatus: 418 } })
    expect(rig.notices).toMatchObject([{ level: 'CRITICAL', code: 'BANNED' }])
    expect(rig.notices[0]!.message).toContain('2026-11-30T12:03:')
    const sent = rig.sent.length
    rig.call({ callId: 'a:1', route: 'newOrder', priority: 'exit' })
    rig.call({ callId: 'a:2', route: 'account', deadlineMs: NOON_MS + 300_000 })
    expect(rig.outcome('a:1')).toMatchObject({ kind: 'notSent', why: 'BANNED' })
    rig.run(NOON_MS + 180_000)
    expect(rig.sent).toHaveLength(sent)
    expect(rig.machine.usage().bannedUntilMs).toBeGreaterThan(NOON_MS + 180_000)
    rig.run(NOON_MS + 182_000)
    expect(rig.outcome('a:2').kind).toBe('done')
    expect(rig.machine.usage().bannedUntilMs).toBeNull()
  })

  test('the end of a ban is told once, when it is there, though nothing waits to leave', () => {
    const rig = new RestRig({ clockEveryMs: 3_600_000 })
    rig.reply = () => refusal(418, -1003, { 'retry-after': '180' })
    rig.call({ callId: 'a:0', route: 'klines', priority: 'data' })
    rig.call({ callId: 'a:1', route: 'klines', priority: 'data' })
    rig.run(NOON_MS + 180_000)
    expect(rig.notices).toMatchObject([{ code: 'BANNED' }])
    rig.run(NOON_MS + 182_000)
    expect(rig.notices.slice(1)).toMatchObject([{ level: 'INFO', code: 'BAN_OVER' }])
    rig.run(NOON_MS + 900_000)
    expect(rig.notices).toHaveLength(2)
  })

  test('a ban without a Retry-After lasts until what its text says', () => {
    const rig = new RestRig()
    const msg = `Way too many requests; IP(1.2.3.4) banned until ${NOON_MS + 400_000}. Please use the websocket.`
    rig.reply = () => ({ status: 418, body: { code: -1003, msg } })
    rig.call({ callId: 'a:0', route: 'ping' })
    rig.run(NOON_MS + 1_000)
    const { bannedUntilMs } = rig.machine.usage()
    expect(Math.abs(bannedUntilMs! - NOON_MS - 400_000)).toBeLessThan(1_100)
  })

  test.each([
    [429, -1003],
    [400, -1015],
  ])('after HTTP %i with code %i only exits leave until the next minute of the exchange', (status, code) => {
    const rig = new RestRig()
    rig.reply = ({ path }) => (path === '/fapi/v1/klines' ? refusal(status, code) : { body: {} })
    rig.call({ callId: 'a:0', route: 'klines', priority: 'data' })
    rig.run(NOON_MS + 1_000)
    expect(rig.outcome('a:0')).toMatchObject({ kind: 'refused', error: { rejectCode: 'RATE_LIMITED' } })
    rig.call({ callId: 'a:1', route: 'account', deadlineMs: NOON_MS + 90_000 })
    rig.call({ callId: 'a:2', route: 'newOrder', priority: 'exit' })
    rig.call({ callId: 'a:3', route: 'newOrder', priority: 'entry' })
    rig.run(NOON_MS + 59_000)
    expect(rig.outcomes.map(({ callId, kind }) => `${callId} ${kind}`)).toEqual([
      'a:0 refused',
      'a:3 notSent',
      'a:2 done',
    ])
    rig.run(NOON_MS + 62_000)
    expect(rig.outcome('a:1').kind).toBe('done')
  })

  test('exits that are refused as well are tried less and less often, until one is taken', () => {
    const rig = new RestRig()
    let isLimited = true
    rig.reply = () => (isLimited ? refusal(429, -1003) : { body: {} })
    for (let second = 1; second < 59; second++) {
      rig.run(NOON_MS + second * 1_000)
      if (second === 30) isLimited = false
      for (const order of ['stop', 'exit'])
        rig.call({ callId: `${order}:${second}`, route: 'newOrder', priority: 'exit', deadlineMs: rig.nowMs + 900 })
    }
    rig.run(NOON_MS + 59_000)
    const orders = rig.arrivals.filter(({ path }) => path === '/fapi/v1/order')
    const seconds = orders.map(({ sentMs }) => Math.floor((sentMs - NOON_MS) / 1_000))
    expect(seconds.slice(0, 9)).toEqual([1, 1, 3, 11, 41, 42, 42, 43, 43])
  })

  test('Retry-After is honoured beyond the minute', () => {
    const rig = new RestRig()
    rig.reply = ({ path }) =>
      path === '/fapi/v1/klines' ? refusal(429, -1003, { 'retry-after': '100' }) : { body: {} }
    rig.call({ callId: 'a:0', route: 'klines', priority: 'data' })
    rig.call({ callId: 'a:1', route: 'account', deadlineMs: NOON_MS + 200_000 })
    rig.run(NOON_MS + 1_000)
    const before = rig.arrivals.length
    rig.call({ callId: 'a:2', route: 'account', deadlineMs: NOON_MS + 200_000 })
    rig.run(NOON_MS + 99_000)
    expect(rig.arrivals).toHaveLength(before)
    rig.run(NOON_MS + 101_000)
    expect(rig.outcome('a:2').kind).toBe('done')
  })

  test('an exchange that is too busy is asked again after 200, 400 and then 800 ms, five times at most', () => {
    const rig = new RestRig()
    rig.delayMs = () => [0, 0]
    rig.reply = () => ({ status: 503, body: { code: -1008, msg: 'Request throttled by system-level protection.' } })
    rig.call({ callId: 'a:1', route: 'newOrder', priority: 'entry' })
    rig.run(NOON_MS + 10_000)
    expect(rig.arrivals.map(({ sentMs }) => sentMs - NOON_MS)).toEqual([0, 200, 600, 1_400, 2_200, 3_000])
    expect(rig.outcome('a:1')).toMatchObject({ kind: 'refused', error: { code: -1008, rejectCode: 'RATE_LIMITED' } })
  })

  test('an exit does not wait for an exchange that is too busy for others', () => {
    const rig = new RestRig()
    rig.delayMs = () => [0, 0]
    rig.reply = ({ query }) =>
      query.get('reduceOnly') === 'true' ? { body: {} } : { status: 503, body: { code: -1008, msg: 'Busy.' } }
    rig.call({ callId: 'a:1', route: 'newOrder', priority: 'entry' })
    rig.run(NOON_MS)
    rig.call({ callId: 'a:2', route: 'newOrder', params: { reduceOnly: 'true' }, priority: 'exit' })
    rig.run(NOON_MS)
    expect(rig.outcome('a:2').kind).toBe('done')
  })

  test.each([
    [400, -1022, 'KEY_REFUSED', 'CRITICAL'],
    [401, -2015, 'KEY_REFUSED', 'CRITICAL'],
    [451, 0, 'LOCATION_REFUSED', 'CRITICAL'],
    [403, 0, 'FIREWALL', 'ERROR'],
    [400, -4400, 'REDUCE_ONLY_ACCOUNT', 'CRITICAL'],
  ])('HTTP %i with code %i is told to a person as %s, once in a minute', (status, code, notice, level) => {
    const rig = new RestRig()
    rig.reply = () => refusal(status, code)
    rig.call({ callId: 'a:1', route: 'newOrder', priority: 'exit' })
    rig.call({ callId: 'a:2', route: 'newOrder', priority: 'exit' })
    rig.run(NOON_MS + 1_000)
    expect(rig.outcomes.map(({ kind }) => kind)).toEqual(['refused', 'refused'])
    expect(rig.notices).toMatchObject([{ code: notice, level }])
  })
})

describe('limits', () => {
  test('what others at this address use counts, as the exchange says in its headers', () => {
    const rig = new RestRig()
    rig.reply = () => ({ headers: { 'x-mbx-used-weight-1m': '1500' } })
    rig.call({ callId: 'a:0', route: 'account' })
    rig.run(NOON_MS + 5_000)
    rig.call({ callId: 'a:0', route: 'account' })
    rig.run(NOON_MS + 6_000)
    rig.outcomes.length = 0
    rig.call({ callId: 'a:1', route: 'ping', priority: 'data', deadlineMs: NOON_MS + 90_000 })
    rig.call({ callId: 'a:2', route: 'account', priority: 'truth' })
    rig.run(NOON_MS + 59_000)
    expect(rig.outcomes.map(({ callId }) => callId)).toEqual(['a:2'])
    rig.run(NOON_MS + 65_000)
    expect(rig.outcome('a:1').kind).toBe('done')
  })

  test('what the first answer says of the minute counts, although the clock here is ahead by a part of one', () => {
    const rig = new RestRig()
    rig.offsetMs = -14_000
    rig.time = ({ arrivedMs }) => ({
      headers: { 'x-mbx-used-weight-1m': '2390' },
      body: { serverTime: arrivedMs },
    })
    rig.call({ callId: 'a:1', route: 'account', deadlineMs: NOON_MS + 5_000 })
    rig.run(NOON_MS + 6_000)
    expect(rig.outcome('a:1')).toMatchObject({ kind: 'notSent', why: 'RATE_LIMITED' })
    expect(rig.arrivals).toEqual([])
  })

  test('data waits behind the few calls for data that are under way, and is given up when it must be', () => {
    const rig = new RestRig()
    rig.call({ callId: 'a:0', route: 'account' })
    rig.run(NOON_MS + 5_000)
    rig.reply = () => null
    for (let n = 1; n <= 20; n += 1) {
      const deadlineMs = rig.nowMs + (n === 19 ? 700 : 9_000)
      const validity = n === 20 ? { validUntilMs: rig.nowMs + 500 } : {}
      rig.call({ callId: `a:${n}`, route: 'ping', priority: 'data', deadlineMs, ...validity })
    }
    rig.run(NOON_MS + 5_800)
    expect(rig.arrivals).toHaveLength(1 + 8)
    expect(rig.outcome('a:19')).toMatchObject({ kind: 'notSent', why: 'DEADLINE' })
    expect(rig.toldMs.get('a:19')).toBe(NOON_MS + 5_700)
    expect(rig.outcome('a:20')).toMatchObject({ kind: 'notSent', why: 'EXPIRED' })
    rig.run(NOON_MS + 30_000)
    expect(rig.outcomes).toHaveLength(21)
  })

  test('the limits are those that the exchange states', () => {
    const rig = new RestRig()
    const rateLimits = [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000 },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 'many' },
      null,
    ]
    rig.reply = () => ({ body: { rateLimits } })
    rig.call({ callId: 'a:0', route: 'exchangeInfo' })
    rig.run(NOON_MS + 1_000)
    expect(rig.machine.usage()).toMatchObject({ weightLimit: 6_000, orders10sLimit: 100, orders1mLimit: 1_200 })
  })

  test('nothing less urgent uses up what an exit waits for', () => {
    const rig = new RestRig({ limits: { weight1m: 200, orders10s: 10, orders1m: 25 } })
    rig.reply = () => ({ headers: { 'x-mbx-used-weight-1m': '165' } })
    rig.run(NOON_MS + 2_000)
    rig.call({ callId: 'a:0', route: 'account' })
    rig.run(NOON_MS + 3_000)
    rig.call({ callId: 'a:1', route: 'openOrders', priority: 'exit', deadlineMs: NOON_MS + 90_000 })
    rig.call({ callId: 'a:2', route: 'account', priority: 'truth', deadlineMs: NOON_MS + 90_000 })
    rig.call({ callId: 'a:3', route: 'newOrder', priority: 'exit' })
    rig.run(NOON_MS + 59_000)
    expect(rig.outcomes.map(({ callId }) => callId)).toEqual(['a:0', 'a:3'])
    rig.run(NOON_MS + 65_000)
    expect(rig.outcomes.map(({ callId }) => callId)).toEqual(['a:0', 'a:3', 'a:1', 'a:2'])
  })

  test.each([
    [0, 40],
    [40, 0],
    [20, 20],
  ])(
    'a new window is used when it has certainly begun, if the time takes %i ms there and %i ms back',
    (there, back) => {
      const rig = new RestRig({ limits: { weight1m: 2_400, orders10s: 3, orders1m: 1_200 } })
      rig.delayMs = () => [there, back]
      rig.call({ callId: 'a:0', route: 'ping' })
      rig.run(NOON_MS + 1_000)
      rig.delayMs = () => [0, 0]
      for (let n = 1; n <= 6; n += 1) {
        rig.call({ callId: `a:${n}`, route: 'newOrder', priority: 'exit', deadlineMs: NOON_MS + 30_000 })
      }
      rig.run(NOON_MS + 30_000)
      const arrivedMs = rig.arrivals.slice(1).map((arrival) => arrival.arrivedMs - NOON_MS)
      expect(arrivedMs.slice(0, 3)).toEqual([1_000, 1_000, 1_000])
      for (const ms of arrivedMs.slice(3)) {
        expect(ms).toBeGreaterThanOrEqual(10_000)
        expect(ms).toBeLessThan(10_100)
      }
    },
  )

  test('an entry that would have to wait for longer than it may is told at once', () => {
    const rig = new RestRig({ limits: { weight1m: 2_400, orders10s: 10, orders1m: 1_200 } })
    rig.run(NOON_MS + 1)
    for (let i = 0; i < 9; i += 1) {
      rig.call({ callId: `a:${i}`, route: 'newOrder', priority: 'entry', deadlineMs: NOON_MS + 5_000 })
    }
    rig.run(NOON_MS + 1_000)
    expect(rig.outcome('a:8')).toMatchObject({ kind: 'notSent', why: 'RATE_LIMITED' })
    rig.call({ callId: 'b:1', route: 'newOrder', priority: 'exit' })
    rig.run(NOON_MS + 2_000)
    expect(rig.outcome('b:1').kind).toBe('done')
  })
})

test('the key is in the header of its requests, and nowhere in what is told', () => {
  const rig = new RestRig()
  rig.reply = ({ request }) => ({
    status: 400,
    body: `<html>${request.target} ${JSON.stringify(request.headers)}</html>`,
  })
  rig.call({ callId: 'a:1', route: 'newOrder' })
  rig.call({ callId: 'a:2', route: 'newListenKey' })
  rig.call({ callId: 'a:3', route: 'ping' })
  rig.run(NOON_MS + 1_000)
  const keyed = rig.arrivals.map(({ path, request }) => `${path} ${'x-mbx-apikey' in request.headers}`)
  expect(keyed.sort()).toEqual(['/fapi/v1/listenKey true', '/fapi/v1/order true', '/fapi/v1/ping false'])
  const told = JSON.stringify([rig.outcomes, rig.notices, rig.machine.usage()])
  expect(told).not.toContain('k'.repeat(64))
  expect(told).not.toContain('signed')
})
