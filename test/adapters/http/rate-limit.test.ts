import { describe, expect, it } from 'vitest'
import { RateLimit } from '../../../src/adapters/http/rate-limit.js'

describe('a rate limit', () => {
  it('lets a burst through, then so many a second, each caller by itself', () => {
    let nowMs = 0
    const limit = new RateLimit({ perSecond: 2, burst: 3 }, () => nowMs)
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1])
    expect(limit.take('b')).toBe(0)
    nowMs = 500
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 1])
  })

  it('remembers those who ask, however many others come by', () => {
    const limit = new RateLimit({ perSecond: 1, burst: 1 }, () => 0)
    limit.take('persistent')
    for (let caller = 0; caller < 50_000; caller++) {
      limit.take(String(caller))
      if (caller % 1_000 === 0) expect(limit.take('persistent')).toBe(1)
    }
    // Whoever has not asked for longest is as good as new.
    expect(limit.take('0')).toBe(0)
  })
})
