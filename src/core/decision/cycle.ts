import { type DecimalText, decimalText } from '../../base/exact.js'
import { present } from '../../base/present.js'
import type { Mandate } from '../../ports/strategy.js'
import { positionId } from '../../ports/vocabulary/ids.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'
import type { MissedEntry } from '../../ports/vocabulary/session.js'
import type { RegimeEvent } from '../analysis/regime-state.js'
import { type Action, arbitrate, type ReleasedMandate } from '../arbitration/arbitration.js'
import type { OpenPermission } from '../mode/entry-gate.js'
import { approve } from '../risk/approval.js'
import { type AccountState, type PositionRisk, positionRisk } from '../risk/calculator.js'
import { blockMandates, breakerMandates, RISK_STRATEGY_ID } from '../risk/loss-breaker.js'
import { positionFault } from '../risk/position-check.js'
import type { RiskConfig } from '../risk/risk-config.js'
import { missedEntry, walletUsd } from './book.js'
import { type CyclePlan, type CycleStep, type ExecutionResult, planCycle } from './controller.js'
import type { Gated, HarnessGate } from './harness-gate.js'
import type { RecordedHolding } from './recorded-holding.js'
import type { DecisionFact } from './records.js'
import type { DecisionState, ExitOrder, Reduction } from './state.js'

export interface CycleInput {
  readonly state: DecisionState
  readonly nowMs: number
  readonly idPrefix: string
  readonly risk: RiskConfig
  readonly gate: OpenPermission
  /** USD, by the last truth; null before one. */
  readonly marginAvailableUsd: DecimalText | null
  /** USD, of the position's symbol: by the last bar or truth; null when nobody said. */
  readonly markPrice: DecimalText | null
  readonly liquidationPrice: DecimalText | null
  /** Entries are blocked: trades are won far less often than they should be. */
  readonly isEdgeGone: boolean
  /** Judges the mandates to enter, before anything else does. */
  readonly harness: Pick<HarnessGate, 'settings' | 'judge'>
  /** Of the bar; absent: nobody observes. */
  readonly observation?: BarObservation | undefined
  /** Of a calendar or the operator. */
  readonly regimeEvent?: RegimeEvent | undefined
  instrument(symbol: string): Instrument | undefined
}

export type CycleFact = Extract<DecisionFact, { readonly type: 'cycle' }>

/** The decision about a bar's mandates, as the record that carries it out; undefined when there is nothing to decide. */
export function decideCycle(input: CycleInput): CycleFact | undefined {
  const { state, nowMs } = input
  const held = heldRisk(input)
  const gated = judged(input)
  const asked = [...state.undecided, ...riskMandates(input, held)]
  if (asked.length === 0) return undefined
  const mandates = asked.flatMap((mandate) => released(mandate, gated, input))
  const { position, holding } = state
  const actions = arbitrate(mandates, position === null ? [] : [position])
  const wallet = walletUsd(state).toFixed()
  const account: AccountState = {
    equityUsd: wallet,
    marginAvailableUsd: input.marginAvailableUsd ?? wallet,
    timestampMs: nowMs,
  }
  const plan = planCycle(actions, {
    nowMs,
    mandatesReceived: asked.length,
    position,
    isUnpermitted: holding?.permissionId === null,
    gate: input.gate,
    walletUsd: wallet,
    approve: (action) =>
      approve(action, {
        config: input.risk,
        account,
        positions: held === undefined ? [] : [held],
        breaker: state.breaker,
        instrument: input.instrument(action.symbol),
      }),
  })
  return factOf(plan, actions, gated, input)
}

/** What the harness makes of the mandates to enter; undefined: there are none. */
function judged({ state, nowMs, idPrefix, gate, harness, observation, regimeEvent }: CycleInput): Gated | undefined {
  const candidates = state.undecided.filter(({ type }) => type === 'ENTRY')
  if (candidates.length === 0) return undefined
  return harness.judge({
    cycle: `${idPrefix}-c${state.records + 1}`,
    nowMs,
    memory: state.harness,
    posture: state.posture,
    candidates,
    gate,
    observation,
    event: regimeEvent,
  })
}

/** The mandate as it goes on, if it may: what asks for an entry, only with its release. In shadow everything goes on. */
function released(mandate: Mandate, gated: Gated | undefined, { harness }: CycleInput): readonly ReleasedMandate[] {
  if (gated === undefined || mandate.type !== 'ENTRY' || harness.settings.mode === 'shadow') return [mandate]
  const provenance = gated.released.get(mandate)
  return provenance === undefined ? [] : [{ ...mandate, provenance }]
}

function factOf(plan: CyclePlan, actions: readonly Action[], gated: Gated | undefined, input: CycleInput): CycleFact {
  const { state } = input
  const step = <K extends CycleStep['kind']>(kind: K) =>
    plan.steps.find((found): found is Extract<CycleStep, { readonly kind: K }> => found.kind === kind)
  const propose = step('propose')
  const reduce = step('reduce')
  const exit = step('exit')
  const withdraw = step('withdraw')
  const proposal = propose === undefined ? null : proposalOf(propose.order.terms, input)
  const missed = missedEntries(plan.results, actions, proposal, { ...input, gated })
  const withdrawn =
    withdraw === undefined ? [] : [missedEntry(state.holding!, 'REJECT_LATCHED', withdraw.action.reason)]
  const allMissed = [...withdrawn, ...missed]
  return {
    type: 'cycle',
    results: plan.results,
    stats: plan.stats,
    withdrawn: withdraw !== undefined,
    proposal,
    reduction: reduce === undefined ? null : reductionOf(reduce.order.terms, input),
    exit: exit === undefined ? null : exitOf(exit.action, input),
    ...present({ harness: gated?.record }),
    ...(allMissed.length === 0 ? {} : { missed: allMissed }),
  }
}

/** EXIT for a position that has broken a limit; BLOCK for every symbol that somebody wants to enter while the breaker is open or the edge gone. */
function riskMandates(input: CycleInput, held: PositionRisk | undefined): readonly Mandate[] {
  const { state, risk, nowMs } = input
  const symbols = new Set(state.undecided.filter(({ type }) => type === 'ENTRY').map(({ symbol }) => symbol))
  const blocks = [
    ...breakerMandates(state.breaker, symbols, nowMs),
    ...(input.isEdgeGone ? blockMandates('system regime EDGE_GONE', symbols, nowMs) : []),
  ]
  const fault = held === undefined || state.position?.state === 'CLOSING' ? undefined : positionFault(held, risk)
  if (held === undefined || fault === undefined) return blocks
  const { symbol, markPrice } = held
  const common = { strategyId: RISK_STRATEGY_ID, symbol, authority: 1, timestampMs: nowMs }
  return [...blocks, { ...common, type: 'EXIT', price: Number(markPrice), reason: fault.reason }]
}

function heldRisk({ state, markPrice, liquidationPrice }: CycleInput): PositionRisk | undefined {
  const { position } = state
  if (position === null || position.direction === null || position.entryPrice === null) return undefined
  const { symbol, direction, quantity, entryPrice } = position
  return positionRisk({ symbol, direction, quantity, entryPrice, markPrice: markPrice ?? entryPrice, liquidationPrice })
}

/** One per strategy and symbol whose entry was not proposed, with what stood against it. */
function missedEntries(
  results: readonly ExecutionResult[],
  actions: readonly Action[],
  proposal: RecordedHolding | null,
  { state, gate, gated, harness }: CycleInput & { readonly gated: Gated | undefined },
): readonly MissedEntry[] {
  const missed = new Map<string, MissedEntry>()
  for (const mandate of state.undecided) {
    const { type, symbol, strategyId } = mandate
    const isProposed = proposal?.strategyId === strategyId && proposal.instrument.symbol === symbol
    if (type !== 'ENTRY' || isProposed) continue
    const index = actions.findIndex((action) => action.symbol === symbol)
    const isBlocked = actions[index]?.reason.startsWith(BLOCKED) === true
    const isHeldBack = harness.settings.mode === 'live' && gated?.released.has(mandate) === false
    const { reject, detail } =
      isHeldBack && !isBlocked
        ? whyHeldBack(mandate, gated, gate)
        : whyMissed(mandate, actions[index]!, results[index]!)
    const entry = {
      strategyId,
      direction: mandate.direction!,
      entryBar: state.bar,
      entryBarAtMs: state.barAtMs,
      requestedPrice: decimalText(mandate.price!),
      targetNotionalUsd: decimalText(mandate.notionalUsd!),
      instrument: { symbol },
    }
    missed.set(`${strategyId} ${symbol}`, missedEntry(entry, reject, detail))
  }
  return [...missed.values()]
}

/** What the gate says of everybody goes before what the harness says of one. */
function whyHeldBack(mandate: Mandate, gated: Gated, gate: OpenPermission): Why {
  if (gate.reject !== null) return { reject: gate.reject, detail: gate.detail }
  return { reject: 'REJECT_NO_PERMISSION', detail: gated.heldBack(mandate) }
}

interface Why {
  readonly reject: MissedEntry['reason']
  readonly detail: string
}

/** As arbitration says it. */
const BLOCKED = 'blocked: '

function whyMissed(mandate: Mandate, action: Action, result: ExecutionResult): Why {
  if (action.type === 'ENTRY' && action.strategyId === mandate.strategyId)
    return { reject: result.reject ?? 'REJECT_RISK_LIMIT', detail: result.error ?? '' }
  const isBlocked = action.reason.startsWith(BLOCKED)
  const detail = isBlocked ? action.reason : `${action.type} of ${action.strategyId}: ${action.reason}`
  return { reject: isBlocked ? 'REJECT_RISK_LIMIT' : 'REJECT_POSITION_EXISTS', detail }
}

type Terms = Extract<CycleStep, { readonly kind: 'propose' }>['order']['terms']

function proposalOf(terms: Terms, input: CycleInput): RecordedHolding {
  const { strategyId, instrument, direction, side, quantity, requestedPrice, targetNotionalUsd } = terms
  return {
    tradeId: positionId(derivedId('', input)),
    strategyId,
    instrument,
    direction,
    side,
    orderedQuantity: quantity,
    requestedPrice,
    targetNotionalUsd,
    entryBar: input.state.bar,
    entryBarAtMs: input.state.barAtMs,
    proposedAtMs: input.nowMs,
    permissionId: null,
    openedAtMs: null,
    entryFeesUsd: '0',
    exitQuantity: '0',
    exitValueUsd: '0',
    exitFeesUsd: '0',
    fundingUsd: '0',
    lastExit: null,
    ...present({ provenance: terms.provenance }),
  }
}

function reductionOf(terms: Terms, input: CycleInput): Reduction {
  return {
    actionId: derivedId('r', input),
    positionId: input.state.holding!.positionId,
    quantity: terms.quantity,
    filledQuantity: '0',
    requestedPrice: terms.requestedPrice,
    proposedAtMs: input.nowMs,
  }
}

function exitOf(action: Action, input: CycleInput): ExitOrder {
  return {
    exitId: exitIdOf(input),
    positionId: input.state.holding!.positionId,
    trigger: action.strategyId === RISK_STRATEGY_ID ? 'RISK' : 'STRATEGY',
    reason: action.reason,
    requestedPrice: action.price === null ? null : decimalText(action.price),
    bar: input.state.bar,
  }
}

/** Of the record that it is made in, for what leaves when that is on disk: its number is then given once, ever. */
function derivedId(kind: '' | 'r', { state, idPrefix }: Pick<CycleInput, 'state' | 'idPrefix'>): string {
  return `${idPrefix}-${kind}${state.records + 1}`
}

/**
 * An exit leaves at once. When its record dies with the process, the number is given again; with the same id the next exit
 * would be taken for a repeat of one that was done, and nothing would be closed. So the time is in it, too.
 */
export function exitIdOf({ state, idPrefix, nowMs }: Pick<CycleInput, 'state' | 'idPrefix' | 'nowMs'>): string {
  return `${idPrefix}-x${state.records + 1}-${nowMs}`
}
