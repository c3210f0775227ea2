import { describe, expect, it } from 'vitest'
import { conditionsOf } from '../../../src/core/mode/conditions.js'

const PASS = { state: 'PASS', expiresAtMs: 1_800_000_000_000, why: '' } as const
const OTHER = 'aaaaaaaaaaaaaaaa'
const FROZEN = 'ffffffffffffffff'

describe('what a session runs under', () => {
  it.each([
    ['DEV', OTHER],
    ['PAPER', OTHER],
    ['STAGING', FROZEN],
    ['LIVE', FROZEN],
  ] as const)('demands in %s the parameters %s where others are in force', (environment, expected) => {
    const running = { environment, parametersHash: OTHER, frozenHash: FROZEN }
    expect(conditionsOf(PASS, running)).toMatchObject({
      environment,
      championHash: OTHER,
      expectedChampionHash: expected,
      certificate: 'PASS',
      certificateExpiresAtMs: PASS.expiresAtMs,
    })
  })
})
