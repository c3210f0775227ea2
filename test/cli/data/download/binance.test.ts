import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DayOfKlines } from '../../../../src/adapters/binance/archive/rest-klines.js'
import { downloadBinance } from '../../../../src/cli/data/download/binance.js'
import { downloadOptions } from '../../../../src/cli/data/download/options.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { temporaryFolder } from '../../../support/in-process-command.js'

const folder = temporaryFolder()
const TODAY = '2026-11-30'
const BTC_LISTED_MS = Date.parse('2026-02-10T08:00:00Z')

interface World {
  /** Whether the archive has `BTCUSDT-1m-2026-03`. */
  readonly has?: (stem: string) => boolean
  readonly status?: number
  readonly rest?: (date: string) => DayOfKlines
  /** False: the exchange does not say what it lists. */
  readonly lists?: boolean
}

async function download(world: World, changes: { from: string; to: string; symbols?: string; source?: string }) {
  const { has = () => true, status = 404, lists = true } = world
  const asked: string[] = []
  const rested: string[] = []
  const fetch = (async (url: string) => {
    const name = url.split('/').at(-1)!
    const stem = name.split('.')[0]!
    if (!has(stem)) return new Response('', { status })
    if (name.endsWith('.CHECKSUM')) {
      asked.push(stem)
      return new Response(`${createHash('sha256').update(stem).digest('hex')}  ${stem}.zip\n`)
    }
    return new Response(stem)
  }) as unknown as typeof globalThis.fetch
  const raw = { out: folder.path, interval: '1m', source: 'auto', symbols: 'BTCUSDT', ...changes }
  const progress: number[] = []
  const tally = await downloadBinance({
    options: downloadOptions(raw, Date.parse(`${TODAY}T12:00:00Z`)),
    get: { clock: new FakeClock(), signal: new AbortController().signal, fetch },
    today: TODAY,
    advance: (days) => progress.push(days),
    rest: () => ({
      listings: async () => (lists ? [{ symbol: 'BTCUSDT', listedMs: BTC_LISTED_MS }] : undefined),
      async day(_symbol, _interval, dayMs) {
        const date = new Date(dayMs).toISOString().slice(0, 10)
        rested.push(date)
        return world.rest?.(date) ?? { kind: 'rows', rows: [`${dayMs + 1_439 * 60_000},1`], isWhole: true }
      },
    }),
  })
  const days = progress.reduce((sum, done) => sum + done, 0)
  return { ...tally, missing: tally.missing.list(), asked: asked.sort(), rested: rested.sort(), days }
}

const stems = (...periods: string[]) => periods.map((period) => `BTCUSDT-1m-${period}`)

describe('a download of klines', () => {
  it('takes months that are over as one file, and what is left of others day by day', async () => {
    const { asked, there, days, missing } = await download({}, { from: '2026-03-31', to: '2026-05-02' })
    expect(asked).toEqual(stems('2026-03-31', '2026-04', '2026-05-01', '2026-05-02'))
    expect([there, days, missing]).toEqual([33, 33, []])
  })

  it('takes the days of a month that the archive does not have as one, and asks for none of them again', async () => {
    const has = (stem: string) => stem !== 'BTCUSDT-1m-2026-10'
    const first = await download({ has }, { from: '2026-10-01', to: '2026-10-31' })
    expect([first.files, first.there]).toEqual([{ archive: 31, rest: 0, kept: 0 }, 31])
    const again = await download({}, { from: '2026-10-01', to: '2026-10-31' })
    expect([again.files, again.asked]).toEqual([{ archive: 0, rest: 0, kept: 1 }, []])
  })

  it('asks the exchange for what the archive lacks, and the archive for a day that was not over then', async () => {
    const lacking: World = {
      has: (stem) => !stem.endsWith('2026-11-29'),
      rest: (date) => ({ kind: 'rows', rows: [`${Date.parse(date)},1`], isWhole: false }),
    }
    const first = await download(lacking, { from: '2026-11-28', to: TODAY })
    expect([first.asked, first.rested, first.missing]).toEqual([stems('2026-11-28'), ['2026-11-29', TODAY], []])
    const csv = join(folder.path, 'BTCUSDT', '1m', 'BTCUSDT-1m-2026-11-29.csv')
    expect(existsSync(csv)).toBe(true)
    const second = await download({}, { from: '2026-11-28', to: '2026-11-29' })
    expect([second.files, existsSync(csv)]).toEqual([{ archive: 1, rest: 0, kept: 1 }, false])
  })

  it('fetches a day over REST again until it was over when it was asked for', async () => {
    const open: World = { rest: () => ({ kind: 'rows', rows: [`${Date.parse(TODAY)},1`], isWhole: false }) }
    expect((await download(open, { from: TODAY, to: TODAY })).files.rest).toBe(1)
    expect((await download(open, { from: TODAY, to: TODAY })).files.rest).toBe(1)
    const later = await download({}, { from: TODAY, to: TODAY })
    expect(later.files).toEqual({ archive: 0, rest: 1, kept: 0 })
  })

  it('asks for nothing of before the listing, and tells that span in one line', async () => {
    const { asked, missing, there, days } = await download({}, { from: '2026-01-01', to: '2026-02-28' })
    expect(asked).toEqual(stems('2026-02'))
    expect(missing).toEqual([
      { symbol: 'BTCUSDT', from: '2026-01-01', to: '2026-02-09', days: 40, why: 'not-listed-yet' },
    ])
    expect([there, days]).toEqual([19, 59])
  })

  it('reads the archive also where the exchange does not say what it lists, and of contracts that are listed no more', async () => {
    const blind = await download({ lists: false }, { from: '2026-01-30', to: '2026-01-31' })
    expect([blind.there, blind.missing]).toEqual([2, []])
    const has = (stem: string) => stem <= 'OLDUSDT-1m-2026-03-02'
    const old = await download({ has }, { symbols: 'OLDUSDT', from: '2026-03-01', to: '2026-03-04' })
    expect([old.there, old.rested]).toEqual([2, []])
    expect(old.missing).toEqual([
      { symbol: 'OLDUSDT', from: '2026-03-03', to: '2026-03-04', days: 2, why: 'not-listed' },
    ])
  })

  it('tells why days are missing that neither has', async () => {
    const rest = (date: string): DayOfKlines => {
      if (date === '2026-05-01') return { kind: 'rows', rows: [], isWhole: false }
      if (date === '2026-05-02') return { kind: 'unreachable', message: 'no answer in time' }
      const error = { httpStatus: 400, code: -1121, message: 'Invalid symbol.', rejectCode: null }
      return { kind: 'refused', error }
    }
    const { missing } = await download({ has: () => false, rest }, { from: '2026-05-01', to: '2026-05-03' })
    expect(missing.map(({ why, message }) => [why, message])).toEqual([
      ['not-there', undefined],
      ['unreachable', 'no answer in time'],
      ['refused', 'Invalid symbol.'],
    ])
  })

  it('stops asking an archive that fails for one file after another', async () => {
    const world: World = { has: () => false, status: 403 }
    const range = { from: '2026-05-01', to: '2026-05-20', source: 'archive' }
    const { missing } = await download(world, range)
    expect(missing.at(-1)).toMatchObject({ why: 'unreachable', message: 'the archive has failed too often' })
    expect(missing.reduce((sum, { days }) => sum + days, 0)).toBe(20)
  })
})
