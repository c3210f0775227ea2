import { decimalText } from '../../base/exact.js'
import type { HarnessView } from '../../ports/status-surface.js'
import type { StrategyBar } from '../../ports/strategy.js'
import type { CycleOutcome } from '../../ports/vocabulary/harness.js'
import type { PositionStatus } from '../../ports/vocabulary/messages.js'
import { heldBack, type OpenPermission } from '../mode/entry-gate.js'
import { decideCycle } from './cycle.js'
import type { DecisionDesk } from './decision-desk.js'
import type { Entries } from './entries.js'
import type { Exits } from './exits.js'
import { HarnessGate } from './harness-gate.js'
import type { HarnessCycle } from './recorded-harness.js'
import type { TruthCheck } from './truth-check.js'

/** What a bar's mandates lead to: through the harness, arbitration and risk into one record, and from there on their way. */
export class BarCycle {
  private readonly harness: HarnessGate

  constructor(
    private readonly desk: DecisionDesk,
    private readonly parts: { readonly truth: TruthCheck; readonly entries: Entries; readonly exits: Exits },
  ) {
    this.harness = new HarnessGate(desk.settings.harness, desk.state.harness)
  }

  /** Decides what the last bar's mandates lead to, if anything. */
  decide(bar?: StrategyBar): void {
    const { desk, parts } = this
    const { state, settings, conditions } = desk
    const fact = decideCycle({
      state,
      nowMs: desk.nowMs,
      idPrefix: settings.idPrefix,
      risk: settings.risk,
      gate: heldBack(this.openPermission(), bar?.hold),
      marginAvailableUsd: parts.truth.account?.availableMarginUsd ?? null,
      markPrice: this.markPrice(bar),
      liquidationPrice: this.heldStatus()?.liquidationPrice ?? null,
      isEdgeGone: conditions.isEdgeGone === true,
      harness: this.harness,
      observation: bar?.observation,
      regimeEvent: conditions.regimeEvent,
      instrument: (symbol) => desk.instrument(symbol),
    })
    if (fact === undefined) return
    const { last } = state.harness
    desk.record(fact)
    if (fact.harness !== undefined) this.tell(fact.harness, last?.outcome)
    if (fact.exit !== null) parts.exits.send()
    if (fact.proposal !== null) parts.entries.proposed()
    if (fact.reduction !== null) parts.entries.reduced()
  }

  /** Whether anything may be opened now, and what stands in the way: entries obey this same answer. */
  openPermission(): OpenPermission {
    const { position, exit } = this.desk.state
    return this.desk.gate(position === null && exit === null)
  }

  /** The last truth about the position's symbol. */
  heldStatus(): PositionStatus | undefined {
    const { status } = this.parts.truth
    return status?.instrument.symbol === this.desk.state.position?.symbol ? status : undefined
  }

  /** How the harness stands. */
  get harnessView(): HarnessView {
    const { halt, last, held } = this.desk.state.harness
    const outOfService = held.flatMap(({ skillId, state }) => (state === 'DEPRECATED' ? [] : [skillId]))
    return { mode: this.harness.settings.mode, halted: halt?.reason ?? null, last, outOfService }
  }

  /** Of a halt, and of a cycle that came to nothing where the one before did not: a state that lasts is one alert. */
  private tell({ halt, outcome, mode, cycle }: HarnessCycle, before: CycleOutcome | undefined): void {
    const { desk } = this
    if (halt !== undefined) {
      const level = mode === 'live' ? 'CRITICAL' : 'ERROR'
      desk.alert(level, 'harness', `the harness is halted in ${cycle}, until an operator resumes: ${halt.reason}`)
    } else if (outcome !== 'COMPLETE' && outcome !== before && this.openPermission().reject === null)
      desk.alert('WARNING', 'harness', `cycle ${cycle} is ${outcome}: see dolphin harness audit`)
  }

  /** USD, of the position's symbol: the bar's, else the last truth's. */
  private markPrice(bar?: StrategyBar): string | null {
    const { position } = this.desk.state
    if (position === null) return null
    const price = bar?.prices[bar.symbols.indexOf(position.symbol)]
    if (price !== undefined && price > 0 && Number.isFinite(price)) return decimalText(price)
    return this.heldStatus()?.markPrice ?? null
  }
}
