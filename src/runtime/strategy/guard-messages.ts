import type { MessagePort } from 'node:worker_threads'
import type { Mandate, StrategyBar, StrategyContext, StrategyFill } from '../../ports/strategy.js'

/** What the thread of a guarded strategy starts with. */
export interface GuardSetup {
  readonly port: MessagePort
  /** One number, raised and notified with every answer. */
  readonly answers: Int32Array
  /** URL of the author's module. */
  readonly module: string
  readonly context: StrategyContext
  /** Bars over which a second strategy, made alike, is asked the same. */
  readonly twinBars: number
}

/** A call of the strategy. The thread answers every one of them, in order. */
export type GuardCall =
  | {
      readonly call: 'onBar'
      readonly bar: Omit<StrategyBar, 'symbols'>
      /** Absent: those of the bar before. */
      readonly symbols?: readonly string[]
    }
  | { readonly call: 'onFill'; readonly fill: StrategyFill }
  | { readonly call: 'onEntryDropped'; readonly symbol: string; readonly reason: string }
  | { readonly call: 'snapshot' }
  | { readonly call: 'restore'; readonly snapshot: unknown }

export type GuardAnswer =
  | { readonly mandates: readonly Mandate[] }
  | { readonly snapshot: unknown }
  | { readonly done: true }
  /** Why not, with the author's file and line. */
  | { readonly failure: string }
