import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AHEAD_MS_MAX,
  ageOf,
  SAME_SCAN_WITHIN_MS,
  SCAN_AGE_LIMITS,
  ScanIntake,
} from '../../../src/core/grid/scan-intake.js'

const scan = (scanNumber: number, atMs: number) => ({ scanNumber, atMs, publishedAtMs: null })

/** Number and time of each scan, with the time at which it comes where that is another. */
function verdicts(scans: readonly (readonly [number: number, atMs: number, nowMs?: number])[]): readonly string[] {
  const intake = new ScanIntake()
  return scans.map(([number, atMs, nowMs = atMs]) => {
    const verdict = intake.take(scan(number, atMs), nowMs)
    if (verdict.kind !== 'taken') return verdict.kind
    return `${verdict.newSession ? 'new session' : 'taken'}${verdict.missing > 0 ? `, ${verdict.missing} missing` : ''}`
  })
}

describe('a scan', () => {
  it.each<[string, Parameters<typeof verdicts>[0], readonly string[]]>([
    [
      'that follows the last is taken',
      [
        [1, 1000],
        [2, 2000],
      ],
      ['new session', 'taken'],
    ],
    [
      'whose number comes twice is a duplicate',
      [
        [1, 1000],
        [1, 1000],
      ],
      ['new session', 'duplicate'],
    ],
    [
      'whose number comes again minutes later with a newer time is a duplicate',
      [
        [7, 1000],
        [8, 6000],
        [7, 180_000],
      ],
      ['new session', 'taken', 'duplicate'],
    ],
    [
      'of an earlier time is out of order',
      [
        [2, 2000],
        [3, 1000],
      ],
      ['new session', 'outOfOrder'],
    ],
    [
      'of the same time is out of order',
      [
        [2, 2000],
        [3, 2000],
      ],
      ['new session', 'outOfOrder'],
    ],
    [
      'whose number restarts with a newer time begins a session',
      [
        [900, 1000],
        [901, 6000],
        [1, 11_000],
        [2, 16_000],
      ],
      ['new session', 'taken', 'new session', 'taken'],
    ],
    [
      'of a restarted count that comes again is a duplicate',
      [
        [900, 1000],
        [1, 6000],
        [1, 6000],
      ],
      ['new session', 'new session', 'duplicate'],
    ],
    [
      'may repeat a number after five minutes',
      [
        [1, 0],
        [1, SAME_SCAN_WITHIN_MS],
      ],
      ['new session', 'new session'],
    ],
    [
      'may not repeat a number just before',
      [
        [1, 0],
        [1, SAME_SCAN_WITHIN_MS - 1],
      ],
      ['new session', 'duplicate'],
    ],
    [
      'after a hole says how many are missing',
      [
        [1, 0],
        [5, 20_000],
      ],
      ['new session', 'taken, 3 missing'],
    ],
    [
      'comes again after the clock was set back: still a duplicate',
      [
        [1, 1000, 100_000],
        [2, 2000, 90_000],
        [1, 3000, 95_000],
      ],
      ['new session', 'taken', 'duplicate'],
    ],
  ])('%s', (_what, scans, expected) => {
    expect(verdicts(scans)).toEqual(expected)
  })

  it('is taken once and in the order of times, whatever order and however often scans come', () => {
    const stream = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 400 })), {
      maxLength: 80,
    })
    fc.assert(
      fc.property(stream, (scans) => {
        const intake = new ScanIntake()
        const taken: { readonly number: number; readonly atMs: number }[] = []
        for (const [number, second] of scans) {
          const atMs = second * 1000
          if (intake.take(scan(number, atMs), atMs).kind === 'taken') taken.push({ number, atMs })
        }
        for (let i = 1; i < taken.length; i++) expect(taken[i]!.atMs).toBeGreaterThan(taken[i - 1]!.atMs)
        const { counts } = intake
        expect(counts.taken + counts.duplicates + counts.outOfOrder).toBe(scans.length)
        expect(counts.taken).toBe(taken.length)
      }),
    )
  })

  it('that lies in the future is a bar of a moment from now, and holds up none that comes after it', () => {
    const intake = new ScanIntake()
    expect(intake.take(scan(1, 9_000_000), 1000)).toMatchObject({ kind: 'taken', barAtMs: 1000 + AHEAD_MS_MAX })
    expect(intake.take(scan(2, 6000), 6100)).toMatchObject({ kind: 'taken', barAtMs: 6000 })
  })

  it('has a bar time that is no later than its own and hardly later than now, and rises, by whatever clocks scans come', () => {
    const scans = fc.array(
      fc.record({ number: fc.nat(30), skewMs: fc.integer({ min: -3000, max: 3000 }), pauseMs: fc.nat(900) }),
    )
    fc.assert(
      fc.property(scans, (given) => {
        const intake = new ScanIntake()
        let nowMs = 1000
        let lastMs = Number.NEGATIVE_INFINITY
        for (const { number, skewMs, pauseMs } of given) {
          nowMs += pauseMs
          const verdict = intake.take(scan(number, nowMs + skewMs), nowMs)
          if (verdict.kind !== 'taken') continue
          expect(verdict.barAtMs).toBe(Math.min(nowMs + AHEAD_MS_MAX, nowMs + skewMs))
          expect(verdict.barAtMs).toBeGreaterThan(lastMs)
          lastMs = verdict.barAtMs
        }
      }),
    )
  })

  it('of a senseless number leaves a count of missing ones that is still an integer', () => {
    const intake = new ScanIntake()
    for (const [i, number] of [1, Number.MAX_SAFE_INTEGER, 2, Number.MAX_SAFE_INTEGER - 1].entries())
      intake.take(scan(number, i * 1000), i * 1000)
    expect(Number.isSafeInteger(intake.counts.missing)).toBe(true)
  })

  it('is remembered for five minutes and no longer: a day at ten a second leaves no more than that behind', () => {
    const intake = new ScanIntake()
    for (let n = 0; n < 20_000; n++) intake.take(scan(n, n * 100), n * 100)
    const kept = (intake as unknown as { readonly takenAtMs: ReadonlyMap<number, number> }).takenAtMs.size
    expect(kept).toBe(SAME_SCAN_WITHIN_MS / 100)
  })
})

describe('the age of a scan', () => {
  it.each([
    ['ten seconds old', 10_000, false],
    ['older', 10_001, true],
    ['ten seconds of the future', -10_000, false],
    ['further in the future', -10_001, true],
  ])('counts from its own time: %s', (_what, ageMs, isStale) => {
    expect(ageOf(scan(1, 1_000_000), 1_000_000 + ageMs, SCAN_AGE_LIMITS).isStale).toBe(isStale)
  })

  const behindBridge = { ...SCAN_AGE_LIMITS, ageFrom: 'publication' } as const
  it.each<[string, number | null, number, boolean]>([
    ['published just now, 20 s after its time', 20_000, 20_000, false],
    ['published 30 s after its time', 30_000, 30_000, false],
    ['published later than that', 30_001, 30_001, true],
    ['published 10 s ago', 5_000, 15_000, false],
    ['published longer ago', 5_000, 15_001, true],
    ['of which nobody says when it was published', null, 0, true],
  ])('counts from its publication behind a bridge: %s', (_what, publishedAfterMs, nowMs, isStale) => {
    const stamp = {
      scanNumber: 1,
      atMs: 1e12,
      publishedAtMs: publishedAfterMs === null ? null : 1e12 + publishedAfterMs,
    }
    expect(ageOf(stamp, 1e12 + nowMs, behindBridge).isStale).toBe(isStale)
  })
})

it('by a clock, a past that was written by one which was wrong does not keep the present out', () => {
  const HOUR_MS = 3_600_000
  for (const [byClock, goneOnAfterMs, kind] of [
    [true, HOUR_MS, 'taken'],
    [true, 1_000, 'outOfOrder'],
    [false, HOUR_MS, 'outOfOrder'],
  ] as const) {
    const intake = new ScanIntake(byClock)
    intake.goOnAfter(goneOnAfterMs)
    expect(intake.take(scan(5, 1_000), 1_000).kind).toBe(kind)
  }
})
