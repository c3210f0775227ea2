import type { VenueRequest } from '../../../ports/venue.js'
import { AccountReading, type AccountState, type TruthAsked } from './account-reading.js'
import type { Fills } from './fills.js'
import type { Funding } from './funding.js'
import { OrderQuestion } from './order-question.js'
import type { KnownOrder } from './order-registry.js'
import type { Protection } from './protection.js'
import { Snapshot } from './snapshot.js'
import type { OpenRequest, VenueDesk } from './venue-desk.js'

/**
 * The account's truth. All open orders of the account cost eighty of the 2,400 that an address has a minute, and truths are asked
 * for every few seconds: between two full lists only symbols in which something is open are asked for, for of any other one the
 * user stream would have told.
 */
export class AccountTruth {
  private last: AccountState | undefined
  private listedAllMs = Number.NEGATIVE_INFINITY
  private readonly unlisted = new Set<KnownOrder>()

  constructor(
    private readonly desk: VenueDesk,
    private readonly fills: Fills,
    private readonly protection: Protection,
    private readonly funding: Funding,
    private readonly report: (order: KnownOrder) => void,
  ) {}

  snapshot(request: Extract<VenueRequest, { readonly kind: 'snapshot' }>, { deadlineMs }: OpenRequest): void {
    const { desk, funding, fills } = this
    const read = (asked: TruthAsked) => this.read(asked)
    new Snapshot({ desk, funding, fills, read }, { request, deadlineMs }).begin()
  }

  /** Something may have been missed: nothing that was read before is shared, and everything open is listed again. */
  forget(): void {
    this.last = undefined
    this.listedAllMs = Number.NEGATIVE_INFINITY
  }

  /** `fresh`: not one that was read before. */
  read({ symbol, deadlineMs, fresh, done, failed }: TruthAsked): void {
    const { desk, last } = this
    if (!fresh && last !== undefined && this.isShared(last, symbol)) {
      done(last)
      return
    }
    const symbols = this.symbolsToList(symbol)
    const askedMs = desk.nowMs
    new AccountReading(desk, {
      symbols,
      deadlineMs,
      failed,
      done: (state) => {
        if (symbols === null) this.listedAllMs = askedMs
        if (!state.isTorn) this.last = state
        done(state)
      },
      conditional: (order) => this.protection.watch(order),
      unlisted: (order) => this.onUnlisted(order),
    })
  }

  private isShared(state: AccountState, symbol: string | undefined): boolean {
    const { nowMs, changes } = this.desk
    const isListed = state.symbols === null || (symbol !== undefined && state.symbols.has(symbol))
    return isListed && state.changes === changes && nowMs - state.askedMs <= SHARED_MAX_MS
  }

  /** Null: of all. */
  private symbolsToList(symbol: string | undefined): ReadonlySet<string> | null {
    const { desk } = this
    const isDue = desk.nowMs >= this.listedAllMs + LIST_ALL_EVERY_MS
    if (isDue || symbol === undefined || !desk.isConnected) return null
    const symbols = new Set([symbol, ...desk.positions.keys()])
    for (const order of desk.registry.openOrders()) symbols.add(order.symbol)
    return symbols.size > LISTED_ONE_BY_ONE_MAX ? null : symbols
  }

  /** It is over, and nobody has told so; or it is so young that it is not listed yet. */
  private onUnlisted(order: KnownOrder): void {
    if (this.unlisted.has(order)) return
    this.unlisted.add(order)
    const deadlineMs = this.desk.nowMs + this.desk.requestTimeoutMs
    const answered = () => {
      this.unlisted.delete(order)
      // A stop's own end has been told by whoever judged what it means.
      if (order.isOver && order.orderId !== null) this.report(order)
    }
    new OrderQuestion(this.desk, this.protection, { order, deadlineMs, answered }).ask()
  }
}

/** Fifty symbols are asked for one after the other at a start, and nothing has happened between. */
const SHARED_MAX_MS = 1_000
const LIST_ALL_EVERY_MS = 30_000
const LISTED_ONE_BY_ONE_MAX = 20
