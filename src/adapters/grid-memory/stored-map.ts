import type { GridEntryEvent } from '../../ports/grid.js'
import type { Delivery, Listening } from './delivery.js'
import type { Expiries, Expiry } from './expiries.js'
import type { MapEntry } from './grid-record.js'

/** A map as all clients share it. */
export class StoredMap {
  private readonly entries = new Map<string, Entry>()
  private readonly ofAll = new Set<Subscription>()
  private readonly ofKey = new Map<string, Set<Subscription>>()

  constructor(
    private readonly expiries: Expiries,
    private readonly changed: () => void,
  ) {}

  get(key: string): string | undefined {
    return this.entries.get(key)?.value
  }

  set(key: string, value: string, ttlMs: number | undefined): void {
    const entry = this.entries.get(key)
    if (entry === undefined) {
      this.entries.set(key, { value, expiry: this.expiryOf(key, ttlMs) })
      this.tell({ kind: 'added', key, value })
    } else {
      const oldValue = entry.value
      if (entry.expiry !== undefined) this.expiries.callOff(entry.expiry)
      entry.value = value
      entry.expiry = this.expiryOf(key, ttlMs)
      this.tell({ kind: 'updated', key, value, oldValue })
    }
    this.changed()
  }

  remove(key: string): void {
    this.take(key, 'removed')
  }

  keys(): string[] {
    return [...this.entries.keys()]
  }

  /** Answers what takes the listener away. */
  subscribe(subscription: Subscription, key: string | undefined): () => void {
    if (key === undefined) {
      this.ofAll.add(subscription)
      return () => this.ofAll.delete(subscription)
    }
    const others = this.ofKey.get(key) ?? new Set()
    this.ofKey.set(key, others.add(subscription))
    return () => {
      others.delete(subscription)
      if (others.size === 0 && this.ofKey.get(key) === others) this.ofKey.delete(key)
    }
  }

  *contents(): Generator<MapEntry> {
    for (const [key, { value, expiry }] of this.entries) {
      yield expiry === undefined ? { key, value } : { key, value, expiresAtMs: expiry.dueMs }
    }
  }

  /** What has expired meanwhile stays away. */
  restore({ key, value, expiresAtMs }: MapEntry, nowMs: number): void {
    if (expiresAtMs === undefined) this.entries.set(key, { value, expiry: undefined })
    else if (expiresAtMs > nowMs) {
      this.entries.set(key, { value, expiry: this.expiries.at(expiresAtMs, () => this.expire(key)) })
    }
  }

  private expiryOf(key: string, ttlMs: number | undefined): Expiry | undefined {
    return ttlMs === undefined ? undefined : this.expiries.after(ttlMs, () => this.expire(key))
  }

  private expire(key: string): void {
    this.entries.get(key)!.expiry = undefined
    this.take(key, 'expired')
  }

  private take(key: string, kind: 'removed' | 'expired'): void {
    const entry = this.entries.get(key)
    if (entry === undefined) return
    if (entry.expiry !== undefined) this.expiries.callOff(entry.expiry)
    this.entries.delete(key)
    this.tell({ kind, key, oldValue: entry.value })
    this.changed()
  }

  private tell(event: GridEntryEvent): void {
    for (const { delivery, listening } of this.ofAll) delivery.post(listening, event)
    const ofKey = this.ofKey.get(event.key)
    if (ofKey !== undefined) for (const { delivery, listening } of ofKey) delivery.post(listening, event)
  }
}

export interface Subscription {
  readonly delivery: Delivery
  readonly listening: Listening<GridEntryEvent>
}

interface Entry {
  value: string
  /** Undefined: it stays. */
  expiry: Expiry | undefined
}
