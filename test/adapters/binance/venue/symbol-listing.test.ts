import { describe, expect, test } from 'vitest'
import { listing, ScriptedVenue } from './scripted-venue.js'

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
