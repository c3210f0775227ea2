/**
 * The system's shared memory: the latest documents of every part, and streams of what must not be missed. In this process, or
 * a cluster. It is never the authority for orders or money: what must survive is in the journal, and is written here again.
 *
 * Values are texts, JSON mostly. What holds of every call:
 * - It has a deadline (the adapter's setting), which a wait that is asked for comes on top of. It rejects with
 *   {@link GridUnavailable}, never with anything else: whether a change was made is known only for the reasons `offline`,
 *   `busy` and `closed`, which made none. Arguments that are none (`grid-arguments.ts`) are a bug, and asserted.
 * - It never waits for a connection: without one it rejects at once.
 * - No listener is called during it, and none during another listener.
 * - Asking for the same map, reference, lock or stream twice gives the same one.
 *
 * Source: system bible §15; spec "The grid".
 */
export interface Grid {
  map(name: string): GridMap
  reference(name: string): GridReference
  lock(name: string): GridLock
  stream(name: string): GridStream
  readonly connection: GridConnection
  /** Lets go of it; calls that are under way reject with the reason `closed`. A second call answers as the first. */
  close(): Promise<void>
}

/** Why a call came to nothing, or to nothing that is known. */
export type GridFailure =
  /** There is no connection: nothing was changed. */
  | 'offline'
  /** More calls are under way than the adapter lets wait: nothing was changed. */
  | 'busy'
  /** The grid was closed before the call was made: nothing was changed. Under way when it was closed: unknown. */
  | 'closed'
  /** No answer within the deadline: unknown. */
  | 'deadline'
  /** The connection or a member was lost while the call was under way: unknown. */
  | 'indeterminate'
  /** The cluster cannot do it (a subsystem is missing or has lost its majority): nothing that can be relied on. */
  | 'unsupported'

export class GridUnavailable extends Error {
  override readonly name = 'GridUnavailable'
  /** @param detail in a sentence without a subject: what was asked for, and what came instead. */
  constructor(
    readonly reason: GridFailure,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`grid ${reason}: ${detail}`, options)
  }
}

/** Keys and their values. Writes of one key take effect in the order in which one client made them; those of two clients in some order. */
export interface GridMap {
  readonly name: string
  /** Undefined where there is none. A near cache may answer with a value that was replaced a moment ago. */
  get(key: string): Promise<string | undefined>
  /** Of the keys that have one. */
  getAll(keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /**
   * @param options `ttlMs`: how long it stays after this write, at least; absent: until it is replaced or removed, also where
   * the value before had one. A cluster counts whole seconds, rounded up.
   */
  set(key: string, value: string, options?: { readonly ttlMs?: number }): Promise<void>
  /** All of them, in no order that could be relied on. When it rejects, any of them may have been written. */
  setAll(entries: ReadonlyMap<string, string>): Promise<void>
  remove(key: string): Promise<void>
  /** In no order. */
  keys(): Promise<readonly string[]>
  /**
   * Calls back for every change from when this resolves on, of one key or of all: changes of one key in their order, none of
   * two keys in any. A listener that throws is reported and called again next time. While the connection is lost nothing is
   * heard and nothing is told later: whoever needs the present value reads it when the connection is back.
   *
   * @returns what takes the listener away; nothing is told once it has been called.
   */
  listen(listener: (event: GridEntryEvent) => void, options?: { readonly key?: string }): Promise<() => Promise<void>>
}

export interface GridEntryEvent {
  /** `expired`: its time to live has passed. */
  readonly kind: 'added' | 'updated' | 'removed' | 'expired'
  readonly key: string
  /** The value from now on; absent when it was removed or has expired. */
  readonly value?: string
  /** The value before; absent when there was none, or the adapter does not know it any more. */
  readonly oldValue?: string
}

/** One linearizable value: whoever reads it after a write has returned reads that write or a later one. */
export interface GridReference {
  readonly name: string
  get(): Promise<string | undefined>
  set(value: string): Promise<void>
  /** Writes `next` when the value is `expected` (undefined: when there is none); whether it did. */
  compareAndSet(expected: string | undefined, next: string): Promise<boolean>
}

/**
 * One holder at a time among all clients. It is not reentrant: who holds it and asks again waits. A holder that dies, or is
 * silent for longer than the cluster allows, has lost it without being told: so whatever it guards carries the fencing token,
 * and a token that is lower than one that was seen is refused.
 */
export interface GridLock {
  readonly name: string
  /** The fencing token, higher than every one before; undefined when another still held it after `waitMs` (default 0). */
  acquire(options?: { readonly waitMs?: number }): Promise<bigint | undefined>
  /** False when the lock had been lost before. */
  release(fence: bigint): Promise<boolean>
}

/** A bounded log: the newest entries, each with its number. */
export interface GridStream {
  readonly name: string
  /** The number of the new entry: one more than that of the entry before. */
  append(value: string): Promise<number>
  /** Of the entries that are kept; `newest` is `oldest - 1` while there is none. */
  bounds(): Promise<GridStreamBounds>
  /**
   * Entries from number `from` on, in order: at most `max`, as many as there are; none when there is none after `waitMs`
   * (default 0). `from` may be one beyond the newest, not more.
   */
  read(from: number, options: GridStreamLimits): Promise<GridStreamRead>
}

export interface GridStreamLimits {
  /** Entries. */
  readonly max: number
  readonly waitMs?: number
}

export interface GridStreamBounds {
  /** Number of the oldest entry that is kept. */
  readonly oldest: number
  /** Number of the newest. */
  readonly newest: number
}

export interface GridStreamEntry {
  /** Its number in the stream: one more than that of the entry before. */
  readonly sequence: number
  readonly value: string
}

export type GridStreamRead =
  | { readonly kind: 'entries'; readonly entries: readonly GridStreamEntry[] }
  /** `from` is no entry that is kept: overwritten, or beyond the end of a stream that was lost and begun anew. */
  | ({ readonly kind: 'lost' } & GridStreamBounds)

export interface GridConnection {
  /** In this process: it cannot be lost. */
  readonly isEmbedded: boolean
  readonly state: GridState
  /** Members that this client sees; 1 where it is embedded. */
  readonly members: number
  /** Called when the state or the number of members has changed, never during a call. @returns what takes it away. */
  listen(listener: (state: GridState, members: number) => void): () => void
}

/** `OFFLINE` while the connection is lost; it comes back by itself. `CLOSED` is for ever. */
export type GridState = 'CONNECTED' | 'OFFLINE' | 'CLOSED'

/** Reads of a map that are answered from this process while nobody has changed the value. */
export interface NearCacheSettings {
  /** A cached value is asked for again after this, ms. */
  readonly ttlMs: number
  /** Entries at most; the ones that were not read for the longest go first. */
  readonly entriesMax: number
}
