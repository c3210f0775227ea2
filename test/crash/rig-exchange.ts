import { join } from 'node:path'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { PaperExchange } from '../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../src/adapters/paper/paper-venue.js'
import { serveVenue } from '../../src/adapters/socket/venue-server.js'
import type { DecimalText } from '../../src/base/exact.js'
import type { Quote } from '../../src/ports/venue.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'
import type { Fill } from '../../src/ports/vocabulary/orders.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'
import { SYMBOLS } from './feed.js'
import type { Sign } from './kill-plan.js'
import { WatchedVenue } from './watched-venue.js'

/** An exchange that lives on whatever happens to whoever trades there, and knows everything that happened. */
export interface RigExchange {
  /** With which an executor finds it: options of `dolphin executor`, and its environment. */
  readonly reached: {
    readonly options: Readonly<Record<string, string>>
    readonly environment: Readonly<Record<string, string>>
  }
  quoted(quotes: readonly Quote[]): void
  truth(): Promise<ExchangeTruth>
  /** What is held, and no stop at the exchange closes; undefined: nothing, or the exchange keeps no account of it. */
  uncovered(): string | undefined
  close(): Promise<void>
}

export interface ExchangeTruth {
  /** Client order id → submits that reached the exchange, and those it accepted. */
  readonly submits: ReadonlyMap<string, { readonly arrived: number; readonly accepted: number }>
  readonly fills: readonly Fill[]
  readonly positions: readonly { readonly symbol: string; readonly quantity: DecimalText }[]
  readonly openOrders: readonly { readonly clientOrderId: string }[]
  /** USD. */
  readonly walletUsd: DecimalText
}

export interface RigExchangeParts {
  readonly seed: number
  readonly instruments: readonly Instrument[]
  readonly startingBalanceUsd: DecimalText
  /** Of the rig's files. */
  readonly folder: string
  signal(sign: Sign): void
}

/** A paper exchange over a socket of this machine: no adapter in between. */
export async function paperRigExchange(parts: RigExchangeParts): Promise<RigExchange> {
  const latency = { minMs: 0, maxMs: 8 }
  const exchange = new PaperExchange({
    instruments: parts.instruments,
    startingBalanceUsd: parts.startingBalanceUsd,
    seed: parts.seed,
    requestLatency: latency,
    answerLatency: latency,
    streamLatency: latency,
    rateLimits: [],
  })
  const paper = new PaperVenue({ exchange, timer: clockTimer(systemClock) })
  const venue = new WatchedVenue(paper, parts.signal)
  const socket = join(parts.folder, 'exchange.sock')
  const server = await serveVenue(socket, venue)
  return {
    reached: { options: { exchange: socket }, environment: {} },
    quoted(quotes) {
      for (const quote of quotes) paper.market({ kind: 'quote', quote })
    },
    async truth() {
      const truths = await Promise.all(SYMBOLS.map((symbol) => venue.truth(symbol)))
      const { positions, openOrders, account } = truths[0]!
      const fills = truths.flatMap((truth) => truth.fills)
      return { submits: venue.submits, fills, positions, openOrders, walletUsd: account.walletBalanceUsd }
    },
    uncovered: () => undefined,
    async close() {
      await server.close()
      await paper.close()
    },
  }
}
