import { describe, expect, test } from 'vitest'
import {
  algoOrder,
  algoUpdate,
  orderUpdate,
  positionRow,
  positionUpdate,
  ScriptedVenue,
  STOP,
  trade,
} from './scripted-venue.js'

/** A long position of 0.01 under a stop that the exchange has taken. */
function protectedPosition(): ScriptedVenue {
  const venue = ScriptedVenue.ready()
  venue.user(positionUpdate('0.010'))
  venue.submit('stop', STOP)
  venue.user(algoUpdate('NEW'))
  venue.told.length = 0
  return venue
}

const lost = (venue: ScriptedVenue) =>
  venue.of('order').flatMap(({ report }) => (report.reason?.startsWith('PROTECTION_LOST') ? [report.status] : []))

describe('a position has lost its protection', () => {
  test('when the order that a triggered stop sends is rejected', () => {
    const venue = protectedPosition()
    venue.user(algoUpdate('REJECTED', { rm: 'Reduce Only reject' }))
    expect(lost(venue)).toEqual(['REJECTED'])
    expect(venue.of('order')[0]!.report.reason).toContain('Reduce Only reject')
    expect(venue.of('notice')).toMatchObject([{ level: 'CRITICAL', code: 'PROTECTION_LOST' }])
  })

  test.each(['CANCELED', 'EXPIRED'])('when its stop is %s and nobody here asked for it', (X) => {
    const venue = protectedPosition()
    venue.user(algoUpdate(X))
    expect(lost(venue)).toEqual(['CANCELED'])
  })

  test('when its stop has been on its way into the matching engine for two seconds', () => {
    const venue = protectedPosition()
    venue.answers('algoOrder', { value: algoOrder({ algoStatus: 'TRIGGERING', updateTime: venue.nowMs }) })
    venue.user(algoUpdate('TRIGGERING'))
    venue.pass(1_999)
    expect(lost(venue)).toEqual([])
    venue.pass(1)
    expect(lost(venue)).toEqual(['CANCELED'])
  })

  test.each(['openAlgoOrders', 'algoOrder'] as const)(
    'when only %s tells that its stop is on its way into the matching engine, and two seconds later it still is',
    (route) => {
      const venue = protectedPosition()
      venue.answers('positionRisk', { value: [positionRow()] })
      venue.pass(40_000)
      const stuck = algoOrder({ algoStatus: 'TRIGGERING', updateTime: venue.nowMs })
      venue.answers('algoOrder', { value: stuck })
      if (route === 'openAlgoOrders') venue.answers('openAlgoOrders', { value: [stuck] })
      venue.snapshot('t')
      expect(lost(venue)).toEqual([])
      venue.pass(2_000)
      expect(lost(venue)).toEqual(['CANCELED'])
    },
  )

  test('when its stop is finished and nothing came of it', () => {
    const venue = protectedPosition()
    venue.answers('positionRisk', { value: [positionRow()] })
    venue.pass(5_000)
    venue.answers('algoOrder', { value: algoOrder({ algoStatus: 'FINISHED', updateTime: venue.nowMs }) })
    venue.snapshot('t')
    expect(lost(venue)).toEqual(['CANCELED'])
    expect(venue.callsOf('order').at(-1)).toMatchObject({ params: { origClientOrderId: 'stop' } })
  })

  test('when the order that its stop became is not known for a minute', () => {
    const venue = protectedPosition()
    venue.answers('positionRisk', { value: [positionRow()] })
    const triggered = algoOrder({ algoStatus: 'TRIGGERED', actualOrderId: '99', updateTime: venue.nowMs })
    venue.answers('algoOrder', { value: triggered })
    venue.pass(59_000)
    venue.snapshot('t1')
    expect(lost(venue)).toEqual([])
    venue.pass(5_000)
    venue.snapshot('t2')
    expect(lost(venue)).toContain('CANCELED')
  })

  test('when its stop goes after a cancellation that was refused', () => {
    const venue = protectedPosition()
    venue.answers('cancelAlgoOrder', {
      code: -1021,
      message: 'Timestamp for this request is outside of the recvWindow.',
    })
    venue.request({ kind: 'cancel', requestId: 'c', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    expect(venue.of('unknown')).toHaveLength(1)
    venue.user(algoUpdate('EXPIRED'))
    expect(lost(venue)).toEqual(['CANCELED'])
  })

  test('when nobody can be asked about a stop that is stuck', () => {
    const venue = protectedPosition()
    venue.user(algoUpdate('TRIGGERING'))
    venue.answers('algoOrder', { lost: 'unknown' })
    venue.pass(2_000)
    expect(lost(venue)).toEqual(['CANCELED'])
  })

  test('when the order that its stop became ends without a fill', () => {
    const venue = protectedPosition()
    venue.user(algoUpdate('TRIGGERED', { ai: '99' }))
    venue.user(orderUpdate({ c: 'stop', S: 'SELL', i: 99, x: 'EXPIRED', X: 'EXPIRED', er: 9, R: true }))
    expect(lost(venue)).toEqual(['CANCELED'])
  })

  test('when the exchange, a minute later, neither finds nor lists a stop that it had taken', () => {
    const venue = protectedPosition()
    venue.answers('positionRisk', { value: [positionRow()] })
    venue.pass(59_999)
    venue.snapshot('t1')
    expect(venue.of('snapshot')[0]!.snapshot.openOrders).toMatchObject([{ clientOrderId: 'stop' }])
    venue.pass(2_001)
    venue.snapshot('t2')
    expect(lost(venue)).toEqual(['CANCELED'])
  })
})

test('a stop that is not listed is asked about at once: it may have ended while nobody was told', () => {
  const venue = protectedPosition()
  venue.answers('positionRisk', { value: [positionRow()] })
  venue.answers('algoOrder', { value: algoOrder({ algoStatus: 'CANCELED', updateTime: venue.nowMs + 1 }) })
  venue.pass(5_000)
  venue.snapshot('t')
  expect(lost(venue)).toEqual(['CANCELED'])
})

test('an event that is older than what was read of the account says nothing of the position', () => {
  const venue = ScriptedVenue.ready()
  venue.answers('positionRisk', { value: [positionRow()] })
  venue.submit('stop', STOP)
  venue.pass(40_000)
  venue.snapshot('t')
  venue.user({ ...positionUpdate('0'), T: venue.nowMs - 1 })
  venue.user(algoUpdate('EXPIRED'))
  expect(lost(venue)).toEqual(['CANCELED'])
})

test('a clock here that is ahead of the exchange does not hide what becomes of a stop', () => {
  const venue = ScriptedVenue.ready()
  venue.user(positionUpdate('0.010'))
  const behindMs = 5_000
  venue.answers('newAlgoOrder', { value: algoOrder({ updateTime: venue.nowMs - behindMs }) })
  venue.submit('stop', STOP)
  venue.user({ ...algoUpdate('REJECTED', { rm: 'margin' }), T: venue.nowMs - behindMs + 50 })
  expect(lost(venue)).toEqual(['REJECTED'])
})

describe('nothing is lost', () => {
  test('with a stop that fills', () => {
    const venue = protectedPosition()
    venue.user(algoUpdate('TRIGGERING'))
    venue.user(algoUpdate('TRIGGERED', { ai: '99' }))
    const child = { c: 'stop', S: 'SELL', i: 99, R: true }
    venue.user(orderUpdate(child))
    venue.user(positionUpdate('0'))
    venue.user(trade(7, { ...child, L: '49990', ap: '49990' }))
    venue.user(algoUpdate('FINISHED', { ai: '99', ap: '49990', aq: '0.010' }))
    venue.pass(120_000)
    expect(lost(venue)).toEqual([])
    expect(venue.of('fill')).toMatchObject([{ fill: { clientOrderId: 'stop', side: 'SELL', price: '49990' } }])
    expect(venue.of('order').at(-1)).toMatchObject({ report: { status: 'FILLED', type: 'STOP_MARKET' } })
  })

  test('when the fill of a stuck stop was missed: it is asked about first', () => {
    const venue = protectedPosition()
    venue.user(algoUpdate('TRIGGERING'))
    const finished = { algoStatus: 'FINISHED', actualOrderId: '99', updateTime: venue.nowMs + 1 }
    venue.answers('algoOrder', { value: algoOrder(finished) })
    venue.pass(2_000)
    expect(lost(venue)).toEqual([])
  })

  test('with a stop that was cancelled by us', () => {
    const venue = protectedPosition()
    venue.answers('cancelAlgoOrder', { value: { code: '200', msg: 'success' } })
    venue.request({ kind: 'cancel', requestId: 'c', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    venue.user(algoUpdate('CANCELED'))
    expect(lost(venue)).toEqual([])
  })

  test('with a stop that was cancelled by us, and whose end is told before the answer', () => {
    const venue = protectedPosition()
    venue.hold('cancelAlgoOrder')
    venue.request({ kind: 'cancel', requestId: 'c', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    venue.user(algoUpdate('CANCELED'))
    expect(venue.of('order').at(-1)).toMatchObject({ report: { status: 'CANCELED', reason: 'CANCELED' } })
    expect(lost(venue)).toEqual([])
  })

  test('with a stop that ends when its position is flat', () => {
    const venue = protectedPosition()
    venue.user(positionUpdate('0'))
    venue.user(algoUpdate('EXPIRED'))
    expect(venue.of('order').at(-1)).toMatchObject({ report: { status: 'CANCELED', reason: 'EXPIRED' } })
    expect(lost(venue)).toEqual([])
  })

  test('with one of two stops that each cover the whole position, and then it is with the other', () => {
    const venue = protectedPosition()
    venue.answers('newAlgoOrder', { value: algoOrder({ clientAlgoId: 'next', algoId: 2146761 }) })
    venue.submit('next', STOP)
    venue.user(algoUpdate('CANCELED'))
    expect(lost(venue)).toEqual([])
    venue.user(algoUpdate('EXPIRED', { caid: 'next', aid: 2146761 }))
    expect(lost(venue)).toEqual(['CANCELED'])
  })
})

test('the fill of a stop is joined to it by the id of the order that it became, whatever that is called', () => {
  const venue = protectedPosition()
  venue.user(algoUpdate('TRIGGERED', { ai: '99' }))
  venue.user(trade(7, { c: 'another-name', S: 'SELL', i: 99, R: true }))
  expect(venue.of('fill')).toMatchObject([{ fill: { clientOrderId: 'stop' } }])
})

test('from 190 open conditional orders on entries are refused, and stops are not', () => {
  const venue = ScriptedVenue.ready()
  const rows = Array.from({ length: 190 }, (_, i) => algoOrder({ algoId: i + 1, clientAlgoId: `other-${i}` }))
  venue.answers('openAlgoOrders', { value: rows })
  venue.pass(30_000)
  venue.snapshot('t')
  venue.submit('entry')
  expect(venue.of('rejected')).toMatchObject([{ requestId: 'entry', code: 'NOT_TRADING' }])
  venue.submit('stop', STOP)
  expect(venue.of('acknowledged')).toMatchObject([{ requestId: 'stop' }])
})

test('open conditional orders are counted once each, whoever placed them and whatever is told of them twice', () => {
  const venue = ScriptedVenue.ready()
  const rows = Array.from({ length: 189 }, (_, i) => algoOrder({ algoId: i + 1, clientAlgoId: `other-${i}` }))
  venue.answers('openAlgoOrders', { value: rows })
  venue.pass(30_000)
  venue.snapshot('t')
  const isTaken = (requestId: string) => {
    venue.submit(requestId)
    return venue.of('rejected').every((rejected) => rejected.requestId !== requestId)
  }
  expect(isTaken('a')).toBe(true)
  venue.submit('stop', STOP)
  expect(isTaken('b')).toBe(false)
  venue.answers('cancelAlgoOrder', { value: { code: '200' } })
  venue.request({ kind: 'cancel', requestId: 'c', symbol: 'BTCUSDT', clientOrderId: 'stop' })
  expect(isTaken('c')).toBe(true)
  venue.user(algoUpdate('CANCELED'))
  for (let i = 0; i < 3; i++) venue.user(algoUpdate('FINISHED', { aid: 1, caid: 'other-0' }))
  venue.submit('stop-2', STOP)
  venue.answers('newAlgoOrder', (params) => ({
    value: algoOrder({ algoId: 9_999, clientAlgoId: params.clientAlgoId }),
  }))
  venue.submit('stop-3', STOP)
  venue.user(algoUpdate('NEW', { aid: 9_999, caid: 'stop-3' }))
  expect(isTaken('d')).toBe(false)
})
