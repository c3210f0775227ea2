import { lowerMedian } from '../../src/core/numeric/percentile.js'

/** Bytes of a process after a full collection, at a time of its life. */
export interface MemorySample {
  readonly atMs: number
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
}

/**
 * Whether memory grows in the second half of a run: what it has once the streams of the embedded grid are full (10,000 scans, which a
 * day has behind it at its three fifths) against what it has at its end; a median of a tenth of the samples each, so that one sample
 * in the middle of some work says nothing.
 */
export function memoryVerdict(samples: readonly MemorySample[]): {
  readonly text: string
  readonly problems: string[]
} {
  const problems: string[] = []
  if (samples.length < SAMPLES_MIN)
    return { text: '', problems: [`expected at least ${SAMPLES_MIN} samples, found ${samples.length}`] }
  const lines = (['heapUsed', 'external', 'rss'] as const).map((name) => {
    const of = (share: number): number => around(samples, share, (sample) => sample[name])
    const [early, middle, late] = [of(0.1), of(FULL), of(0.95)]
    const growth = late - middle
    if (growth > GROWTH_MAX[name]) {
      problems.push(`${name} grew by ${mb(growth)} after streams were full, expected at most ${mb(GROWTH_MAX[name])}`)
    }
    return `${name}: ${mb(early)} after a tenth, ${mb(middle)} once streams are full, ${mb(late)} at the end`
  })
  return { text: lines.join('\n'), problems }
}

const FULL = 0.65
/**
 * What the rest of a day may leave behind. By the heap's snapshots a scan is remembered by the bridge with 100 bytes (0.5 MB for
 * 5,200 scans) and a trade with some kB; compiled code grows for minutes, by 1 MB or two. One document per scan would be 14 MB. What the
 * system gives a process goes by more than what it holds, and is only a backstop.
 */
const GROWTH_MAX = { heapUsed: 6e6, external: 6e6, rss: 60e6 } as const
const SAMPLES_MIN = 20

function around(samples: readonly MemorySample[], share: number, of: (sample: MemorySample) => number): number {
  const width = Math.max(1, Math.floor(samples.length / 20))
  const centre = Math.floor(samples.length * share)
  return lowerMedian(samples.slice(Math.max(0, centre - width), centre + width).map(of))!
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
