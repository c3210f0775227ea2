import { strategyBar } from '../../../core/decision/recorded-bar.js'
import type { DecisionRecord } from '../../../core/decision/records.js'
import type { StrategyBar } from '../../../ports/strategy.js'

/** Finds the bars among the records of a decision journal. */
export class RecordedBars {
  private symbols: readonly string[] = []

  /** @param bar told each, in order. */
  constructor(private readonly bar: (bar: StrategyBar) => void) {}

  take(record: DecisionRecord): void {
    if (record.type !== 'bar') return
    this.symbols = record.bar.symbols ?? this.symbols
    this.bar(strategyBar(record.bar, this.symbols))
  }
}
