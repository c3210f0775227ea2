import { present } from '../../base/present.js'
import type { BooksNeeded } from '../../ports/order-book.js'
import type { Mandate, Strategy, StrategyBar } from '../../ports/strategy.js'
import { mandateFault } from '../arbitration/arbitration.js'
import { neededBooks } from '../orderbook/needed-books.js'
import { RISK_STRATEGY_ID } from '../risk/loss-breaker.js'
import { neededObservation } from '../strategy/needed-observation.js'
import type { StrategyFault } from './state.js'
import type { StrategyCall } from './strategy-calls.js'

/**
 * The strategies behind one door: whatever one of them throws is caught here, so that it stops neither the others nor
 * safety work. Which ones are blocked is the caller's state, not this object's.
 */
export class Strategies {
  private readonly byId = new Map<string, Strategy>()

  /** @throws Error when two have one id, one that the risk layer keeps for itself, or one that no message may carry. */
  constructor(private readonly strategies: readonly Strategy[]) {
    for (const strategy of strategies) {
      if (this.byId.has(strategy.id) || strategy.id === RISK_STRATEGY_ID || strategy.id === '')
        throw new Error(`strategy id ${strategy.id}: expected one that no other has`)
      if (!/^[!-~]{1,64}$/.test(strategy.id))
        throw new Error(`strategy id ${strategy.id}: expected 1 to 64 visible ASCII characters`)
      this.byId.set(strategy.id, strategy)
    }
  }

  get ids(): readonly string[] {
    return [...this.byId.keys()]
  }

  /** The bar with what somebody who is not blocked may look at of books and observation, and no more. */
  withNeeded(bar: StrategyBar, blocked: Readonly<Record<string, string>>): StrategyBar {
    if (bar.books === undefined && bar.observation === undefined) return bar
    const { books, observation, ...rest } = bar
    const asking = this.strategies.filter(({ id }) => blocked[id] === undefined)
    return {
      ...rest,
      ...present({
        books: books && neededBooks(books, booksOf(asking, rest)),
        observation: neededObservation(
          observation,
          asking.map(({ observes }) => observes),
        ),
      }),
    }
  }

  /** Mandates of all that are not blocked, in the order in which the strategies were given. */
  onBar(
    bar: StrategyBar,
    blocked: Readonly<Record<string, string>>,
  ): { readonly mandates: readonly Mandate[]; readonly faults: readonly StrategyFault[] } {
    const mandates: Mandate[] = []
    const faults: StrategyFault[] = []
    for (const strategy of this.strategies) {
      if (blocked[strategy.id] !== undefined) continue
      const message = guarded(() => {
        const issued = strategy.onBar(bar)
        for (const mandate of issued) checkMandate(mandate, strategy.id)
        mandates.push(...issued)
      })
      if (message !== undefined) faults.push({ strategyId: strategy.id, call: 'onBar', message })
    }
    return { mandates, faults }
  }

  /** Told even when it is blocked: its view of its position stays right. */
  tell(calls: readonly StrategyCall[]): readonly StrategyFault[] {
    const faults: StrategyFault[] = []
    for (const call of calls) {
      const { strategyId } = call
      const strategy = this.byId.get(strategyId)
      if (strategy === undefined) continue
      const message = guarded(() => {
        if (call.kind === 'fill') strategy.onFill(call.fill)
        else strategy.onEntryDropped(call.symbol, call.reason)
      })
      if (message !== undefined) faults.push({ strategyId, call: call.kind, message })
    }
    return faults
  }

  /** Each one's snapshot, or what it threw instead. */
  snapshots(): { readonly snapshots: Readonly<Record<string, unknown>>; readonly faults: readonly StrategyFault[] } {
    const snapshots: Record<string, unknown> = {}
    const faults: StrategyFault[] = []
    for (const { id, snapshot } of this.strategies.map((strategy) => ({
      id: strategy.id,
      snapshot: () => strategy.snapshot(),
    }))) {
      const message = guarded(() => {
        snapshots[id] = snapshot()
      })
      if (message !== undefined) faults.push({ strategyId: id, call: 'snapshot', message })
    }
    return { snapshots, faults }
  }

  /** @throws Error when a strategy has no snapshot here, or refuses its own. */
  restore(snapshots: Readonly<Record<string, unknown>>): void {
    for (const strategy of this.strategies) {
      if (!Object.hasOwn(snapshots, strategy.id))
        throw new Error(
          `checkpoint: a snapshot of ${strategy.id} expected, of ${Object.keys(snapshots).join(', ')} found`,
        )
      strategy.restore(snapshots[strategy.id])
    }
  }
}

/** One that cannot say it looks at all. */
function booksOf(strategies: readonly Strategy[], bar: StrategyBar): readonly BooksNeeded[] {
  const needs: BooksNeeded[] = []
  for (const strategy of strategies) {
    if (strategy.booksNeeded === undefined) continue
    const message = guarded(() => void needs.push(strategy.booksNeeded!(bar)))
    if (message !== undefined) needs.push('all')
  }
  return needs
}

function checkMandate(mandate: Mandate, strategyId: string): void {
  const fault =
    mandate.strategyId === strategyId
      ? mandateFault(mandate)
      : `strategyId: ${strategyId} expected, ${mandate.strategyId} found`
  if (fault !== undefined) throw new Error(`a mandate's ${fault}`)
}

function guarded(step: () => void): string | undefined {
  try {
    step()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
