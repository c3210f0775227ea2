import { dateOfEpochMs, type IsoDate } from '../../base/utc-date.js'
import type {
  FrameRow,
  KlineRow,
  MarketRows,
  MarketTable,
  RecordingFacts,
  TradeRow,
} from '../../ports/market-recording.js'
import type { LevelRows } from '../../ports/vocabulary/depth.js'
import type { Severity } from '../days/finding.js'
import type { NumberSet } from './number-set.js'

/** What was looked at in a recording. Stable names: scripts filter by them. */
export type RecordingCheck =
  | 'unreadable'
  | 'order'
  | 'duplicate'
  | 'outside-date'
  | 'time-order'
  | 'crossed'
  | 'non-positive'
  | 'candle'
  | 'trade-gap'
  | 'trade-order'
  | 'unknown-scale'
  | 'gap'
  | 'missing-rows'
  | 'unfinished'

export interface RecordingFinding {
  readonly severity: Severity
  readonly check: RecordingCheck
  /** One sentence: what was expected and what was found. */
  readonly message: string
  /** Number of rows (or parts) concerned. */
  readonly count: number
}

/** The rows of a table of one date. */
export interface RowsSummary {
  readonly table: MarketTable
  readonly date: IsoDate
  readonly rows: number
  readonly symbols: number
  /** Of the rows' times, UTC ms; null where there is no row. */
  readonly fromMs: number | null
  readonly untilMs: number | null
}

type Row = MarketRows[MarketTable]

/** Tables of which a symbol has one row a time. */
const ONE_A_TIME: readonly MarketTable[] = ['features', 'macro', 'closings', 'universe']

/** Tables whose times go on as they were written, symbol by symbol: of others the exchange stamps them. */
const IN_TIME: readonly MarketTable[] = [...ONE_A_TIME, 'samples']

/** Checks the rows of one table and date, handed over in the order of its parts. */
export class RowsVerification {
  private rows = 0
  private fromMs = Number.POSITIVE_INFINITY
  private untilMs = Number.NEGATIVE_INFINITY
  private lastN = 0
  private readonly lastMs = new Map<string, number>()
  private readonly found = new Map<RecordingCheck, { first: string; count: number }>()

  constructor(
    private readonly of: {
      readonly table: MarketTable
      readonly date: IsoDate
      /** The name of the column that says when a row was. */
      readonly time: string
      /** Absent where nobody said what was recorded. */
      readonly facts: RecordingFacts | undefined
    },
    /** Of all tables of the recording. */
    private readonly numbers: NumberSet,
    /** Of the last trade of each symbol, from one date to the next. */
    private readonly venueIds: Map<string, number> = new Map(),
  ) {}

  take(row: Row): void {
    const { n } = row
    const ms = (row as unknown as Readonly<Record<string, number>>)[this.of.time]!
    const symbol = 'symbol' in row ? row.symbol : ''
    this.rows++
    this.fromMs = Math.min(this.fromMs, ms)
    this.untilMs = Math.max(this.untilMs, ms)
    if (n < this.lastN) this.note('order', `row ${n} comes after row ${this.lastN}`)
    this.lastN = n
    if (!this.numbers.add(n)) this.note('duplicate', `there are two rows ${n}`)
    if (dateOfEpochMs(ms) !== this.of.date) this.note('outside-date', `row ${n} is of ${new Date(ms).toISOString()}`)
    this.checkTime(symbol, { n, ms })
    if (this.of.table === 'frames') this.checkFrame(row as FrameRow)
    else if (this.of.table === 'trades') this.checkTrade(row as TradeRow)
    else if (this.of.table === 'klines') this.checkKline(row as KlineRow)
  }

  summary(): RowsSummary {
    const { table, date } = this.of
    const symbols = this.lastMs.has('') ? this.lastMs.size - 1 : this.lastMs.size
    const [fromMs, untilMs] = this.rows === 0 ? [null, null] : [this.fromMs, this.untilMs]
    return { table, date, rows: this.rows, symbols, fromMs, untilMs }
  }

  findings(): RecordingFinding[] {
    return [...this.found].map(([check, { first, count }]) => {
      const message = count === 1 ? first : `${first}, and ${count - 1} more`
      return { severity: SEVERITIES[check] ?? 'error', check, message, count }
    })
  }

  private checkTime(symbol: string, { n, ms }: { readonly n: number; readonly ms: number }): void {
    const { table } = this.of
    const last = this.lastMs.get(symbol)
    this.lastMs.set(symbol, ms)
    if (last === undefined || !IN_TIME.includes(table)) return
    const whose = symbol === '' ? '' : ` of ${symbol}`
    if (ms < last) this.note('time-order', `row ${n}${whose} is ${last - ms} ms before the row before it`)
    if (ms === last && ONE_A_TIME.includes(table)) {
      this.note('duplicate', `row ${n}${whose} is of the same time as the row before it`)
    }
  }

  private checkFrame({ n, symbol, bids, asks }: FrameRow): void {
    const { facts } = this.of
    if (facts !== undefined && !Object.hasOwn(facts.scales, symbol)) {
      this.note('unknown-scale', `row ${n} is of ${symbol}, whose decimals recording.json does not tell`)
    }
    // Changes alone do not tell what the best quotes are.
    if (facts?.books !== 'partial' || bids === null || asks === null) return
    const [bid, ask] = [best(bids, Math.max), best(asks, Math.min)]
    if (bid >= ask) this.note('crossed', `row ${n} of ${symbol} has a best bid of ${bid} and a best ask of ${ask}`)
  }

  /** The venue numbers the trades of a symbol, one by one. */
  private checkTrade({ n, symbol, price, base_qty: baseQuantity, venue_id: venueId }: TradeRow): void {
    if (!(price > 0 && baseQuantity > 0))
      this.note('non-positive', `row ${n} of ${symbol} is of ${baseQuantity} base units at a price of ${price}`)
    const lastId = this.venueIds.get(symbol)
    this.venueIds.set(symbol, venueId)
    if (lastId === undefined || venueId === lastId + 1) return
    const follows = `row ${n} of ${symbol} is trade ${venueId} behind trade ${lastId}`
    if (venueId <= lastId) this.note('trade-order', follows)
    else this.note('trade-gap', `${follows}: ${venueId - lastId - 1} are missing`)
  }

  private checkKline({ n, symbol, interval, open_ms: openMs, close_ms: closeMs, ...candle }: KlineRow): void {
    const { open, high, low, close, base_volume: baseVolume } = candle
    const of = `row ${n} of ${symbol}`
    if (!(Math.min(open, high, low, close) > 0 && baseVolume >= 0))
      this.note('non-positive', `${of} has a price of 0 or less, or a volume below 0`)
    if (high < Math.max(open, close, low) || low > Math.min(open, close))
      this.note('candle', `${of} has a high of ${high}, a low of ${low}, an open of ${open} and a close of ${close}`)
    const lengthMs = KLINE_MS[interval]
    if (lengthMs === undefined || openMs % lengthMs !== 0 || closeMs !== openMs + lengthMs - 1)
      this.note('candle', `${of} is no candle of ${interval}: it is of ${openMs} to ${closeMs}`)
  }

  private note(check: RecordingCheck, first: string): void {
    const found = this.found.get(check)
    if (found === undefined) this.found.set(check, { first, count: 1 })
    else found.count++
  }
}

const KLINE_MS: Readonly<Record<string, number>> = { '5m': 300_000, '30m': 1_800_000 }

const SEVERITIES: Readonly<Partial<Record<RecordingCheck, Severity>>> = {
  crossed: 'warning',
  'time-order': 'warning',
  'trade-gap': 'warning',
}

/** Not a number where there is no level, or one that could not be read when it came: then nothing is crossed. */
function best(levels: LevelRows, choose: (...prices: number[]) => number): number {
  return levels.length === 0 ? Number.NaN : choose(...levels.map((level) => Number(level?.[0] ?? Number.NaN)))
}
