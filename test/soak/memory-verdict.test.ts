import { describe, expect, it } from 'vitest'
import { memoryVerdict } from './memory-verdict.js'

const samples = (heapUsed: (share: number) => number, count = 100) =>
  Array.from({ length: count }, (_, i) => ({
    atMs: i * 1_000,
    rss: 150e6,
    heapUsed: heapUsed(i / count),
    external: 10e6,
    arrayBuffers: 0,
  }))

describe('what memory says of a run', () => {
  it.each<[number, string, (share: number) => number]>([
    [0, 'stays', () => 40e6],
    [0, 'grows until streams are full', (share) => 20e6 + 40e6 * Math.min(share, 0.58)],
    [1, 'grows by a document of 2.7 kB for each of 17,280 scans', (share) => 20e6 + 17_280 * 2_700 * share],
    [0, 'jumps for one sample', (share) => (share === 0.95 ? 200e6 : 40e6)],
  ])('counts %i problems where the heap %s', (problems, _, heapUsed) => {
    expect(memoryVerdict(samples(heapUsed)).problems).toHaveLength(problems)
  })

  it('is nothing where there are few samples', () => {
    expect(memoryVerdict(samples(() => 1, 5)).problems).toEqual(['expected at least 20 samples, found 5'])
  })
})
