import { describe, expect, test } from 'vitest'
import { ScriptedVenue } from './scripted-venue.js'

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
