import type { ModeReason, StatusDocument } from '../../ports/vocabulary/status.generated.js'
import type { DrillExchange } from './exchange.js'

/** One way in which the exchange fails a session that trades there, and what the session says meanwhile. */
export interface ExchangeDrill {
  readonly name: string
  /** For a person who reads along. */
  readonly provokes: string
  readonly recovers: string
  /** Of `/status`: one of its reasons then, and it is not Active. Absent: it stays Active, and `holds` says what must be true. */
  readonly reason?: ModeReason
  /** What is seen besides, for a person. */
  readonly shows?: string
  holds?(exchange: DrillExchange, status: StatusDocument, before: Before): boolean
  provoke(exchange: DrillExchange, before: Before): Promise<void>
  /** Absent: it heals by itself. */
  recover?(exchange: DrillExchange, before: Before): Promise<void>
}

/** How the session stood when it was provoked. */
export interface Before {
  /** The symbol of its position. */
  readonly held: string
  readonly scanNumber: number
}

/** The drilled strategy leaves after so many bars. */
export const HOLD_BARS = 3

/** Longer than a truth of the exchange is good for, and short enough to sit through. */
const AWAY_MS = '30000'
/** Of each answer: a connection that is made anew takes so long that somebody can see it. */
const SLOW_MS = '1500'
const BEHIND_MS = '-40000'

export const EXCHANGE_DRILLS: readonly ExchangeDrill[] = [
  {
    name: 'exchange_ban',
    provokes: 'the exchange bans the address for half a minute (418)',
    recovers: 'by itself: nothing is sent before the ban is over, then the account is read',
    reason: 'REDUCEONLY_MARKET_DATA_STALE',
    shows: 'the truth of the exchange is too old',
    provoke: (exchange) => exchange.provoke('ban', AWAY_MS),
  },
  {
    name: 'exchange_maintenance',
    provokes: 'the exchange answers every request with a page of HTML for half a minute (503)',
    recovers: 'by itself: the account is read again, and orders of unknown outcome are asked about',
    reason: 'REDUCEONLY_MARKET_DATA_STALE',
    shows: 'the truth of the exchange is too old',
    provoke: (exchange) => exchange.provoke('maintenance', AWAY_MS),
  },
  {
    name: 'exchange_wrong_clock',
    provokes:
      'the clock of the exchange is forty seconds behind this machine’s: requests come out of their time (-1021)',
    recovers: 'the clock is right again; then by itself: a minute of fresh prices, a reconciliation',
    reason: 'REDUCEONLY_MARKET_DATA_STALE',
    shows: 'prices look late; what is held is left all the same, by the clock as it was measured anew',
    holds: (exchange, _, { held }) => exchange.held.join() !== held,
    provoke: (exchange) => exchange.provoke('clockOffsetMs', BEHIND_MS),
    recover: (exchange) => exchange.clear(),
  },
  {
    name: 'exchange_silent',
    provokes: 'no socket of the exchange says anything any more; all stay open',
    recovers: 'they speak again; then by itself: new connections, a minute of fresh prices, a reconciliation',
    reason: 'REDUCEONLY_MARKET_DATA_STALE',
    shows: 'no bar comes',
    provoke: (exchange) => exchange.provoke('silentSockets', 'yes'),
    recover: (exchange) => exchange.clear(),
  },
  {
    name: 'exchange_key_stolen',
    provokes: 'another client of the account deletes its listen key, and the exchange answers slowly',
    recovers:
      'it answers at once; then by itself: what the stream did not tell shows that it is deaf, and it is opened anew',
    reason: 'REDUCEONLY_SESSION_TERMINATION',
    provoke: async (exchange) => {
      await exchange.provoke('answerDelayMs', SLOW_MS)
      await exchange.provoke('stealListenKey')
    },
    recover: (exchange) => exchange.clear(),
  },
  {
    name: 'exchange_cut',
    provokes: 'the exchange cuts every socket, as it does after 24 hours, and answers slowly',
    recovers: 'it answers at once; then by itself: connected again, a reconciliation',
    reason: 'REDUCEONLY_SESSION_TERMINATION',
    provoke: async (exchange) => {
      await exchange.provoke('answerDelayMs', SLOW_MS)
      await exchange.provoke('cutSockets')
    },
    recover: (exchange) => exchange.clear(),
  },
  {
    name: 'exchange_symbol_halted',
    provokes: 'trading of the symbol that is held is halted',
    recovers: 'trading goes on: the exit that was refused is taken',
    shows: 'the position is still held when its exit was due long ago; nothing else opens',
    holds: (exchange, { last_scan_number }, { held, scanNumber }) =>
      exchange.held.join() === held && (last_scan_number ?? 0) > scanNumber + 2 * HOLD_BARS,
    provoke: (exchange, { held }) => exchange.provoke('haltSymbol', held),
    recover: (exchange, { held }) => exchange.provoke('resumeSymbol', held),
  },
]
