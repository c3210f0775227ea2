import { expect, test } from 'vitest'
import { ScriptedVenue } from './scripted-venue.js'

test('somebody who switches the account to multi-assets mode stops entries', () => {
  const venue = ScriptedVenue.ready()
  venue.user({ e: 'ACCOUNT_CONFIG_UPDATE', ai: { j: true } })
  venue.submit('s1')
  expect(venue.of('notice')).toMatchObject([{ level: 'CRITICAL', code: 'MULTI_ASSETS_MODE' }])
  expect(venue.of('rejected')).toMatchObject([{ code: 'NOT_TRADING' }])
})
