import type { FlowDate, FlowEvent, FlowKey, FlowRecord, FlowRow } from './vocabulary/flows.js'

/**
 * The ledger of logical dates, and the record of each run. Every write is durable when it resolves, and carries the fencing token of
 * the lease that it was made under: one that is lower than a token that was seen for its key is refused (`StaleFence`), so that whoever
 * lost a lease without noticing changes nothing any more.
 */
export interface FlowStore {
  /** The newest row of every logical date of a key, oldest date first. */
  rows(key: FlowKey): Promise<readonly FlowRow[]>
  /** The newest row of every date of every key. */
  allRows(): Promise<readonly FlowRow[]>
  /** First logical stamp of which a key is due at all; null: it is new. Set once: a second call changes nothing. */
  since(key: FlowKey): Promise<string | null>
  setSince(key: FlowKey, stamp: string): Promise<void>
  /** @throws StaleFence */
  put(row: FlowRow): Promise<void>
  /** Of all attempts of a date, in order. */
  records(date: FlowDate): Promise<readonly FlowRecord[]>
  /** @throws StaleFence */
  append(date: FlowDate, fence: number, atMs: number, event: FlowEvent): Promise<FlowRecord>
  close(): Promise<void>
}

/** Another holds the lease now. */
export class StaleFence extends Error {
  override readonly name = 'StaleFence'
}
