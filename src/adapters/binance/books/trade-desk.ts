import type { MarketDataEvent, TradeEvent } from '../../../ports/market-data.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import { readTradeRow } from './market-readings.js'
import { MissedTrades } from './missed-trades.js'

/**
 * Trades of each symbol once, in the order of their numbers, which rise by one. Those that a socket took with it are asked for, and
 * what comes meanwhile waits for them; what is too much to ask for, or does not come, is told to be missed.
 */
export class TradeDesk {
  private readonly chains = new Map<string, Chain>()
  private readonly toAsk: RestCall[] = []
  /** Symbols with a gap, by the call that asks for it. */
  private readonly asked = new Map<string, string>()
  private readonly missed = new MissedTrades()
  private repeated = 0
  private calls = 0
  private minute = 0
  private askedInMinute = 0

  /** When it has something to tell; infinite while it has not. */
  get dueMs(): number {
    return this.missed.dueMs
  }

  get counts(): { readonly repeated: number; readonly missed: number } {
    return { repeated: this.repeated, missed: this.missed.total }
  }

  /** There is something to ask for now. */
  get isAsking(): boolean {
    return this.toAsk.length > 0
  }

  /** Of others nothing is remembered. */
  keep(symbols: ReadonlySet<string>): void {
    for (const symbol of this.chains.keys()) if (!symbols.has(symbol)) this.chains.delete(symbol)
  }

  /** A trade that a stream has brought; answers what is to be told. */
  heard(event: TradeEvent, nowMs: number): readonly MarketDataEvent[] {
    const chain = this.chains.get(event.symbol)
    if (chain === undefined) {
      this.chains.set(event.symbol, { lastId: event.venueId, gap: undefined })
      return [event]
    }
    return chain.gap === undefined ? this.next(chain, event, nowMs) : this.held(chain, chain.gap, event, nowMs)
  }

  /** The call to make now, if there is one. */
  due(): RestCall | undefined {
    return this.toAsk.shift()
  }

  /** What was missed since it was last told, where it is time to. */
  progress(nowMs: number): readonly MarketDataEvent[] {
    return this.missed.due(nowMs)
  }

  /** @returns undefined where the call was not its own. */
  take(outcome: RestOutcome, nowMs: number): TakenTrades | undefined {
    const symbol = this.asked.get(outcome.callId)
    if (symbol === undefined) return undefined
    this.asked.delete(outcome.callId)
    const chain = this.chains.get(symbol)
    const gap = chain?.gap
    // Given up meanwhile, or the symbol is.
    if (chain === undefined || gap?.callId !== outcome.callId) return { events: NOTHING }
    const rows = outcome.kind === 'done' ? readRows(outcome.value, symbol, nowMs) : []
    const trades = (rows ?? []).filter(({ venueId }) => venueId >= gap.fromId && venueId < gap.untilId)
    const events = this.filled(chain, gap, { symbol, trades, nowMs })
    return rows === undefined ? { events, malformed: symbol } : { events }
  }

  private next(chain: Chain, event: TradeEvent, nowMs: number): readonly MarketDataEvent[] {
    const { symbol, venueId } = event
    // Two sockets bring the same while one takes over from the other.
    if (venueId <= chain.lastId) return this.heardBefore()
    const fromId = chain.lastId + 1
    if (venueId > fromId && this.mayAsk(venueId - fromId, nowMs)) {
      chain.gap = { fromId, untilId: venueId, held: [event], callId: this.ask(symbol, fromId, venueId - fromId, nowMs) }
      return NOTHING
    }
    if (venueId > fromId) this.missed.add(symbol, { fromId, untilId: venueId }, nowMs)
    chain.lastId = venueId
    return [event]
  }

  private heardBefore(): readonly MarketDataEvent[] {
    this.repeated++
    return NOTHING
  }

  private held(chain: Chain, gap: Gap, event: TradeEvent, nowMs: number): readonly MarketDataEvent[] {
    if (event.venueId <= gap.held.at(-1)!.venueId) return this.heardBefore()
    gap.held.push(event)
    return gap.held.length < HELD_MAX ? NOTHING : this.filled(chain, gap, { symbol: event.symbol, trades: [], nowMs })
  }

  /** The gap is over: what came of it, and behind it what waited, in which there may be a gap again. */
  private filled(chain: Chain, gap: Gap, { symbol, trades, nowMs }: Filling): readonly MarketDataEvent[] {
    const told: MarketDataEvent[] = []
    chain.gap = undefined
    for (const trade of trades) {
      if (trade.venueId <= chain.lastId) continue
      if (trade.venueId > chain.lastId + 1)
        this.missed.add(symbol, { fromId: chain.lastId + 1, untilId: trade.venueId }, nowMs)
      chain.lastId = trade.venueId
      told.push(trade)
    }
    if (chain.lastId < gap.untilId - 1)
      this.missed.add(symbol, { fromId: chain.lastId + 1, untilId: gap.untilId }, nowMs)
    chain.lastId = gap.untilId - 1
    for (const event of gap.held) told.push(...this.heard(event, nowMs))
    return told
  }

  private mayAsk(trades: number, nowMs: number): boolean {
    const minute = Math.floor(nowMs / 60_000)
    if (minute !== this.minute) [this.minute, this.askedInMinute] = [minute, 0]
    return trades <= ASKED_TRADES_MAX && this.askedInMinute < ASKED_PER_MINUTE_MAX
  }

  private ask(symbol: string, fromId: number, trades: number, nowMs: number): string {
    this.askedInMinute++
    const callId = `trades:${++this.calls}`
    this.asked.set(callId, symbol)
    const params = { symbol, fromId: String(fromId), limit: String(trades) }
    this.toAsk.push({ callId, route: 'aggTrades', params, priority: 'data', deadlineMs: nowMs + PATIENCE_MS })
    return callId
  }
}

export interface TakenTrades {
  readonly events: readonly MarketDataEvent[]
  /** There was an answer, and it cannot be read. */
  readonly malformed?: string
}

interface Chain {
  /** Of the last trade that was told or given up. */
  lastId: number
  gap: Gap | undefined
}

/** Trades from `fromId` up to the one before `untilId` are asked for, and what has come meanwhile waits for them. */
interface Gap {
  readonly fromId: number
  readonly untilId: number
  readonly held: TradeEvent[]
  readonly callId: string
}

interface Filling {
  readonly symbol: string
  readonly trades: readonly TradeEvent[]
  readonly nowMs: number
}

const NOTHING: readonly MarketDataEvent[] = Object.freeze([])

/** What one call answers at most. */
const ASKED_TRADES_MAX = 1_000
/** Each costs 20 of the 2,400 that an address has a minute: 720. Snapshots need the rest of what data may use. */
const ASKED_PER_MINUTE_MAX = 36
/** What waits for a gap of its symbol. */
const HELD_MAX = 5_000
/** An answer that comes later is of no use: who observes takes nothing that is older than 30 s. */
const PATIENCE_MS = 5_000

/** In the order of their numbers; undefined where the answer is no list of trades. */
function readRows(answer: unknown, symbol: string, nowMs: number): readonly TradeEvent[] | undefined {
  if (!Array.isArray(answer)) return undefined
  const trades: TradeEvent[] = []
  for (const row of answer) {
    const trade = readTradeRow(row, symbol, nowMs)
    if (typeof trade === 'string') return undefined
    trades.push(trade)
  }
  return trades.sort((one, other) => one.venueId - other.venueId)
}
