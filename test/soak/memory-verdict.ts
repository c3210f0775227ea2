import { lowerMedian } from '../../src/core/numeric/percentile.js'

/** Bytes of a process after a full collection, at a time of its life. */
export interface MemorySample {
  readonly atMs: number
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
}

export interface MemoryLimits {
  /** Share of the run after which it has all that it keeps. */
  readonly settledAt: number
  /** What it may have more at its end, bytes. */
  readonly growthMax: Readonly<Record<'heapUsed' | 'external' | 'rss', number>>
}

/**
 * Whether memory grows once a run has settled: what it has then against what it has at its end; a median of a tenth of the samples
 * each, so that one sample in the middle of some work says nothing. Default: the limits of a day over the embedded grid, whose
 * streams are full (10,000 scans, or 64 million characters of them) at three fifths of it.
 */
export function memoryVerdict(
  samples: readonly MemorySample[],
  { settledAt, growthMax }: MemoryLimits = OF_GRID,
): { readonly text: string; readonly problems: string[] } {
  const problems: string[] = []
  if (samples.length < SAMPLES_MIN)
    return { text: '', problems: [`expected at least ${SAMPLES_MIN} samples, found ${samples.length}`] }
  const lines = (['heapUsed', 'external', 'rss'] as const).map((name) => {
    const of = (share: number): number => around(samples, share, (sample) => sample[name])
    const [early, middle, late] = [of(0.1), of(settledAt), of(0.95)]
    const growth = late - middle
    if (growth > growthMax[name])
      problems.push(`${name} grew by ${mb(growth)} once settled, expected at most ${mb(growthMax[name])}`)
    return `${name}: ${mb(early)} after a tenth, ${mb(middle)} once settled, ${mb(late)} at the end`
  })
  return { text: lines.join('\n'), problems }
}

/**
 * What the rest of a day may leave behind. By the heap's snapshots a scan is remembered by the bridge with 100 bytes (0.5 MB for
 * 5,200 scans) and a trade with some kB; compiled code grows for minutes, by 1 MB or two. One document per scan would be 14 MB. What the
 * system gives a process goes by more than what it holds, and is only a backstop.
 */
const OF_GRID: MemoryLimits = { settledAt: 0.65, growthMax: { heapUsed: 6e6, external: 6e6, rss: 60e6 } }
const SAMPLES_MIN = 20

function around(samples: readonly MemorySample[], share: number, of: (sample: MemorySample) => number): number {
  const width = Math.max(1, Math.floor(samples.length / 20))
  const centre = Math.floor(samples.length * share)
  return lowerMedian(samples.slice(Math.max(0, centre - width), centre + width).map(of))!
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
