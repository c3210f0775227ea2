import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checksumOf, isVerified } from '../../../adapters/binance/archive/archive-files.js'
import { type CcxtBar, CcxtKlines } from '../../../adapters/ccxt/ccxt-klines.js'
import { present } from '../../../base/present.js'
import { dateOfEpochDay, epochDay, type IsoDate } from '../../../base/utc-date.js'
import { writeAtomically } from '../../../files/whole-file.js'
import type { Clock } from '../../../ports/clock.js'
import type { Tally } from './binance.js'
import type { DownloadOptions } from './options.js'
import { MissingList } from './summary.js'

export interface OtherDownload {
  readonly options: DownloadOptions
  readonly exchange: NonNullable<DownloadOptions['exchange']>
  readonly clock: Clock
  readonly signal: AbortSignal
  advance(days: number, symbol: string): void
}

/** A table for each contract and day, `timestamp,symbol,close,volume`: other exchanges do not say what takers bought. */
export async function downloadOther(work: OtherDownload): Promise<Tally> {
  const { options, exchange, clock, signal, advance } = work
  const { from, to, symbols, interval } = options
  const tally: Tally = { files: { archive: 0, rest: 0, kept: 0 }, missing: new MissingList(), there: 0, bytes: 0 }
  const klines = await CcxtKlines.open({
    exchange: exchange.id,
    interval,
    clock,
    signal,
    ...present({ at: exchange.at }),
  })
  const dates = Array.from({ length: epochDay(to) - epochDay(from) + 1 }, (_, i) => dateOfEpochDay(epochDay(from) + i))
  for (const symbol of symbols) {
    const column = klines.columnOf(symbol)
    if (column === undefined) {
      tally.missing.add(symbol, dates, 'not-listed')
      advance(dates.length, symbol)
      continue
    }
    for (const date of dates) {
      signal.throwIfAborted()
      await oneDay(work, { klines, tally, symbol, column, date })
      advance(1, symbol)
    }
  }
  return tally
}

interface OneDay {
  readonly klines: CcxtKlines
  readonly tally: Tally
  readonly symbol: string
  readonly column: string
  readonly date: IsoDate
}

async function oneDay({ options, exchange, signal }: OtherDownload, day: OneDay): Promise<void> {
  const { klines, tally, symbol, column, date } = day
  const { out, interval } = options
  const name = `${exchange.id}-${column}-${interval}-${date}.csv`
  const path = join(out, exchange.id, column, interval, name)
  if (await isWhole(path, date, klines.stepMs)) {
    tally.files.kept++
    tally.there++
    return
  }
  let bars: readonly CcxtBar[]
  try {
    bars = await klines.day(symbol, Date.parse(date))
  } catch (error) {
    signal.throwIfAborted()
    tally.missing.add(symbol, [date], 'unreachable', error instanceof Error ? error.message : String(error))
    return
  }
  if (bars.length === 0) {
    tally.missing.add(symbol, [date], 'not-there')
    return
  }
  const lines = bars.map(({ openMs, close, volume }) => `${openMs},${column},${close},${volume ?? ''}`)
  const text = `${['timestamp,symbol,close,volume', ...lines].join('\n')}\n`
  await writeAtomically(path, text)
  await writeAtomically(`${path}.CHECKSUM`, checksumOf(text, name))
  tally.files.rest++
  tally.bytes += text.length
  tally.there++
}

/** A day whose last bar was there when it was fetched. */
async function isWhole(path: string, date: IsoDate, stepMs: number): Promise<boolean> {
  if (!(await isVerified(path))) return false
  const lastMs = Number((await readFile(path, 'utf8')).trimEnd().split('\n').at(-1)?.split(',')[0])
  return lastMs + stepMs === Date.parse(date) + DAY_MS
}

const DAY_MS = 86_400_000
