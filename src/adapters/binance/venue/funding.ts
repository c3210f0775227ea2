import { type DecimalText, Exact } from '../../../base/exact.js'
import type { RestOutcome } from '../rest/call.js'
import { decimalOf } from './decimal-text.js'
import { isRecord } from './orders.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/**
 * Fundings of the account: the stream says that there was one, and the list of incomes has its id, a moment later. The list costs
 * thirty each time, so that its rows are kept and only what came since is asked for. Source: notes on Binance, 2.5 and 1.3.
 */
export class Funding implements CallOwner {
  private readonly seen = new Set<string>()
  private sum = new Exact(0)
  private sinceMs: number
  private isLoaded = false
  private isAsking = false
  /** Fundings that the stream has told of and the list has not. */
  private missing = 0
  private tries = 0
  private againMs = Number.POSITIVE_INFINITY

  constructor(
    private readonly desk: VenueDesk,
    fundingSinceMs: number | undefined,
  ) {
    this.sinceMs = fundingSinceMs ?? 0
  }

  /** USD received since the time that the settings name; undefined before the list was read. */
  get fundingUsd(): DecimalText | undefined {
    return this.isLoaded ? this.sum.toFixed() : undefined
  }

  /** The stream tells of one. */
  onSettled(): void {
    this.missing++
    this.tries = 0
    this.refresh()
  }

  refresh(): void {
    if (this.isAsking) return
    this.isAsking = true
    this.againMs = Number.POSITIVE_INFINITY
    if (this.sinceMs === 0) this.sinceMs = this.desk.exchangeNowMs()
    this.desk.call({
      owner: this,
      route: 'income',
      params: { incomeType: 'FUNDING_FEE', startTime: `${this.sinceMs}`, limit: `${ROWS_MAX}` },
      priority: 'truth',
      deadlineMs: this.desk.nowMs + this.desk.requestTimeoutMs,
    })
  }

  get dueMs(): number {
    return this.againMs
  }

  onTime(): void {
    if (this.againMs <= this.desk.nowMs) this.refresh()
  }

  onOutcome(outcome: RestOutcome): void {
    this.isAsking = false
    if (outcome.kind !== 'done' || !Array.isArray(outcome.value)) {
      this.again()
      return
    }
    const before = this.seen.size
    for (const row of outcome.value) this.take(row)
    if (outcome.value.length >= ROWS_MAX && this.seen.size > before) {
      this.refresh()
      return
    }
    this.isLoaded = true
    this.missing = Math.max(0, this.missing - (this.seen.size - before))
    if (this.missing > 0) this.again()
  }

  private again(): void {
    const isGivenUp = this.isLoaded && this.tries >= RETRY_MS.length
    if (isGivenUp) {
      this.desk.notice('ERROR', 'FUNDING_MISSING', 'a funding that the stream told of is not in the list of incomes')
      this.missing = 0
      return
    }
    this.againMs = this.desk.nowMs + RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]!
  }

  private take(row: unknown): void {
    if (!isRecord(row)) return
    const { symbol, income, tranId, time, asset, incomeType } = row
    const amountUsd = decimalOf(income)
    const fundingId = numberOf(tranId)
    if (incomeType !== 'FUNDING_FEE' || asset !== 'USDT' || amountUsd === undefined || typeof time !== 'number') return
    if (typeof symbol !== 'string' || fundingId === undefined) return
    const key = `${fundingId} ${symbol}`
    if (this.seen.has(key)) return
    this.seen.add(key)
    this.sum = this.sum.plus(amountUsd)
    this.sinceMs = Math.max(this.sinceMs, time)
    // Those before the start are in the first truth; nobody has to be told of each.
    if (this.isLoaded) this.desk.tell({ kind: 'funding', fundingId, symbol, amountUsd, timestampMs: time })
  }
}

/** Its ids may have more digits than a number holds: the lower ones tell fundings apart as well. */
function numberOf(tranId: unknown): number | undefined {
  const text = String(tranId)
  return /^\d{1,25}$/.test(text) ? Number(BigInt.asUintN(53, BigInt(text))) : undefined
}

const ROWS_MAX = 1_000
const RETRY_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]
