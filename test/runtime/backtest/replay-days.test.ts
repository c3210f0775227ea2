import { describe, expect, it } from 'vitest'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { type DayColumns, DayError, type DayOutcome } from '../../../src/ports/days.js'
import { replayDays } from '../../../src/runtime/backtest/replay-days.js'

const BARS = 3

function columnsOf(date: string): DayColumns {
  const prices = [new Float64Array(BARS).fill(100)]
  return {
    date,
    path: `days/${date}.parquet`,
    bars: BARS,
    velDiv: new Float64Array(BARS),
    eigen: {},
    assets: ['BTCUSDT'],
    prices,
  }
}

function outcome(date: string, columns = columnsOf(date)): DayOutcome {
  const file = { date, path: `days/${date}.parquet`, bytes: 1 }
  return { file, day: { file, columns, sha256: `hash of ${date}`, cached: false } }
}

function unreadable(date: string): DayOutcome {
  const file = { date, path: `days/${date}.parquet`, bytes: 1 }
  return { file, error: new DayError({ file: file.path }, 'a day file', 'something else') }
}

async function* each(outcomes: readonly DayOutcome[]): AsyncGenerator<DayOutcome> {
  yield* outcomes
}

function backtest(): Backtest {
  return new Backtest({
    strategy: 'none',
    direction: -1,
    posture: 'APEX',
    initialCapital: 1_000,
    parameters: DEFAULT_PARAMETERS,
  })
}

const datesOf = (run: Backtest) =>
  run.finish({ engineVersion: '0', codeHash: '', settings: {} }).days.map(({ date }) => date)

describe('the day loop', () => {
  it('feeds every day in order, and tells of each when it is over', async () => {
    const run = backtest()
    const told: string[] = []
    const days = each([outcome('2026-03-01'), outcome('2026-03-02')])
    const replay = await replayDays(run, days, { onDay: (date) => told.push(date) })
    expect(replay).toEqual({ done: 2, skipped: [], aborted: false })
    expect(told).toEqual(['2026-03-01', '2026-03-02'])
    expect(datesOf(run)).toEqual(told)
  })

  it('ends with the first day that cannot be used, named by its file, also where the engine refuses it', async () => {
    await expect(replayDays(backtest(), each([unreadable('2026-03-01')]))).rejects.toThrow(
      'days/2026-03-01.parquet: expected a day file, found something else',
    )
    const disorder = each([outcome('2026-03-02'), outcome('2026-03-01')])
    await expect(replayDays(backtest(), disorder)).rejects.toThrow(/^days\/2026-03-01\.parquet: expected/)
  })

  it('leaves such days out where it is to keep going, and says which', async () => {
    const run = backtest()
    const days = each([outcome('2026-03-01'), unreadable('2026-03-02'), outcome('2026-03-03')])
    const { done, skipped } = await replayDays(run, days, { keepGoing: true })
    expect(done).toBe(3)
    expect(skipped.map(({ date, file }) => [date, file])).toEqual([['2026-03-02', 'days/2026-03-02.parquet']])
    expect(datesOf(run)).toEqual(['2026-03-01', '2026-03-03'])
  })

  it('does not keep going past what a check refuses', async () => {
    const run = backtest()
    const check = ({ sha256 }: { readonly sha256: string }): void => {
      if (sha256 === 'hash of 2026-03-02') throw new Error('another day')
    }
    const days = each([outcome('2026-03-01'), outcome('2026-03-02')])
    await expect(replayDays(run, days, { check, keepGoing: true })).rejects.toThrow('another day')
    expect(datesOf(run)).toEqual(['2026-03-01'])
  })

  it('ends between two days when it is aborted, and says how far it came', async () => {
    const stop = new AbortController()
    const run = backtest()
    const days = each([outcome('2026-03-01'), outcome('2026-03-02'), outcome('2026-03-03')])
    const onDay = (date: string): void => (date === '2026-03-02' ? stop.abort() : undefined)
    expect(await replayDays(run, days, { signal: stop.signal, onDay })).toEqual({ done: 2, skipped: [], aborted: true })
    expect(datesOf(run)).toEqual(['2026-03-01', '2026-03-02'])
  })
})
