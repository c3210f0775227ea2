import type { FlowDate, FlowRecord, FlowRow } from '../../ports/vocabulary/flows.js'

/** Told of a run as it goes, for people: nothing waits for it, and it changes nothing. */
export interface FlowListener {
  /** A date is begun, with what is in the ledger of it now. Of a dry run there is nothing in the ledger: null. */
  begun?(date: FlowDate, row: FlowRow | null): void
  /** Of a dry run, too, where nobody keeps it. */
  recorded?(date: FlowDate, record: FlowRecord): void
  progress?(date: FlowDate, task: string, done: number, total: number, unit: string): void
  /** A task rests before it is tried again. */
  resting?(date: FlowDate, task: string, ms: number): void
  /** Of a run that ended in the ledger. */
  ended?(row: FlowRow): void
}
