import type { DayColumns } from '../../ports/days.js'
import type { Violation } from './causality.js'
import { type Decision, firstDivergence } from './decisions.js'
import type { Cut, CutBar, Future } from './other-future.js'
import { type PartwiseBacktest, VeiledRun } from './veiled-run.js'

/** A backtest of its own, and how inputs of it that are not days (a breaker's table, an order book) get another future. */
export interface VeilableBacktest {
  readonly backtest: PartwiseBacktest
  /** From now on such inputs are as they are through the cut, and otherwise after it. */
  veil(cut: Cut): void
}

/**
 * A run repeated under one future, held against the run's decisions as it goes; `unseen` is the run bar by bar. Its first
 * violation ends it: what it decides from there on has another past.
 */
export class Replica {
  violation: Violation | undefined
  private readonly run: VeiledRun
  /** Index of the first decision that is not compared yet. */
  private next = 0
  private bars = 0

  constructor(private readonly of: ReplicaOf) {
    this.run = new VeiledRun(of.source.backtest, of.future === 'unseen' ? 'absent' : of.future, of.seed)
  }

  /** Runs a day with its cuts, in order; halts after each, and is done once a decision changed. */
  *day(columns: DayColumns, cuts: readonly CutBar[]): Generator<CutBar, void> {
    const { date, bars } = columns
    const last = { date, row: bars - 1, bar: this.bars + bars - 1 }
    if (this.of.future === 'unseen') {
      this.hold(last, () => this.run.stepDay(columns))
      this.bars += bars
      return
    }
    const first = cuts[0] ?? last
    this.hold(first, () => {
      this.run.beginDay(columns)
      return first === last ? this.run.endDay() : this.run.runThrough(first.row)
    })
    for (const cut of cuts) {
      if (cut !== first) this.hold(cut, () => this.run.runThrough(cut.row))
      if (this.violation !== undefined) return
      yield cut
    }
    if (first !== last) this.hold(last, () => this.run.endDay())
    this.bars += bars
  }

  /** Decides up to a cut, and compares. A failure counts: through the cut, it saw what the run saw. */
  private hold(at: CutBar, decide: () => readonly Decision[]): void {
    const { source, seed, future } = this.of
    const cut: Cut = { ...at, seed, future: future === 'unseen' ? 'absent' : future }
    let divergence: Violation['divergence'] | undefined
    try {
      source.veil(cut)
      divergence = firstDivergence(this.expectedThrough(at.bar), decide(), at.bar)
    } catch (error) {
      divergence = { bar: at.bar, failure: error instanceof Error ? error.message : String(error) }
    }
    if (divergence === undefined) return
    const back = future === 'unseen' ? at.bar - divergence.bar : 0
    this.violation = { cut: { ...cut, row: at.row - back, bar: at.bar - back, future }, divergence }
  }

  private expectedThrough(bar: number): Decision[] {
    const { decisions } = this.of
    const from = this.next
    while (this.next < decisions.length && decisions[this.next]!.bar <= bar) this.next++
    return decisions.slice(from, this.next)
  }
}

export interface ReplicaOf {
  readonly source: VeilableBacktest
  readonly future: Future | 'unseen'
  /** Makes the other data; unsigned 32-bit. */
  readonly seed: number
  /** All of the run, in order. */
  readonly decisions: readonly Decision[]
}
