import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { goldenDir, goldenRuns } from '../support/golden.js'
import { goldenDifference } from './golden-run.js'
import { recordedMarketDifference } from './recorded-market.js'

describe('every golden run is reproduced', () => {
  it.each(goldenRuns())('%s', async (run) => {
    expect(await goldenDifference(join(goldenDir(), run))).toBeUndefined()
  })
})

describe('the recorded market of May 2025', () => {
  it('gives the golden trades on the bundled days', async () => {
    expect(await recordedMarketDifference(join(goldenDir(), 'real-may-2025'))).toBeUndefined()
  })
})
