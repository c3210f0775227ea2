import { describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../../src/adapters/grid-memory/memory-grid-store.js'
import { type FactorsRow, factorsLine } from '../../../../src/core/factors/day-row.js'
import type { ArrivedValue } from '../../../../src/core/factors/external-factors.js'
import type { DocumentOf } from '../../../../src/core/grid/document.js'
import { ACB_STATE, EXTERNAL_FACTORS } from '../../../../src/core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../../../src/core/grid/names.js'
import type { FactorAnswer, FactorSource, FactorSourceName } from '../../../../src/ports/factor-source.js'
import { ExternalFactorsService } from '../../../../src/runtime/services/factors/external-factors-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { LeavingGrid } from '../../../support/leaving-grid.js'
import { LiveClock } from '../../../support/live-clock.js'
import { pass, turns } from '../../../support/pass-time.js'

const MIDNIGHT = Date.UTC(2026, 0, 6)
const MINUTE = 60_000
const DAY = 86_400_000

type Answering = (nowMs: number) => FactorAnswer | Promise<FactorAnswer>

const value = (of: number): Answering => {
  return (nowMs) => ({ kind: 'value', value: of, atMs: nowMs - 1_000 })
}
const failed = (error: string): Answering => {
  return () => ({ kind: 'failed', error })
}
const NEVER: Answering = () => new Promise(() => {})

function setUp({ startMs = MIDNIGHT - 10 * MINUTE, newestDate }: { startMs?: number; newestDate?: string } = {}) {
  const time = new VirtualTime(startMs)
  const inner = memoryGrid({ store: new MemoryGridStore({ timer: time }), listenerFailed: () => expect.unreachable() })
  const grid = new LeavingGrid(inner)
  const clock = new LiveClock(time)
  const answers: Record<FactorSourceName, Answering> = {
    funding: value(0.0001),
    dvol: value(51.2),
    fng: () => ({ kind: 'value', value: 40, atMs: Math.floor(time.epochMs() / DAY) * DAY }),
    taker: value(0.95),
  }
  const asked: Record<FactorSourceName, number> = { funding: 0, dvol: 0, fng: 0, taker: 0 }
  const sources = (Object.keys(answers) as FactorSourceName[]).map((name): FactorSource => {
    return {
      name,
      host: `${name}.test`,
      async ask(nowMs) {
        asked[name]++
        return answers[name](nowMs)
      },
    }
  })
  const published: (DocumentOf<typeof EXTERNAL_FACTORS> & { readonly atMs: number })[] = []
  const warnings: string[] = []
  const disk = { rows: [] as string[], kept: [] as readonly ArrivedValue[], trouble: '', newestDate }
  const file = {
    get newestDate() {
      return disk.newestDate
    },
    async append(row: FactorsRow, w750: number | null) {
      if (disk.trouble !== '') throw new Error(disk.trouble)
      if (disk.newestDate !== undefined && disk.newestDate >= row.date) return false
      disk.rows.push(factorsLine(row, w750))
      disk.newestDate = row.date
      return true
    },
    async close() {},
  }
  const kept = {
    read: async () => disk.kept,
    keep: (values: readonly ArrivedValue[]) => {
      disk.kept = values
    },
    settle: async () => {},
  }
  const begin = async () => {
    const service = new ExternalFactorsService({
      ...{ grid, clock, random: () => 0.5, sources, file, kept },
      put: (map, key, text) => {
        expect([map, key]).toEqual([GRID_MAPS.features, FEATURE_KEYS.externalFactors])
        const reading = EXTERNAL_FACTORS.read(text)
        if ('value' in reading) published.push({ ...reading.value, atMs: time.epochMs() })
      },
      warn: (text) => warnings.push(text),
    })
    const stop = new AbortController()
    const running = service.start(stop.signal)
    running.catch(() => {})
    await turns()
    const end = async () => {
      stop.abort()
      await running
      expect(service.health().state).toBe('EXITED')
      expect(time.waiting).toBe(0)
    }
    return { service, running, end }
  }
  const latest = () => published.at(-1)!
  return { time, grid, inner, clock, answers, asked, published, warnings, disk, begin, latest }
}

describe('the service of external factors', () => {
  it('asks every source at once, and publishes what they say', async () => {
    const { begin, latest, disk } = setUp()
    const { service, end } = await begin()
    expect(latest()).toMatchObject({ funding_btc: 0.0001, dvol_btc: 51.2, fng: 40, taker: 0.95 })
    expect(service.health()).toMatchObject({
      state: 'RUNNING',
      detail: 'funding 0.0001, dvol 51.2, fng 40, taker 0.95',
    })
    expect(disk.kept.map(({ source }) => source).sort()).toEqual(['dvol', 'fng', 'funding', 'taker'])
    await end()
  })

  it('publishes each minute where nothing changes, and goes missing by age', async () => {
    const { time, answers, published, latest, begin } = setUp()
    const { service, end } = await begin()
    for (const name of ['funding', 'dvol', 'taker', 'fng'] as const) answers[name] = NEVER
    await pass(time, 2 * MINUTE)
    published.length = 0
    await pass(time, 10 * MINUTE)
    expect(published).toHaveLength(10)
    await pass(time, 120 * MINUTE)
    expect(latest()).toMatchObject({ funding_btc: 0.0001, dvol_btc: null, fng: 40, taker: null })
    expect(service.health().detail).not.toContain('missing')
    await end()
  })

  it.each([
    ['fails', failed('http 503')],
    ['hangs', NEVER],
    ['tells what cannot be', value(1e9)],
  ])('goes on with three sources as if nothing were, while the fourth %s', async (_, answering) => {
    const [sound, troubled] = [setUp(), setUp()]
    troubled.answers.dvol = answering
    for (const { begin, time } of [sound, troubled]) {
      await begin()
      await pass(time, 20 * MINUTE)
    }
    const others = ({ asked: { dvol: __, ...rest } }: typeof sound) => rest
    expect(others(troubled)).toEqual(others(sound))
    const { funding_btc, fng, taker } = sound.latest()
    expect(troubled.latest()).toMatchObject({ funding_btc, fng, taker, dvol_btc: null })
  })

  it('names the missing source and why in its health, and tells a trouble and its end once', async () => {
    const { time, answers, warnings, latest, begin } = setUp()
    answers.dvol = failed('http 503')
    const { service, end } = await begin()
    await pass(time, 5 * MINUTE)
    expect(service.health().detail).toBe('funding 0.0001, fng 40, taker 0.95; missing: dvol (http 503)')
    expect(latest().sources?.dvol).toMatchObject({ value: null, ok: false, error: 'http 503' })
    answers.dvol = value(9_999)
    await pass(time, 10 * MINUTE)
    answers.dvol = value(50)
    await pass(time, 20 * MINUTE)
    expect(warnings).toEqual([
      'dvol of dvol.test: http 503',
      'dvol of dvol.test: range: expected a number from 1 to 500, found 9999',
      'dvol of dvol.test is back',
    ])
    expect(service.health().detail).toBe('funding 0.0001, dvol 50, fng 40, taker 0.95')
    await end()
  })

  it('asks ever more seldom while a source fails, and leaves it alone for as long as it says', async () => {
    const { time, answers, asked, begin } = setUp({ startMs: MIDNIGHT - 600 * MINUTE })
    answers.dvol = failed('http 503')
    answers.taker = () => ({ kind: 'failed', error: 'http 429', retryAfterMs: 60 * MINUTE })
    const { end } = await begin()
    await pass(time, 10 * MINUTE)
    const first = asked.dvol
    await pass(time, 60 * MINUTE)
    expect(first).toBeLessThanOrEqual(9)
    expect(asked.dvol - first).toBeLessThanOrEqual(9)
    expect(asked.taker).toBe(2)
    await end()
  })

  it('makes no progress while a source is asked for longer than any deadline', async () => {
    const { time, answers, begin } = setUp()
    const { service } = await begin()
    answers.dvol = NEVER
    await pass(time, 3 * MINUTE)
    const { lastProgressAtMs } = service.health()
    await pass(time, MINUTE)
    expect(service.health().lastProgressAtMs).toBe(lastProgressAtMs)
  })

  it('ends FATAL when a source throws, which no source may', async () => {
    const { answers, begin } = setUp()
    answers.fng = () => {
      throw new Error('a bug')
    }
    const { service, running } = await begin()
    await expect(running).rejects.toThrow('a bug')
    expect(service.health()).toMatchObject({ state: 'FATAL', detail: 'a bug' })
  })
})

describe('the row of a day', () => {
  it('is appended at 00:05, once, of what was stamped by 00:00, with the Fear & Greed of the date', async () => {
    const { time, answers, disk, begin } = setUp()
    const { end } = await begin()
    await pass(time, 10 * MINUTE)
    answers.dvol = value(90)
    await pass(time, 5 * MINUTE - 1)
    expect(disk.rows).toEqual([])
    await pass(time, 1)
    expect(disk.rows).toEqual(['2026-01-06,0.0001,51.2,40,0.95,,2026-01-06'])
    await pass(time, 60 * MINUTE)
    expect(disk.rows).toHaveLength(1)
    await end()
  })

  it('has the Fear & Greed of the day before where that of the date has not come', async () => {
    const { time, answers, disk, begin } = setUp()
    answers.fng = () => ({ kind: 'value', value: 20, atMs: MIDNIGHT - DAY })
    const { end } = await begin()
    await pass(time, 15 * MINUTE)
    expect(disk.rows).toEqual(['2026-01-06,0.0001,51.2,20,0.95,,2026-01-05'])
    await end()
  })

  it('has the Fear & Greed of the date that comes between 00:02 and 00:04', async () => {
    const { time, answers, asked, disk, begin } = setUp()
    answers.fng = (nowMs) => ({
      ...{ kind: 'value', value: nowMs < MIDNIGHT + 3 * MINUTE ? 20 : 40 },
      atMs: nowMs < MIDNIGHT + 3 * MINUTE ? MIDNIGHT - DAY : MIDNIGHT,
    })
    const { end } = await begin()
    await pass(time, 15 * MINUTE)
    expect(disk.rows).toEqual(['2026-01-06,0.0001,51.2,40,0.95,,2026-01-06'])
    expect(asked.fng, 'at the start, at 00:02 and at 00:04').toBe(3)
    await end()
  })

  it('is the same after a restart between 00:00 and 00:05', async () => {
    const { time, disk, begin, answers } = setUp()
    const first = await begin()
    await pass(time, 12 * MINUTE)
    await first.end()
    for (const name of ['funding', 'dvol', 'taker', 'fng'] as const) answers[name] = failed('http 503')
    const next = await begin()
    await pass(time, 5 * MINUTE)
    expect(disk.rows).toEqual(['2026-01-06,0.0001,51.2,40,0.95,,2026-01-06'])
    await next.end()
  })

  it.each([
    ['2026-01-05', MIDNIGHT + 6 * MINUTE, '2026-01-06 has no row: nothing ran at 00:05 UTC'],
    ['2026-01-02', MIDNIGHT + 6 * MINUTE, '2026-01-03 to 2026-01-06 have no rows: nothing ran at 00:05 UTC'],
    ['2026-01-02', MIDNIGHT + MINUTE, '2026-01-03 to 2026-01-05 have no rows: nothing ran at 00:05 UTC'],
  ])('stays absent where nothing ran, which is told: the newest is %s', async (newestDate, startMs, told) => {
    const { time, warnings, disk, begin } = setUp({ startMs, newestDate })
    const { end } = await begin()
    await pass(time, 2 * MINUTE)
    expect([warnings, disk.rows]).toEqual([[told], []])
    await end()
  })

  it('of a new file, or of one that has the latest, misses nothing', async () => {
    for (const newestDate of [undefined, '2026-01-06', '2026-01-07']) {
      const { warnings, begin } = setUp({
        startMs: MIDNIGHT + 6 * MINUTE,
        ...(newestDate === undefined ? {} : { newestDate }),
      })
      const { end } = await begin()
      expect(warnings).toEqual([])
      await end()
    }
  })

  it('is tried again until it can be written, and the trouble is told once', async () => {
    const { time, warnings, disk, begin } = setUp()
    disk.trouble = 'the disk is full'
    const { service, end } = await begin()
    await pass(time, 20 * MINUTE)
    expect(warnings).toEqual(['the row of 2026-01-06 cannot be written, and is tried again: the disk is full'])
    expect(service.health().detail).toMatch(/the row of the day is not written: the disk is full$/)
    disk.trouble = ''
    await pass(time, 10_000)
    expect(disk.rows).toEqual(['2026-01-06,0.0001,51.2,40,0.95,,2026-01-06'])
    expect(service.health().detail).toBe('funding 0.0001, dvol 51.2, fng 40, taker 0.95')
    await end()
  })

  it('carries the velocity that the breaker has for the date, and waits a minute for it', async () => {
    const state = (date: string, w750_velocity: number) =>
      ACB_STATE.write({
        ...{ boost: 1, beta: 0.2, signals: 0, computed_at: '2026-01-06T00:00:05.000Z', date, w750_velocity },
        factors: { funding_btc: null, dvol_btc: null, fng: null, taker: null },
      })
    for (const [date, delayMs, cell, afterMs] of [
      ['2026-01-06', 0, '0.125', 0],
      ['2026-01-05', 30_000, '0.125', 35_000],
      ['2026-01-05', 90_000, '', 60_000],
    ] as const) {
      const { time, inner, disk, begin } = setUp()
      const features = inner.map(GRID_MAPS.features)
      await features.set(FEATURE_KEYS.breakerState, state(date, 0.125))
      const { end } = await begin()
      time.at(MIDNIGHT + 5 * MINUTE + delayMs, () => {
        void features.set(FEATURE_KEYS.breakerState, state('2026-01-06', 0.125))
      })
      await pass(time, 15 * MINUTE + afterMs)
      expect(disk.rows).toEqual([`2026-01-06,0.0001,51.2,40,0.95,${cell},2026-01-06`])
      await pass(time, 2 * MINUTE)
      await end()
    }
  })

  it('is written a minute late without its velocity where the grid is away', async () => {
    const { time, grid, disk, begin } = setUp()
    const { end } = await begin()
    grid.leave()
    await pass(time, 15 * MINUTE)
    expect(disk.rows).toEqual([])
    await pass(time, MINUTE)
    expect(disk.rows).toEqual(['2026-01-06,0.0001,51.2,40,0.95,,2026-01-06'])
    await end()
  })

  it('of days that a machine slept through is not made up: the others are told to have none', async () => {
    const { time, clock, warnings, disk, begin } = setUp()
    const { end } = await begin()
    await pass(time, 20 * MINUTE)
    clock.setBy = 3 * DAY
    await pass(time, 10_000)
    expect(disk.rows.map((row) => row.slice(0, 10))).toEqual(['2026-01-06', '2026-01-09'])
    expect(warnings.at(-1)).toBe('2026-01-07 to 2026-01-08 have no rows: nothing ran at 00:05 UTC')
    await end()
  })
})
