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

  test.each([{ lost: 'unknown' }, { lost: 'notSent' }, { code: -1000 }] as const)(
    'is switched off again after %o, until the exchange says that it is',
    (lost) => {
      const venue = ScriptedVenue.ready({ isDeadManSwitchOn: true })
      venue.submit('s1', { type: 'LIMIT', price: '59000' })
      venue.answers('cancelOrder', { value: { code: 200 } })
      venue.answers('countdownCancelAll', lost)
      venue.request({ kind: 'cancel', requestId: 'c', symbol: 'BTCUSDT', clientOrderId: 's1' })
      venue.pass(9_000)
      venue.answers('countdownCancelAll', { value: {} })
      venue.pass(300_000)
      const times = venue.callsOf('countdownCancelAll').map(({ params }) => params.countdownTime)
      expect(times).toEqual(['120000', '0', '0', '0'])
    },
  )

  test('is not switched off any more when it has run out by itself, nor when an entry rests again', () => {
    const venue = ScriptedVenue.ready({ isDeadManSwitchOn: true })
    venue.submit('s1', { type: 'LIMIT', price: '59000' })
    venue.answers('cancelOrder', { value: { code: 200 } })
    venue.answers('countdownCancelAll', { lost: 'unknown' })
    venue.request({ kind: 'cancel', requestId: 'c', symbol: 'BTCUSDT', clientOrderId: 's1' })
    venue.pass(200_000)
    const { length } = venue.callsOf('countdownCancelAll')
    venue.pass(200_000)
    expect(venue.callsOf('countdownCancelAll')).toHaveLength(length)
    venue.submit('s2', { type: 'LIMIT', price: '59000' })
    venue.request({ kind: 'cancel', requestId: 'd', symbol: 'BTCUSDT', clientOrderId: 's2' })
    venue.submit('s3', { type: 'LIMIT', price: '59000' })
    venue.pass(25_000)
    const times = venue.callsOf('countdownCancelAll').map(({ params }) => params.countdownTime)
    expect(times.slice(length)).toEqual(['120000', '0', '120000'])
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
