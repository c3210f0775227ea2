import type { Timer } from '../../ports/clock.js'
import type { Turn } from './delivery.js'
import { Expiries } from './expiries.js'
import type { GridRecord } from './grid-record.js'
import type { MemoryClient } from './memory-client.js'
import { StoredLock } from './stored-lock.js'
import { StoredMap } from './stored-map.js'
import { type KeptOfStream, StoredStream } from './stored-stream.js'

/**
 * What a grid in this process holds, for any number of clients (`memoryGrid`). It goes with the process, unless a file keeps it
 * (`openGridFile`).
 */
export class MemoryGridStore {
  /** @internal */
  readonly timer: Timer
  /** @internal */
  readonly turn: Turn
  private readonly keptOfStream: KeptOfStream
  private whenChanged: () => void = () => {}
  private readonly changed = (): void => this.whenChanged()
  private readonly expiries: Expiries
  private readonly clients = new Set<MemoryClient>()
  private readonly maps = new Map<string, StoredMap>()
  private readonly references = new Map<string, string>()
  private readonly locks = new Map<string, StoredLock>()
  private readonly streams = new Map<string, StoredStream>()
  private lastFence = 0n

  constructor({ timer, streamCapacity = STREAM_CAPACITY, turn = setImmediate }: MemoryGridStoreSettings) {
    this.timer = timer
    this.turn = (callback) => void turn(callback)
    this.keptOfStream = { entriesMax: streamCapacity, charactersMax: STREAM_CHARACTERS_MAX }
    this.expiries = new Expiries(timer)
  }

  /** @internal One that goes on from what a file keeps. */
  static restored(settings: MemoryGridStoreSettings, { records, lastFence, changed }: RestoredGrid): MemoryGridStore {
    const store = new MemoryGridStore(settings)
    store.lastFence = lastFence
    for (const record of records) store.restore(record)
    store.whenChanged = changed
    return store
  }

  /** @internal */
  map(name: string): StoredMap {
    return made(this.maps, name, () => new StoredMap(this.expiries, this.changed))
  }

  /** @internal */
  lock(name: string): StoredLock {
    return made(this.locks, name, () => new StoredLock(() => ++this.lastFence))
  }

  /** @internal */
  stream(name: string): StoredStream {
    return made(this.streams, name, () => new StoredStream(this.keptOfStream, this.changed))
  }

  /** @internal */
  value(reference: string): string | undefined {
    return this.references.get(reference)
  }

  /** @internal */
  setValue(reference: string, value: string): void {
    this.references.set(reference, value)
    this.changed()
  }

  /** @internal Values expire while there is somebody to see it: a store that nobody uses keeps no timer, and no process, going. */
  enter(client: MemoryClient): void {
    this.clients.add(client)
    this.expiries.go()
  }

  /** @internal What the client held is let go of. */
  leave(client: MemoryClient): void {
    this.clients.delete(client)
    for (const lock of this.locks.values()) lock.leave(client)
    if (this.clients.size === 0) this.expiries.rest()
  }

  /** @internal All that it holds at this moment, of streams the newest entries, and no locks. */
  records(streamEntriesMax: number): GridRecord[] {
    const records: GridRecord[] = []
    for (const [map, stored] of this.maps) for (const entry of stored.contents()) records.push({ map, ...entry })
    for (const [reference, value] of this.references) records.push({ reference, value })
    for (const [stream, stored] of this.streams) {
      for (const entry of stored.contents(streamEntriesMax)) records.push({ stream, ...entry })
    }
    return records
  }

  private restore(record: GridRecord): void {
    if ('map' in record) this.map(record.map).restore(record, this.timer.epochMs())
    else if ('reference' in record) this.references.set(record.reference, record.value)
    else this.stream(record.stream).restore(record)
  }
}

/** Entries that a stream keeps. */
const STREAM_CAPACITY = 10_000

/**
 * Characters of them all. Scans of 400 symbols take 12.8 KB each: 10,000 of them would be more than all else that a process holds
 * which trades on them. This much is 5,000 of those, seven hours of one each 5 s.
 */
const STREAM_CHARACTERS_MAX = 64_000_000

export interface MemoryGridStoreSettings {
  /** What times to live and waits go by: of the machine, or virtual. */
  readonly timer: Timer
  /** Entries that each stream keeps, as long as they are not longer than 64 million characters together; 10,000 unless it is given. */
  readonly streamCapacity?: number | undefined
  /**
   * How listeners get a turn of their own: once per call, soon, never during it. `setImmediate` unless it is given; where
   * everything happens on virtual time, `(callback) => time.after(0, callback)`, so that it always happens in the same order.
   */
  readonly turn?: ((callback: () => void) => void) | undefined
}

/** What a store goes on from, and who is told that it has changed. */
export interface RestoredGrid {
  readonly records: readonly GridRecord[]
  /** Every fencing token from now on is higher. */
  readonly lastFence: bigint
  /** Called at every change, during the call that made it. */
  readonly changed: () => void
}

/** The thing of that name, the same one every time. */
export function made<T>(known: Map<string, T>, name: string, make: () => T): T {
  let thing = known.get(name)
  if (thing === undefined) {
    thing = make()
    known.set(name, thing)
  }
  return thing
}
