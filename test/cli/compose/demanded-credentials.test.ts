import { expect, it } from 'vitest'
import { demandedCredentials } from '../../../src/cli/compose/demanded-credentials.js'

const KEYS = { DOLPHIN_BINANCE_KEY: 'K'.repeat(20), DOLPHIN_BINANCE_SECRET: 'S'.repeat(20) }

it('the key of an account is nowhere in the environment once it was read, and is kept for the one child that needs it', () => {
  const environment = { PATH: '/bin', ...KEYS }
  const { credentials, environment: kept } = demandedCredentials(environment)
  expect(environment).toEqual({ PATH: '/bin' })
  expect(kept).toEqual(KEYS)
  expect(credentials.kind).toBe('HMAC')
})

it('without a key it is said which variables are looked at', () => {
  expect(() => demandedCredentials({})).toThrow(/DOLPHIN_BINANCE_KEY and DOLPHIN_BINANCE_SECRET/)
})
