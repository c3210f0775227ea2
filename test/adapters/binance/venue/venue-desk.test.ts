import { describe, expect, test } from 'vitest'
import { BUY, ScriptedVenue, STOP } from './scripted-venue.js'

const MINUTE_MS = 60_000

describe('after the exchange has refused', () => {
  test.each([-2023, -4087, -4192, -4400])('an entry with %i, exits alone leave for ten minutes', (code) => {
    const venue = ScriptedVenue.ready()
    venue.answers('newOrder', ({ reduceOnly }) => (reduceOnly === 'true' ? { lost: 'unknown' } : { code }))
    venue.submit('s1')
    venue.pass(10 * MINUTE_MS - 1)
    venue.submit('s2')
    venue.submit('out', { side: 'SELL', reduceOnly: true })
    venue.submit('stop', STOP)
    venue.pass(1)
    venue.submit('s3')
    venue.submit('s4')
    const left = venue.callsOf('newOrder').map(({ params }) => params.newClientOrderId)
    expect(left).toEqual(['s1', 'out', 's3'])
    expect(venue.callsOf('newAlgoOrder')).toHaveLength(1)
    expect(venue.of('rejected').map(({ code: why }) => why)).toEqual([
      'INVALID',
      'NOT_TRADING',
      'INVALID',
      'NOT_TRADING',
    ])
  })

  test('the key, whatever was asked with it, no entry leaves before ten minutes without that', () => {
    const venue = ScriptedVenue.ready()
    venue.pass(2_000)
    venue.answers('account', { code: -2015, httpStatus: 401 })
    venue.snapshot('t')
    venue.submit('s1')
    venue.pass(10 * MINUTE_MS)
    venue.submit('s2')
    expect(venue.callsOf('newOrder').map(({ params }) => params.newClientOrderId)).toEqual(['s2'])
  })

  test('one order for its own sake, the next entry leaves', () => {
    const venue = ScriptedVenue.ready()
    venue.answers('newOrder', { code: -4164, reject: 'MIN_NOTIONAL' })
    venue.submit('s1', BUY)
    venue.submit('s2')
    expect(venue.callsOf('newOrder')).toHaveLength(2)
  })
})
