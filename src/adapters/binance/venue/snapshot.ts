import type { VenueRequest, VenueSnapshot } from '../../../ports/venue.js'
import { venueTradeId } from '../../../ports/vocabulary/ids.js'
import type { Fill } from '../../../ports/vocabulary/orders.js'
import type { RestOutcome } from '../rest/call.js'
import type { AccountState, TruthAsked } from './account-reading.js'
import { type Fills, PAGE_ROWS, type Trade, tradeOfRow } from './fills.js'
import type { Funding } from './funding.js'
import { isNotFound, messageOf } from './order-question.js'
import { KnownOrder } from './order-registry.js'
import { orderFactsOf } from './orders.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/**
 * One snapshot: the account, then the fills of its symbol, so that every fill that the position is made of is among them. What
 * changes meanwhile tears it, and it is read again.
 */
export class Snapshot implements CallOwner {
  private tries = 0
  private state: AccountState | undefined
  private trades: Trade[] = []
  private pages = 0
  /** The latest trade that was known before the account was asked for: it is certainly in it. */
  private knownTradeId = 0
  private readonly names = new Map<string, KnownOrder>()
  private unnamed = 0

  constructor(
    private readonly parts: {
      readonly desk: VenueDesk
      readonly funding: Funding
      readonly fills: Fills
      read(asked: TruthAsked): void
    },
    private readonly of: {
      readonly request: Extract<VenueRequest, { readonly kind: 'snapshot' }>
      readonly deadlineMs: number
    },
  ) {}

  begin(): void {
    const { deadlineMs, request } = this.of
    const fresh = this.tries++ > 0
    this.knownTradeId = Math.max(this.parts.fills.lastTradeId(request.symbol), this.trades.at(-1)?.tradeId ?? 0)
    this.trades = []
    this.pages = 0
    this.parts.read({
      symbol: request.symbol,
      deadlineMs,
      fresh,
      done: (state) => this.onAccount(state),
      failed: (message) => this.fail(message),
    })
  }

  onOutcome(outcome: RestOutcome, step: string): void {
    if (step.startsWith('name ')) this.onName(outcome, step.slice('name '.length))
    else if (outcome.kind !== 'done') this.fail(messageOf(outcome))
    else if (!Array.isArray(outcome.value)) this.fail('expected a list of trades')
    else this.onPage(outcome.value, step === 'last')
  }

  private get isWholeHistory(): boolean {
    return this.of.request.fillsAfter < Number.MAX_SAFE_INTEGER
  }

  private onAccount(state: AccountState): void {
    this.state = state
    if (state.isTorn) this.again()
    else if (this.isWholeHistory) this.askFrom(this.of.request.fillsAfter + 1)
    else this.ask('last', { limit: '1' })
  }

  private askFrom(fromId: number): void {
    this.ask('page', { fromId: `${fromId}`, limit: `${PAGE_ROWS}` })
  }

  private ask(step: string, which: Record<string, string>): void {
    const { request, deadlineMs } = this.of
    const params = { symbol: request.symbol, ...which }
    this.parts.desk.call({ owner: this, step, route: 'userTrades', params, priority: 'truth', deadlineMs })
  }

  private onPage(rows: readonly unknown[], isLast: boolean): void {
    for (const row of rows) {
      const trade = tradeOfRow(row)
      if (trade === undefined) {
        this.fail('a trade that cannot be read')
        return
      }
      this.trades.push(trade)
    }
    // Without an id the exchange looks back for a week only: where nothing was traded since, all of it is gone through.
    if (isLast && rows.length === 0) this.askFrom(this.parts.fills.historyFrom(this.of.request.symbol))
    else if (!isLast && rows.length >= PAGE_ROWS) this.nextPage()
    else this.nameOrders()
  }

  private nextPage(): void {
    const fromId = this.trades.at(-1)!.tradeId + 1
    // Years of trades take longer than an answer may: the next snapshot goes on where this one ends.
    if (!this.isWholeHistory) this.parts.fills.keepHistoryFrom(this.of.request.symbol, fromId)
    if (++this.pages >= PAGES_MAX) this.fail(`more than ${PAGES_MAX * PAGE_ROWS} trades`)
    else this.askFrom(fromId)
  }

  /** A trade tells the id of its order alone. */
  private nameOrders(): void {
    const { desk } = this.parts
    const { symbol } = this.of.request
    if (this.isWholeHistory)
      for (const { orderId } of this.trades) {
        if (desk.registry.ofOrderId(symbol, orderId) !== undefined || this.names.has(orderId)) continue
        this.names.set(orderId, new KnownOrder({ ...NAMELESS, clientOrderId: `order-${orderId}`, symbol }))
        this.unnamed++
        const params = { symbol, orderId }
        const { deadlineMs } = this.of
        desk.call({ owner: this, step: `name ${orderId}`, route: 'order', params, priority: 'truth', deadlineMs })
      }
    if (this.unnamed === 0) this.finish()
  }

  private onName(outcome: RestOutcome, orderId: string): void {
    this.unnamed--
    const facts = outcome.kind === 'done' ? orderFactsOf(outcome.value) : undefined
    if (facts !== undefined) this.names.set(orderId, this.parts.desk.registry.noteOrder(facts))
    // One that the exchange has forgotten keeps its number for a name; of any other refusal it may be ours.
    else if (outcome.kind !== 'refused' || !isNotFound(outcome.error.code)) {
      this.fail(outcome.kind === 'done' ? 'an order that cannot be read' : messageOf(outcome))
      return
    }
    if (this.unnamed === 0) this.finish()
  }

  private finish(): void {
    const { desk, funding, fills } = this.parts
    const { request } = this.of
    const state = this.state!
    // The exchange's clock is known as well as it was last measured: what happened shortly before may have happened after.
    const beforeMs = state.atMs - CLOCK_OFF_MS_MAX
    const isTorn = desk.lastChangeMs >= beforeMs && desk.changes !== state.changes
    if (isTorn || this.trades.some(({ tradeId, atMs }) => tradeId > this.knownTradeId && atMs >= beforeMs)) {
      this.again()
      return
    }
    const { fundingUsd } = funding
    if (fundingUsd === undefined || funding.walletUsd !== state.walletBalanceUsd) {
      this.readFundings(state)
      return
    }
    const last = this.trades.at(-1)?.tradeId ?? (this.isWholeHistory ? request.fillsAfter : 0)
    fills.seen(request.symbol, last)
    const { walletBalanceUsd, equityUsd, availableMarginUsd, atMs, positions, openOrders } = state
    const snapshot: VenueSnapshot = {
      atMs,
      account: { walletBalanceUsd, equityUsd, availableMarginUsd, fundingUsd },
      positions,
      openOrders,
      fills: this.isWholeHistory ? this.fills() : [],
      lastTradeId: venueTradeId(last),
    }
    desk.answer({ kind: 'snapshot', requestId: request.requestId, snapshot })
  }

  /** The wallet is another one than it was: a funding of which nobody was told may be why. */
  private readFundings({ walletBalanceUsd }: AccountState): void {
    const { funding } = this.parts
    funding.read({
      done: (fresh) => {
        funding.walletUsd = walletBalanceUsd
        // Whether the account was read before the latest of them or after is not known.
        if (fresh === 0) this.finish()
        else this.again()
      },
      failed: (message) => this.fail(message),
    })
  }

  private fills(): Fill[] {
    const { fills } = this.parts
    const { registry } = this.parts.desk
    const { symbol } = this.of.request
    const orderOf = (orderId: string) => registry.ofOrderId(symbol, orderId) ?? this.names.get(orderId)!
    return this.trades.map((trade) => fills.fillOf(orderOf(trade.orderId), trade))
  }

  private again(): void {
    if (this.tries < TRIES_MAX) this.begin()
    else this.fail(`the account changed during each of ${TRIES_MAX} readings`)
  }

  private fail(message: string): void {
    this.parts.desk.unknown(this.of.request.requestId, message)
  }
}

const NAMELESS = { side: 'BUY', type: 'MARKET', quantity: '0', reduceOnly: false, sentAtMs: 0 } as const
const TRIES_MAX = 3
const CLOCK_OFF_MS_MAX = 5_000
const PAGES_MAX = 100
