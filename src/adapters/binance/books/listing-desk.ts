import type { ListedContract, MarketDataEvent } from '../../../ports/market-data.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import type { ContractInfo } from '../streams/trade-payloads.js'
import { type BookContracts, bookContracts } from './book-contracts.js'

/**
 * What the exchange lists: asked for at the start, each hour, when a contract is to begin to trade, and at once when the exchange
 * says of a contract that it was listed, halted or taken off; then again and again until its own list says so too.
 */
export class ListingDesk {
  private contracts: ReadonlyMap<string, ListedContract> | undefined
  private statuses: ReadonlyMap<string, unknown> = new Map()
  /** What was said of contracts, and is not yet to be seen in the list. */
  private readonly expected = new Map<string, { readonly status: string; readonly untilMs: number }>()
  private readonly namedOddities = new Set<string>()
  private callId: string | undefined
  private calls = 0
  private failures = 0
  private hourlyMs = Number.POSITIVE_INFINITY
  private soonMs = Number.POSITIVE_INFINITY
  private notBeforeMs = Number.NEGATIVE_INFINITY

  begin(nowMs: number): void {
    this.hourlyMs = nowMs
  }

  /** Infinite while nothing is to be asked. */
  get dueMs(): number {
    if (this.callId !== undefined) return Number.POSITIVE_INFINITY
    return Math.max(this.notBeforeMs, Math.min(this.hourlyMs, this.soonMs))
  }

  /** The call to make now, where it is time: before everything else that is asked of the market, of which there may be much. */
  due(nowMs: number): RestCall | undefined {
    if (nowMs < this.dueMs) return undefined
    this.soonMs = Number.POSITIVE_INFINITY
    this.callId = `listing:${++this.calls}`
    const deadlineMs = nowMs + PATIENCE_MS
    return { callId: this.callId, route: 'exchangeInfo', params: {}, priority: 'truth', deadlineMs }
  }

  /** The exchange has said something of a contract. */
  heard({ symbol, status }: ContractInfo, nowMs: number): void {
    if (status === 'UNKNOWN' || this.statuses.get(symbol) === status) return
    if (this.expected.size < EXPECTED_MAX) this.expected.set(symbol, { status, untilMs: nowMs + EXPECTED_MS })
    this.soonMs = Math.min(this.soonMs, nowMs)
  }

  /** @returns what is told of an outcome; undefined where the call was not its own. */
  take(outcome: RestOutcome, { nowMs, exchangeMs }: ListingMoment): TakenListing | undefined {
    if (outcome.callId !== this.callId) return undefined
    this.callId = undefined
    const listed = outcome.kind === 'done' ? bookContracts(outcome.value) : undefined
    if (listed === undefined) {
      this.notBeforeMs = nowMs + Math.min(AGAIN_MS * 2 ** this.failures++, AGAIN_MS_MAX)
      this.soonMs = nowMs
      return { events: [], isMalformed: outcome.kind === 'done' }
    }
    this.failures = 0
    this.notBeforeMs = nowMs + ASK_EVERY_MS
    this.statuses = listed.statuses
    this.expectFurther(listed, { nowMs, exchangeMs })
    const events: MarketDataEvent[] = this.oddities(listed)
    const isHourly = nowMs >= this.hourlyMs
    if (isHourly) this.hourlyMs = nowMs + HOUR_MS
    if (isHourly || !isSame(this.contracts, listed.contracts))
      events.push({ kind: 'listed', contracts: [...listed.contracts.values()], receivedMs: nowMs })
    this.contracts = listed.contracts
    return { events, isMalformed: false }
  }

  private expectFurther({ statuses, opensMs }: BookContracts, { nowMs, exchangeMs }: ListingMoment): void {
    for (const [symbol, { status, untilMs }] of this.expected)
      if (statuses.get(symbol) === status || nowMs >= untilMs) this.expected.delete(symbol)
    if (this.expected.size > 0) this.soonMs = Math.min(this.soonMs, nowMs + AGAIN_MS)
    for (const atMs of opensMs)
      if (atMs > exchangeMs) this.soonMs = Math.min(this.soonMs, nowMs + atMs - exchangeMs + OPENED_MS)
  }

  /** Each told once. */
  private oddities({ oddities }: BookContracts): MarketDataEvent[] {
    const news = oddities.filter((oddity) => !this.namedOddities.has(oddity)).slice(0, ODDITIES_MAX)
    if (this.namedOddities.size >= ODDITIES_MAX) return []
    for (const oddity of news) this.namedOddities.add(oddity)
    return news.map((message) => ({ kind: 'notice', level: 'WARNING', code: 'CONTRACT_PASSED_OVER', message }))
  }
}

export interface ListingMoment {
  readonly nowMs: number
  readonly exchangeMs: number
}

export interface TakenListing {
  readonly events: readonly MarketDataEvent[]
  /** There was an answer, and it cannot be read. */
  readonly isMalformed: boolean
}

const HOUR_MS = 3_600_000
const PATIENCE_MS = 60_000
/** After an answer that was none, or one that is behind what the exchange has said; twice as long after each further failure. */
const AGAIN_MS = 5_000
const AGAIN_MS_MAX = 60_000
/** How soon after an answer it is asked for again, however much is said of contracts. */
const ASK_EVERY_MS = 1_000
/** How long the list is waited for to say what was said of a contract. */
const EXPECTED_MS = 60_000
const EXPECTED_MAX = 1_000
/** After the moment at which a contract is to begin to trade. */
const OPENED_MS = 1_000
const ODDITIES_MAX = 100

function isSame(
  before: ReadonlyMap<string, ListedContract> | undefined,
  now: ReadonlyMap<string, ListedContract>,
): boolean {
  if (before === undefined || before.size !== now.size) return false
  for (const [symbol, { priceDecimals, quantityDecimals }] of now) {
    const known = before.get(symbol)
    if (known?.priceDecimals !== priceDecimals || known.quantityDecimals !== quantityDecimals) return false
  }
  return true
}
