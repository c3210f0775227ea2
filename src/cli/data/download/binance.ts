import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ChecksumDiffers,
  checksumOf,
  fetchArchiveFile,
  isVerified,
} from '../../../adapters/binance/archive/archive-files.js'
import {
  KLINE_INTERVALS,
  type KlinePeriod,
  klineFileStem,
  klinePeriods,
} from '../../../adapters/binance/archive/kline-files.js'
import { CannotGet, type PoliteGetOptions } from '../../../adapters/binance/archive/polite-get.js'
import type { RestKlines } from '../../../adapters/binance/archive/rest-klines.js'
import { dateOfEpochMs, type IsoDate } from '../../../base/utc-date.js'
import { writeAtomically } from '../../../files/whole-file.js'
import type { DownloadOptions } from './options.js'
import { MissingList, type MissingReason } from './summary.js'

export interface BinanceDownload {
  readonly options: DownloadOptions
  readonly get: PoliteGetOptions
  /** Asked for only when it is needed: a place that the exchange does not serve may still read its archive. */
  readonly rest: () => Pick<RestKlines, 'listings' | 'day'>
  readonly today: IsoDate
  /** So many days of a symbol are over, there or not. */
  advance(days: number, symbol: string): void
}

export interface Tally {
  readonly files: { archive: number; rest: number; kept: number }
  readonly missing: MissingList
  there: number
  bytes: number
}

/** Connections to the archive at a time. */
const CONNECTIONS = 3
/** An archive that fails for one file after another is not asked for the rest. */
const FAILURES_MAX = 5

/** Fetches what is missing in the folder: symbol by symbol, periods of one side by side. */
export async function downloadBinance(work: BinanceDownload): Promise<Tally> {
  const run = new BinanceRun(work)
  for (const symbol of work.options.symbols) await run.symbol(symbol)
  return run.tally
}

class BinanceRun {
  readonly tally: Tally = { files: { archive: 0, rest: 0, kept: 0 }, missing: new MissingList(), there: 0, bytes: 0 }
  private listings: Promise<ReadonlyMap<string, number> | undefined> | undefined
  private failures = 0

  constructor(private readonly work: BinanceDownload) {}

  async symbol(symbol: string): Promise<void> {
    const { from, to } = this.work.options
    const lacking: KlinePeriod[] = []
    for (const period of klinePeriods({ from, to, today: this.work.today }))
      if (!(await this.isThere(symbol, period))) lacking.push(period)
    if (lacking.length === 0) return
    const listedOn = await this.listedOn(symbol)
    const wanted = lacking.flatMap((period) =>
      listedOn === undefined ? [period] : this.sinceListing(symbol, period, listedOn),
    )
    const results = await inParallel(wanted, CONNECTIONS, (period) => this.fetchPeriod(symbol, period))
    // In the order of time, whichever came first.
    for (const [i, result] of results.entries()) {
      for (const { dates, why, message } of result) this.tally.missing.add(symbol, dates, why, message)
      this.work.advance(wanted[i]!.dates.length, symbol)
    }
  }

  /** Whether a period's file is there, or a file of each of its days. */
  private async isThere(symbol: string, { period, dates }: KlinePeriod): Promise<boolean> {
    const isDay = period.length !== 7
    if (!(await this.hasFile(symbol, period)) && (isDay || !(await this.hasEach(symbol, dates)))) return false
    this.tally.files.kept++
    this.tally.there += dates.length
    this.work.advance(dates.length, symbol)
    return true
  }

  private async hasEach(symbol: string, dates: readonly IsoDate[]): Promise<boolean> {
    for (const date of dates) if (!(await this.hasFile(symbol, date))) return false
    return true
  }

  private async hasFile(symbol: string, period: string): Promise<boolean> {
    if (await isVerified(this.path(symbol, period, 'zip'))) return true
    const path = this.path(symbol, period, 'csv')
    if (!(await isVerified(path))) return false
    const lastMs = Number((await readFile(path, 'utf8')).trimEnd().split('\n').at(-1)?.split(',')[0])
    const { interval } = this.work.options
    return lastMs + KLINE_INTERVALS[interval]! === Date.parse(period) + DAY_MS
  }

  /** The date of its listing; undefined where the exchange does not list it, or does not say. */
  private async listedOn(symbol: string): Promise<IsoDate | undefined> {
    const listedMs = (await this.listed())?.get(symbol)
    return listedMs === undefined ? undefined : dateOfEpochMs(listedMs)
  }

  private listed(): Promise<ReadonlyMap<string, number> | undefined> {
    this.listings ??= this.work
      .rest()
      .listings()
      .then((list) => list && new Map(list.map(({ symbol, listedMs }) => [symbol, listedMs])))
    return this.listings
  }

  /** What of a period can be there; its days before the listing are told. */
  private sinceListing(symbol: string, period: KlinePeriod, listedOn: IsoDate): readonly KlinePeriod[] {
    const before = period.dates.filter((date) => date < listedOn)
    if (before.length === 0) return [period]
    this.tally.missing.add(symbol, before, 'not-listed-yet')
    this.work.advance(before.length, symbol)
    const after = period.dates.slice(before.length)
    // The archive has a file of the month of a listing, which begins with it.
    return after.length === 0 ? [] : [{ period: period.period, dates: after }]
  }

  private async fetchPeriod(symbol: string, { period, dates }: KlinePeriod): Promise<readonly Lack[]> {
    const { source } = this.work.options
    if (source === 'rest') return this.eachDay(dates, (date) => this.overRest(symbol, date))
    const outcome = await this.ofArchive(symbol, period, dates.length)
    if (outcome === 'there') return []
    if (period.length === 7) return this.eachDay(dates, (date) => this.day(symbol, date))
    return this.afterArchive(symbol, period, outcome)
  }

  private async day(symbol: string, date: IsoDate): Promise<readonly Lack[]> {
    if (await this.hasFile(symbol, date)) {
      this.tally.files.kept++
      this.tally.there++
      return []
    }
    const outcome = await this.ofArchive(symbol, date, 1)
    return outcome === 'there' ? [] : this.afterArchive(symbol, date, outcome)
  }

  private async afterArchive(symbol: string, date: IsoDate, outcome: Lack | 'absent'): Promise<readonly Lack[]> {
    if (this.work.options.source === 'auto')
      return this.overRest(symbol, date, outcome === 'absent' ? undefined : outcome)
    if (outcome !== 'absent') return [outcome]
    return [{ dates: [date], why: await this.absentReason(symbol) }]
  }

  private async absentReason(symbol: string): Promise<MissingReason> {
    const listed = await this.listed()
    return listed !== undefined && !listed.has(symbol) ? 'not-listed' : 'not-there'
  }

  private async ofArchive(symbol: string, period: string, days: number): Promise<'there' | 'absent' | Lack> {
    const { at, interval } = this.work.options
    const dates = [period]
    // What is not over yet cannot be in it.
    if (period >= this.work.today) return 'absent'
    if (this.failures >= FAILURES_MAX) return { dates, why: 'unreachable', message: 'the archive has failed too often' }
    try {
      const path = this.path(symbol, period, 'zip')
      const outcome = await fetchArchiveFile(
        { symbol, interval, period },
        { archiveUrl: at.archiveUrl, path },
        this.work.get,
      )
      this.failures = 0
      if (outcome.kind === 'absent') return 'absent'
      await this.removeRest(symbol, period)
      this.tally.files.archive++
      this.tally.bytes += outcome.bytes
      this.tally.there += days
      return 'there'
    } catch (error) {
      if (error instanceof ChecksumDiffers) return { dates, why: 'checksum', message: error.message }
      if (!(error instanceof CannotGet)) throw error
      this.failures++
      return { dates, why: 'unreachable', message: error.message }
    }
  }

  /** @param archive why the archive did not give it, where it should have. */
  private async overRest(symbol: string, date: IsoDate, archive?: Lack): Promise<readonly Lack[]> {
    this.work.get.signal.throwIfAborted()
    const { interval } = this.work.options
    const listed = await this.listed()
    if (listed !== undefined && !listed.has(symbol)) return [archive ?? { dates: [date], why: 'not-listed' }]
    const day = await this.work.rest().day(symbol, interval, Date.parse(date))
    if (day.kind === 'refused') return [archive ?? { dates: [date], why: 'refused', message: day.error.message }]
    if (day.kind === 'unreachable') return [archive ?? { dates: [date], why: 'unreachable', message: day.message }]
    if (day.rows.length === 0) return [archive ?? { dates: [date], why: 'not-there' }]
    const path = this.path(symbol, date, 'csv')
    const text = `${day.rows.join('\n')}\n`
    await writeAtomically(path, text)
    await writeAtomically(
      `${path}.CHECKSUM`,
      checksumOf(text, `${klineFileStem({ symbol, interval, period: date })}.csv`),
    )
    this.tally.files.rest++
    this.tally.bytes += text.length
    this.tally.there++
    return []
  }

  private async eachDay(
    dates: readonly IsoDate[],
    fetch: (date: IsoDate) => Promise<readonly Lack[]>,
  ): Promise<readonly Lack[]> {
    const lacks: Lack[] = []
    for (const date of dates) lacks.push(...(await fetch(date)))
    return lacks
  }

  /** What was fetched over REST while the archive did not have it yet. */
  private async removeRest(symbol: string, period: string): Promise<void> {
    const path = this.path(symbol, period, 'csv')
    for (const name of [path, `${path}.CHECKSUM`]) await rm(name, { force: true })
  }

  private path(symbol: string, period: string, ending: 'zip' | 'csv'): string {
    const { out, interval } = this.work.options
    return join(out, symbol, interval, `${klineFileStem({ symbol, interval, period })}.${ending}`)
  }
}

const DAY_MS = 86_400_000

/** Days that could not be had. */
interface Lack {
  readonly dates: readonly IsoDate[]
  readonly why: MissingReason
  readonly message?: string
}

/** In any order, so many at a time; the results in the order of the items. */
async function inParallel<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}
