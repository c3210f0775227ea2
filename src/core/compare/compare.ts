import type { DecimalText } from '../../base/exact.js'
import type { MissedEntry, TradeDirection, TradeOpened, TradeRecord } from '../../ports/vocabulary/session.js'
import type { EntryRecord, Trade } from '../../ports/vocabulary/trades.js'
import { bulkQuantity, CAUSES, type Effects, sumOf } from './effects.js'
import { amount, total } from './exact-ledger.js'
import { barTimeOf, directionOf, type Match, matchTrades } from './matching.js'
import { reasonOf, type Verdict, verdictOn } from './verdict.js'

/** Both runs of the same days. Every bulk trade has bar times. */
export interface ComparedRuns {
  readonly bulk: readonly Trade[]
  readonly bulkOpen: EntryRecord | null
  readonly session: readonly TradeRecord[]
  readonly sessionOpen: readonly TradeOpened[]
  readonly missedEntries: readonly MissedEntry[]
  /** UTC ms at which the records of a session end that has not come to its end; absent when it has. */
  readonly sessionStoppedAtMs?: number
}

/** One side of a compared trade, for a reader. Prices USD, quantity base units. */
export interface ComparedSide {
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText
  readonly exitPrice: DecimalText
  /** Bars from entry to exit. */
  readonly barsHeld: number
  readonly reason: string
  readonly net: DecimalText
}

export interface ComparedTrade {
  readonly kind: 'pair' | 'missed' | 'extra'
  readonly symbol: string
  readonly direction: TradeDirection
  /** UTC ms of the bar that the entry was decided on. */
  readonly entryBarAtMs: number
  readonly bulk: ComparedSide | null
  readonly session: ComparedSide | null
  /** USD, session − bulk. */
  readonly difference: DecimalText
  readonly effects: Effects
  /** Decided, sized and filled alike; results may differ by float64 alone. */
  readonly same: boolean
  /** Every part of the difference has a cause that the records show. */
  readonly explained: boolean
  /** Why it is so, in words. */
  readonly notes: readonly string[]
}

export interface Comparison {
  /** Same decisions, same sizes, same results but for float64. */
  readonly identical: boolean
  /** Nothing is left without a cause. */
  readonly explained: boolean
  readonly bulkNet: DecimalText
  readonly sessionNet: DecimalText
  readonly difference: DecimalText
  /** Sums over all trades. */
  readonly effects: Effects
  readonly trades: readonly ComparedTrade[]
}

/**
 * Attributes every difference between a bulk run and a session of the same days. Trades are matched by symbol, direction and the
 * bar that decided their entry. Effects of a trade sum to its difference, and those of all trades to the total, to the last
 * digit; what has no cause that the records show is `unexplained`.
 */
export function compareRuns(runs: ComparedRuns): Comparison {
  const compared: ComparedTrade[] = []
  let differsBefore = false
  for (const match of matchTrades(runs.bulk, runs.session)) {
    const trade = comparedTrade(match, verdictOn(match, { ...runs, differsBefore }))
    compared.push(trade)
    differsBefore ||= !trade.same
  }
  const effects = Object.fromEntries(
    CAUSES.map((cause) => [cause, total(compared.map((trade) => amount(trade.effects[cause]))).toFixed()]),
  ) as Effects
  const bulkNet = total(runs.bulk.map((trade) => amount(trade.net)))
  const sessionNet = total(runs.session.map((trade) => amount(trade.netPnl)))
  return {
    identical: compared.every(({ same }) => same),
    explained: compared.every((trade) => trade.explained),
    bulkNet: bulkNet.toFixed(),
    sessionNet: sessionNet.toFixed(),
    difference: sessionNet.minus(bulkNet).toFixed(),
    effects,
    trades: compared,
  }
}

function comparedTrade(match: Match, verdict: Verdict): ComparedTrade {
  const { bulk, session } = match
  const effects = Object.fromEntries(CAUSES.map((cause) => [cause, verdict.effects[cause].toFixed()])) as Effects
  const { symbol, direction, entryBarAtMs } = session ?? entryOf(bulk!)
  return {
    kind: session === undefined ? 'missed' : bulk === undefined ? 'extra' : 'pair',
    symbol,
    direction,
    entryBarAtMs,
    bulk: bulk === undefined ? null : bulkSide(bulk),
    session: session === undefined ? null : sessionSide(session),
    difference: sumOf(verdict.effects).toFixed(),
    effects,
    same:
      verdict.explained &&
      verdict.sameDecisions &&
      CAUSES.every((cause) => cause === 'arithmetic' || verdict.effects[cause].isZero()),
    explained: verdict.explained,
    notes: verdict.notes,
  }
}

function entryOf(bulk: Trade): Pick<ComparedTrade, 'symbol' | 'direction' | 'entryBarAtMs'> {
  return { symbol: bulk.asset, direction: directionOf(bulk), entryBarAtMs: barTimeOf(bulk) }
}

function bulkSide(trade: Trade): ComparedSide {
  return {
    quantity: bulkQuantity(trade).toFixed(),
    entryPrice: amount(trade.entryPrice).toFixed(),
    exitPrice: amount(trade.exitPrice).toFixed(),
    barsHeld: trade.barsHeld,
    reason: reasonOf(trade),
    net: amount(trade.net).toFixed(),
  }
}

function sessionSide(trade: TradeRecord): ComparedSide {
  return {
    quantity: trade.quantity,
    entryPrice: trade.entryPrice,
    exitPrice: trade.exitPrice,
    barsHeld: trade.exitBar - trade.entryBar,
    reason: trade.reason,
    net: trade.netPnl,
  }
}
