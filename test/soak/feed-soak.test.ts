import { describe, expect, it } from 'vitest'
import { soakFeed } from './feed-soak.js'

describe('live prices over a market that misbehaves', () => {
  it('tell every step, have every price again once it is calm, and keep no socket and no timer', async () => {
    const { steps, prices, missing, missingAtEnd, counts, openSockets, waiting } = await soakFeed({
      ...{ symbols: 20, hours: 3, everyMs: 5_000, seed: 7 },
    })
    expect(Math.min(counts.closed, counts.refused, counts.silences, counts.garbled)).toBeGreaterThan(0)
    // Of each step 5 s; a few go by until streams are open.
    expect(steps).toBeGreaterThan((3 * 3_600) / 5 - 12)
    expect(missingAtEnd).toBe(0)
    expect(missing).toBeGreaterThan(0)
    expect(missing / (prices + missing)).toBeLessThan(0.05)
    // Best quotes and marks come on a path each.
    expect(openSockets).toBe(2)
    expect(waiting).toBeLessThan(5)
  })

  it('live through the age at which the exchange cuts a socket without being cut', async () => {
    const { counts, missingAtEnd } = await soakFeed({ symbols: 2, hours: 25, everyMs: 10_000, seed: 3 })
    expect(counts.cutForAge).toBe(0)
    expect(missingAtEnd).toBe(0)
  })
})
