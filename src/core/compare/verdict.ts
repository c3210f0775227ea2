import type { MissedEntry, TradeOpened, TradeRecord } from '../../ports/vocabulary/session.js'
import { type EntryRecord, OWN_EXITS, type Trade } from '../../ports/vocabulary/trades.js'
import { entryAtMs, exitAtMs } from '../performance/daily-book.js'
import { type Cause, contradictionOf, type ExitRelation, nearlyEqual, noEffects, pairEffects } from './effects.js'
import { type Amount, amount, NOTHING } from './exact-ledger.js'
import { barTimeOf, isEntryOf, type Match } from './matching.js'

/** What a difference is judged by beside the two trades themselves. */
export interface Evidence {
  readonly bulk: readonly Trade[]
  readonly bulkOpen: EntryRecord | null
  readonly session: readonly TradeRecord[]
  readonly sessionOpen: readonly TradeOpened[]
  readonly missedEntries: readonly MissedEntry[]
  /** UTC ms; absent when the session has come to its end. */
  readonly sessionStoppedAtMs?: number
  /** An earlier trade differed: sizes follow from results. */
  readonly differsBefore: boolean
}

export interface Verdict {
  readonly effects: Record<Cause, Amount>
  /** Entered, sized and left alike, as far as a strategy decides it. */
  readonly sameDecisions: boolean
  readonly explained: boolean
  readonly notes: readonly string[]
}

export function verdictOn(match: Match, evidence: Evidence): Verdict {
  if (match.session === undefined) return verdictOnMissed(match.bulk, evidence)
  if (match.bulk === undefined) return verdictOnExtra(match.session, evidence)
  return verdictOnPair(match.bulk, match.session, evidence)
}

function verdictOnPair(bulk: Trade, session: TradeRecord, { differsBefore }: Evidence): Verdict {
  const exit = judgeExit(bulk, session)
  const effects = pairEffects(bulk, session, exit.relation)
  const notes = [...exit.notes]
  const move = (cause: Cause, note: string): void => {
    if (effects[cause].isZero()) return
    effects.unexplained = effects.unexplained.plus(effects[cause])
    effects[cause] = NOTHING
    notes.push(note)
  }
  if (!effects.unexplained.isZero()) notes.push(CONTRADICTION)
  if (!exit.explained) move('exitTime', 'the exit was decided otherwise, and nothing that decides it differs')
  if (!differsBefore) {
    move('capital', 'the capital differs, and no earlier trade does')
    move('exposure', 'another share of the capital was asked for, and no earlier trade differs')
  }
  return {
    effects,
    sameDecisions: exit.relation.kind === 'sameBar' && reasonOf(bulk) === session.reason,
    explained: exit.explained && effects.unexplained.isZero(),
    notes,
  }
}

interface ExitVerdict {
  readonly relation: ExitRelation
  readonly explained: boolean
  readonly notes: readonly string[]
}

/** Exits that follow from the posture or the breaker of the hour, which the bulk run has another of. */
const SITUATION_EXITS: readonly string[] = ['HIBERNATE_HALT', 'SUBDAY_ACB_NORMALIZATION']

function judgeExit(bulk: Trade, session: TradeRecord): ExitVerdict {
  const sessionBars = session.exitBar - session.entryBar
  const isByDecision = session.purpose === 'EXIT' || session.purpose === 'REDUCE'
  const sameBar = isByDecision && sessionBars === bulk.barsHeld
  const relation: ExitRelation = sameBar
    ? { kind: 'sameBar' }
    : { kind: 'otherTime', referencePrice: amount(session.exitRequestedPrice ?? session.exitPrice) }
  if (sameBar && session.reason === reasonOf(bulk)) return { relation, explained: true, notes: [] }
  const cause = causeOfExit(bulk, session, isByDecision)
  const what = `left by ${session.reason} after ${sessionBars} bars, in bulk by ${reasonOf(bulk)} after ${bulk.barsHeld}`
  return { relation, explained: cause !== undefined, notes: [cause === undefined ? what : `${what}: ${cause}`] }
}

/** As the strategy called it. */
export function reasonOf({ reason, ownReason }: Trade): string {
  return ownReason ?? reason
}

/** Why the session left otherwise than the bulk run; undefined when the records show no cause. */
function causeOfExit(bulk: Trade, session: TradeRecord, isByDecision: boolean): string | undefined {
  if (!isByDecision) return `a ${session.purpose} fill`
  const isOwn = session.reason === bulk.ownReason || OWN_EXITS.some((reason) => reason === session.reason)
  if (!isOwn) return 'ended from outside the strategy'
  if (SITUATION_EXITS.includes(session.reason)) return 'the posture or breaker of the session'
  if (!nearlyEqual(amount(bulk.entryPrice), amount(session.entryPrice))) return 'levels follow from the filled price'
  if (isFilledLate(bulk, session)) return 'the entry filled a bar late, from which holding is counted'
  return undefined
}

/** Whether the first fill came when the next bar was there. */
function isFilledLate(bulk: Trade, session: TradeRecord): boolean {
  if (bulk.exitTimeMs === null || bulk.barsHeld === 0) return false
  const barMs = (bulk.exitTimeMs - barTimeOf(bulk)) / bulk.barsHeld
  return entryAtMs(session) - session.entryBarAtMs >= barMs
}

function verdictOnMissed(bulk: Trade, evidence: Evidence): Verdict {
  const cause = causeOfMissing(bulk, evidence)
  const effects = { ...noEffects(), [cause === undefined ? 'unexplained' : 'missed']: amount(bulk.net).negated() }
  return unmatched(effects, cause, 'the session was flat and has no record of an entry that failed')
}

function causeOfMissing(bulk: Trade, evidence: Evidence): string | undefined {
  const { session, sessionOpen, missedEntries, sessionStoppedAtMs = Number.POSITIVE_INFINITY } = evidence
  const missed = missedEntries.find((entry) => isEntryOf(bulk, entry))
  if (missed !== undefined) return missed.detail === '' ? missed.reason : `${missed.reason}: ${missed.detail}`
  if (sessionOpen.some((entry) => isEntryOf(bulk, entry))) return 'still open in the session at its end'
  const atMs = barTimeOf(bulk)
  // What was held then says nothing of what came after the last record.
  if (atMs >= sessionStoppedAtMs) return 'the session had stopped by then'
  const holding =
    session.find((trade) => trade.entryBarAtMs < atMs && atMs <= exitAtMs(trade)) ??
    sessionOpen.find((trade) => trade.entryBarAtMs < atMs)
  return holding === undefined ? undefined : `the session held ${holding.symbol}`
}

function verdictOnExtra(session: TradeRecord, evidence: Evidence): Verdict {
  const cause = causeOfExtra(session, evidence)
  const contradiction = contradictionOf(session)
  const effect = amount(session.netPnl).minus(contradiction)
  const effects =
    cause === undefined
      ? { ...noEffects(), unexplained: amount(session.netPnl) }
      : { ...noEffects(), extra: effect, unexplained: contradiction }
  return unmatched(effects, cause, 'the bulk run was flat and decided no such entry')
}

function causeOfExtra(session: TradeRecord, { bulk, bulkOpen }: Evidence): string | undefined {
  if (bulkOpen !== null && isEntryOf(bulkOpen, session)) return 'still open in the bulk run at its end'
  const atMs = session.entryBarAtMs
  const holding =
    bulk.find((trade) => barTimeOf(trade) < atMs && atMs <= (trade.exitTimeMs ?? atMs)) ??
    (bulkOpen !== null && barTimeOf(bulkOpen) < atMs ? bulkOpen : undefined)
  return holding === undefined ? undefined : `the bulk run held ${holding.asset}`
}

function unmatched(effects: Record<Cause, Amount>, cause: string | undefined, otherwise: string): Verdict {
  const isContradictory = cause !== undefined && !effects.unexplained.isZero()
  return {
    effects,
    sameDecisions: false,
    explained: cause !== undefined && !isContradictory,
    notes: [cause ?? otherwise, ...(isContradictory ? [CONTRADICTION] : [])],
  }
}

const CONTRADICTION = 'the recorded net is not what its own prices, fees and funding give'
