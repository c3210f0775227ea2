import type { Machine, TimeInput } from '../machine.js'
import type { WireEvent } from '../wire.js'
import type { MarketStreamEffect } from './stream-effects.js'

/**
 * Keeps a set of market streams coming, over as many connections as they need: whatever closes, falls silent or stays behind is
 * asked for anew. It says which streams are `dark` meanwhile.
 */
export class MarketStreams implements Machine<MarketStreamInput | WireEvent | TimeInput, MarketStreamEffect> {
  constructor(_options: MarketStreamOptions = {}) {}

  handle(_input: MarketStreamInput | WireEvent | TimeInput, _nowMs: number): readonly MarketStreamEffect[] {
    return []
  }

  nextDueMs(): number | undefined {
    return undefined
  }

  /** For a page that shows how it is. */
  view(_nowMs: number): MarketStreamsView {
    return { connections: [], reconnects: {}, malformed: 0, dead: [] }
  }
}

export type MarketStreamInput =
  /** The whole set, at any time; what is not in it any more is given up. A name that the exchange does not know is refused by a notice. */
  | { readonly kind: 'want'; readonly streams: readonly string[] }
  /** The exchange's clock less the local one. */
  | { readonly kind: 'exchangeClock'; readonly offsetMs: number }

export interface MarketStreamOptions {
  /** What the ids of its sockets begin with, where several share a wire. Default `market`. */
  readonly socketPrefix?: string
  /** Default 200; the exchange allows 1,024. */
  readonly streamsPerConnection?: number
}

export interface MarketStreamsView {
  readonly connections: readonly MarketConnectionView[]
  /** New connections so far, by why they were made. */
  readonly reconnects: Readonly<Partial<Record<ReconnectReason, number>>>
  /** Frames that could not be read. */
  readonly malformed: number
  /** Streams that no new connection has brought back. */
  readonly dead: readonly string[]
}

export interface MarketConnectionView {
  /** `public-1`; the same when it has changed sockets. */
  readonly name: string
  readonly state: 'OPENING' | 'OPEN' | 'REPLACING' | 'WAITING'
  /** Of its socket; null while it has none. */
  readonly ageMs: number | null
  readonly streams: number
  /** Since its last frame; null before the first one. */
  readonly frameAgeMs: number | null
}

export type ReconnectReason = 'closed' | 'silent' | 'mute' | 'late' | 'age' | 'opening'
