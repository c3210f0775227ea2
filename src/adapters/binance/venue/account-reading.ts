import { type DecimalText, Exact, exact } from '../../../base/exact.js'
import type { VenuePosition } from '../../../ports/venue.js'
import type { OrderReport } from '../../../ports/vocabulary/orders.js'
import type { RestOutcome } from '../rest/call.js'
import { algoFactsOf } from './algo-orders.js'
import { decimalOf, priceOf } from './decimal-text.js'
import { messageOf } from './order-question.js'
import type { KnownOrder } from './order-registry.js'
import { isRecord, orderFactsOf } from './orders.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/** What the account was at one moment, as far as it can be read in one: nothing in it is older than `atMs`. */
export interface AccountState {
  /** The exchange's time when the first question left. */
  readonly atMs: number
  /** Local time of the same, and how much had happened when the last answer came. */
  readonly askedMs: number
  readonly changes: number
  readonly walletBalanceUsd: DecimalText
  readonly equityUsd: DecimalText
  readonly availableMarginUsd: DecimalText
  readonly positions: readonly VenuePosition[]
  readonly openOrders: readonly OrderReport[]
  /** Symbols whose open orders were asked for; null: all. */
  readonly symbols: ReadonlySet<string> | null
  /** Something of it has changed while it was read. */
  readonly isTorn: boolean
}

/** Reads the account once: balance, positions and open orders in both systems. */
export class AccountReading implements CallOwner {
  private readonly askedMs: number
  private readonly changes: number
  private atMs = Number.POSITIVE_INFINITY
  private waiting = 0
  private failure: string | undefined
  private account: unknown
  private positions: unknown
  private readonly orders: unknown[] = []
  private readonly algoOrders: unknown[] = []

  constructor(
    private readonly desk: VenueDesk,
    private readonly of: {
      /** Whose open orders are asked for; null: all, which costs forty times as much. */
      readonly symbols: ReadonlySet<string> | null
      readonly deadlineMs: number
      done(state: AccountState): void
      failed(message: string): void
      /** A conditional order that the exchange lists. */
      conditional(order: KnownOrder): void
      /** An order that is open as far as is known here, and that the exchange does not list. */
      unlisted(order: KnownOrder): void
    },
  ) {
    this.askedMs = desk.nowMs
    this.changes = desk.changes
    this.call('account', {})
    this.call('positionRisk', {})
    for (const params of of.symbols === null ? [{}] : [...of.symbols].map((symbol) => ({ symbol }))) {
      this.call('openOrders', params)
      this.call('openAlgoOrders', params)
    }
  }

  onOutcome(outcome: RestOutcome, step: string): void {
    this.waiting--
    if (outcome.kind === 'done') {
      this.atMs = Math.min(this.atMs, outcome.sentAtExchangeMs)
      this.take(step, outcome.value)
    } else this.failure ??= messageOf(outcome)
    if (this.waiting > 0) return
    if (this.failure === undefined) this.finish()
    else this.of.failed(this.failure)
  }

  private call(
    route: 'account' | 'positionRisk' | 'openOrders' | 'openAlgoOrders',
    params: Record<string, string>,
  ): void {
    this.waiting++
    const { deadlineMs } = this.of
    this.desk.call({ owner: this, step: route, route, params, priority: 'truth', deadlineMs })
  }

  private take(step: string, value: unknown): void {
    if (step === 'account') this.account = value
    else if (step === 'positionRisk') this.positions = value
    else if (!Array.isArray(value)) this.failure ??= `${step}: expected a list, found none`
    else (step === 'openOrders' ? this.orders : this.algoOrders).push(...value)
  }

  private finish(): void {
    const { desk, of, atMs } = this
    const usdt = assetOf(this.account)
    const walletBalanceUsd = decimalOf(usdt?.walletBalance)
    const availableMarginUsd = decimalOf(usdt?.availableBalance)
    if (walletBalanceUsd === undefined || availableMarginUsd === undefined || !Array.isArray(this.positions)) {
      of.failed('the account cannot be read: no USDT in it, or no positions')
      return
    }
    const read = readPositions(this.positions)
    const isTorn = (desk.changes !== this.changes && desk.lastChangeMs >= atMs) || read.updatedAtMs >= atMs
    if (desk.changes === this.changes) this.keepPositions(read.positions)
    const pnlUsd = read.positions.reduce((sum, { unrealizedPnlUsd }) => sum.plus(unrealizedPnlUsd), new Exact(0))
    of.done({
      atMs,
      askedMs: this.askedMs,
      changes: desk.changes,
      walletBalanceUsd,
      equityUsd: exact(walletBalanceUsd).plus(pnlUsd).toFixed(),
      availableMarginUsd,
      positions: read.positions,
      openOrders: this.openOrders(),
      symbols: of.symbols,
      isTorn,
    })
  }

  private keepPositions(positions: readonly VenuePosition[]): void {
    const { desk } = this
    desk.hasPositions = true
    desk.positionsReadAtMs = this.atMs
    desk.positions.clear()
    for (const { symbol, quantity } of positions) desk.positions.set(symbol, quantity)
  }

  private openOrders(): OrderReport[] {
    const { registry } = this.desk
    const { symbols } = this.of
    const listed = new Set<KnownOrder>()
    for (const row of this.orders) {
      const facts = orderFactsOf(row)
      if (facts !== undefined) listed.add(registry.noteOrder(facts))
    }
    for (const row of this.algoOrders) {
      const facts = algoFactsOf(row)
      if (facts === undefined) continue
      const order = registry.noteAlgo(facts)
      listed.add(order)
      this.of.conditional(order)
    }
    const reports = [...listed].map(openReport)
    for (const order of [...registry.openOrders()]) {
      if (listed.has(order) || order.sentAtMs >= this.askedMs) continue
      if (symbols !== null && !symbols.has(order.symbol)) continue
      this.of.unlisted(order)
      // The list of stops is late by as much as the answers about a single one are: until then it has been taken.
      const isYoung = order.isConditional && this.desk.nowMs < order.sentAtMs + LISTED_AFTER_MS
      if (isYoung && order.orderId === null) reports.push(order.report())
    }
    return reports
  }
}

/** The exchange lists it: it is open, whatever was believed of it. */
function openReport(order: KnownOrder): OrderReport {
  const { reason, ...report } = order.report()
  if (!order.isOver) return reason === undefined ? report : { ...report, reason }
  return { ...report, status: report.filledQuantity === '0' ? 'ACKNOWLEDGED' : 'PARTIAL' }
}

function assetOf(account: unknown): Readonly<Record<string, unknown>> | undefined {
  const assets = isRecord(account) && Array.isArray(account.assets) ? account.assets : []
  return assets.find((asset) => isRecord(asset) && asset.asset === 'USDT')
}

function readPositions(rows: readonly unknown[]): {
  readonly positions: readonly VenuePosition[]
  readonly updatedAtMs: number
} {
  const positions: VenuePosition[] = []
  let updatedAtMs = 0
  for (const row of rows) {
    if (!isRecord(row) || typeof row.symbol !== 'string') continue
    const quantity = decimalOf(row.positionAmt)
    if (quantity === undefined || quantity === '0') continue
    if (typeof row.updateTime === 'number') updatedAtMs = Math.max(updatedAtMs, row.updateTime)
    positions.push({
      symbol: row.symbol,
      quantity,
      entryPrice: priceOf(row.entryPrice),
      markPrice: decimalOf(row.markPrice) ?? '0',
      unrealizedPnlUsd: decimalOf(row.unRealizedProfit) ?? '0',
      liquidationPrice: priceOf(row.liquidationPrice),
    })
  }
  positions.sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  return { positions, updatedAtMs }
}

const LISTED_AFTER_MS = 60_000

/** A reading of the account that somebody waits for. */
export interface TruthAsked {
  /** Absent: of all symbols. */
  readonly symbol: string | undefined
  readonly deadlineMs: number
  readonly fresh: boolean
  done(state: AccountState): void
  failed(message: string): void
}
