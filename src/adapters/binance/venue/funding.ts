import { type DecimalText, Exact } from '../../../base/exact.js'
import type { RestOutcome } from '../rest/call.js'
import { decimalOf } from './decimal-text.js'
import { messageOf } from './order-question.js'
import { isRecord } from './orders.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/**
 * Fundings of the account: the stream says that there was one, and the list of incomes has its id, a moment later. The list costs
 * thirty each time, so that its rows are kept and only what came since is asked for, with an hour of what is known: a row may be
 * listed late, and the exchange's clock may have been set back. Source: notes on Binance, 2.5 and 1.3.
 */
export class Funding implements CallOwner {
  private readonly seen = new Set<string>()
  private sum: Exact
  private isLoaded = false
  /** The reading under way; undefined: none. */
  private reading: Reading | undefined
  /** Whoever wants one that begins from now on. */
  private waiting: Reader[] = []
  /** The exchange's time up to which all is known, but for what is listed late. */
  private throughMs: number | undefined
  /** Fundings that the stream has told of and the list has not, and those that the list had last. */
  private pending: Settlement[] = []
  private readonly listed: Settlement[] = []
  private tries = 0
  private againMs = Number.POSITIVE_INFINITY
  /** The wallet of which all fundings are known: one that is another may have had more. */
  walletUsd: DecimalText | undefined

  constructor(
    private readonly desk: VenueDesk,
    private fundingSinceMs = desk.settings.fundingSinceMs,
  ) {
    this.sum = new Exact(desk.settings.fundingBeforeUsd ?? '0')
  }

  /** USD received since the time that the settings name; undefined before the list was read. */
  get fundingUsd(): DecimalText | undefined {
    return this.isLoaded ? this.sum.toFixed() : undefined
  }

  /** The stream tells of one, now or again. */
  onSettled(symbol: string | undefined, atMs: number): void {
    const settlement = { symbol, atMs }
    if ([...this.listed, ...this.pending].some((known) => isSame(known, settlement))) return
    this.pending.push(settlement)
    this.tries = 0
    this.refresh()
  }

  /** Unless it is read already. */
  refresh(): void {
    if (this.reading === undefined) this.begin()
  }

  /** Everything that is listed by now. */
  read(reader: Reader): void {
    this.waiting.push(reader)
    this.refresh()
  }

  get dueMs(): number {
    return this.againMs
  }

  onTime(): void {
    if (this.againMs <= this.desk.nowMs) this.refresh()
  }

  onOutcome(outcome: RestOutcome): void {
    const reading = this.reading!
    if (outcome.kind !== 'done' || !Array.isArray(outcome.value)) {
      this.failed(outcome.kind === 'done' ? 'expected a list of incomes' : messageOf(outcome))
      return
    }
    const before = this.seen.size
    let lastMs = reading.fromMs
    for (const row of outcome.value) lastMs = Math.max(lastMs, this.take(row))
    reading.fresh += this.seen.size - before
    if (outcome.value.length >= ROWS_MAX) {
      // A page that is full of one moment would be asked for again and again.
      this.ask({ ...reading, fromMs: lastMs > reading.fromMs ? lastMs : lastMs + 1 })
    } else if (isLast(reading)) this.finish(reading)
    else this.ask({ ...reading, fromMs: windowEndMs(reading) + 1 })
  }

  private begin(): void {
    this.againMs = Number.POSITIVE_INFINITY
    const untilMs = this.desk.exchangeNowMs()
    this.fundingSinceMs ??= untilMs
    const fromMs =
      this.throughMs === undefined ? this.fundingSinceMs : Math.max(this.fundingSinceMs, this.throughMs - OVERLAP_MS)
    const readers = this.waiting
    this.waiting = []
    this.ask({ fromMs: Math.max(fromMs, untilMs - KEPT_MS), untilMs, readers, fresh: 0 })
  }

  /** One page of one window: asked for a long time, the exchange may answer for its beginning alone. */
  private ask(reading: Reading): void {
    this.reading = reading
    this.desk.call({
      owner: this,
      route: 'income',
      params: {
        incomeType: 'FUNDING_FEE',
        startTime: `${reading.fromMs}`,
        // Without an end the last window has what its clock stamps later than this one.
        ...(!isLast(reading) && { endTime: `${windowEndMs(reading)}` }),
        limit: `${ROWS_MAX}`,
      },
      priority: 'truth',
      deadlineMs: this.desk.nowMs + this.desk.requestTimeoutMs,
    })
  }

  private finish({ untilMs, readers, fresh }: Reading): void {
    this.reading = undefined
    this.isLoaded = true
    this.throughMs = untilMs
    for (const { done } of readers) done(fresh)
    if (this.waiting.length > 0) this.refresh()
    else if (this.pending.length > 0) this.again()
  }

  private failed(message: string): void {
    const { readers } = this.reading!
    this.reading = undefined
    for (const { failed } of readers) failed(message)
    if (this.waiting.length > 0) this.refresh()
    else this.again()
  }

  private again(): void {
    const isGivenUp = this.isLoaded && this.tries >= RETRY_MS.length
    if (isGivenUp) {
      this.desk.notice('ERROR', 'FUNDING_MISSING', 'a funding that the stream told of is not in the list of incomes')
      this.pending = []
      return
    }
    this.againMs = this.desk.nowMs + RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]!
  }

  /** When the row's money came; 0 of one that cannot be read. */
  private take(row: unknown): number {
    if (!isRecord(row)) return 0
    const { symbol, income, tranId, time, asset, incomeType } = row
    const amountUsd = decimalOf(income)
    const fundingId = numberOf(tranId)
    if (typeof time !== 'number') return 0
    if (incomeType !== 'FUNDING_FEE' || asset !== 'USDT' || amountUsd === undefined) return time
    if (typeof symbol !== 'string' || fundingId === undefined || time < this.fundingSinceMs!) return time
    const key = `${fundingId} ${symbol}`
    if (this.seen.has(key)) return time
    this.seen.add(key)
    this.sum = this.sum.plus(amountUsd)
    this.keepListed({ symbol, atMs: time })
    // Those before the start are in the first truth; nobody has to be told of each.
    if (this.isLoaded) this.desk.tell({ kind: 'funding', fundingId, symbol, amountUsd, timestampMs: time })
    return time
  }

  private keepListed(settlement: Settlement): void {
    this.pending = this.pending.filter((pending) => !isSame(pending, settlement))
    this.listed.push(settlement)
    if (this.listed.length > LISTED_MAX) this.listed.shift()
  }
}

interface Reader {
  /** `fresh`: rows that nobody had seen before. */
  done(fresh: number): void
  failed(message: string): void
}

interface Reading {
  readonly fromMs: number
  /** The exchange's time when it began. */
  readonly untilMs: number
  readonly readers: readonly Reader[]
  fresh: number
}

interface Settlement {
  /** Undefined: of one that is not told. */
  readonly symbol: string | undefined
  readonly atMs: number
}

/** Told by the stream and by the list, or twice by either. */
function isSame(a: Settlement, b: Settlement): boolean {
  const isOfOne = a.symbol === undefined || b.symbol === undefined || a.symbol === b.symbol
  return isOfOne && Math.abs(a.atMs - b.atMs) <= SAME_WITHIN_MS
}

function windowEndMs({ fromMs }: Reading): number {
  return fromMs + WINDOW_MS - 1
}

function isLast(reading: Reading): boolean {
  return windowEndMs(reading) >= reading.untilMs
}

/** Its ids may have more digits than a number holds: the lower ones tell fundings apart as well. */
function numberOf(tranId: unknown): number | undefined {
  const text = String(tranId)
  return /^\d{1,25}$/.test(text) ? Number(BigInt.asUintN(53, BigInt(text))) : undefined
}

const ROWS_MAX = 1_000
/** Without times the exchange answers for so long; what is older than three months it has not. */
const WINDOW_MS = 7 * 86_400_000
const KEPT_MS = 90 * 86_400_000
const OVERLAP_MS = 3_600_000
/** A symbol has its next funding an hour later at the earliest. */
const SAME_WITHIN_MS = 5_000
const LISTED_MAX = 100
const RETRY_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]
