import type { MarketConnectionView } from './market-connection.js'

/** How a set of market streams is, for a page that shows it. */
export interface MarketStreamsView {
  readonly connections: readonly MarketConnectionView[]
  /** Sockets opened so far beyond the first of each connection, by why. */
  readonly reconnects: Readonly<Partial<Record<ReconnectReason, number>>>
  /** Frames that could not be read. */
  readonly malformed: number
  /** Streams that neither a new subscription nor a new connection has brought to speak. */
  readonly dead: readonly string[]
}

/** `opening`: the attempt before failed. */
export type ReconnectReason = 'closed' | 'silent' | 'late' | 'age' | 'opening'
