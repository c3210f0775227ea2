import type { Mandate, Strategy } from '../../../ports/strategy.js'

/** A strategy whose mandates are noted on their way. */
export function notedStrategy(strategy: Strategy, wanted: (mandates: readonly Mandate[]) => void): Strategy {
  return {
    id: strategy.id,
    observes: strategy.observes ?? false,
    onBar(bar) {
      const mandates = strategy.onBar(bar)
      wanted(mandates)
      return mandates
    },
    booksNeeded: (bar) => strategy.booksNeeded?.(bar) ?? 'none',
    onEntryDropped: (symbol, reason) => strategy.onEntryDropped(symbol, reason),
    onFill: (fill) => strategy.onFill(fill),
    snapshot: () => strategy.snapshot(),
    restore: (snapshot) => strategy.restore(snapshot),
  }
}
