import type { Endpoints } from '../../adapters/binance/endpoints.js'
import type { AskedRoute, FeedInput, FeedTold } from '../../adapters/binance/feed/feed-messages.js'
import { MarketFeed } from '../../adapters/binance/feed/market-feed.js'
import { listedContracts, mostTraded } from '../../adapters/binance/feed/universe.js'
import { BinanceWire } from '../../adapters/binance/io/binance-wire.js'
import { Driven } from '../../adapters/binance/machine.js'
import { RestMachine } from '../../adapters/binance/rest/rest-machine.js'
import { MarketStreams } from '../../adapters/binance/streams/market-streams.js'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { gridTime } from './grid-parts.js'

/**
 * The contracts of which most was traded in the last 24 hours.
 *
 * @throws SurroundingsFailed when the exchange refuses to say; the signal's reason.
 */
export async function mostTradedNow({
  at,
  count,
  signal,
}: {
  readonly at: Endpoints
  readonly count: number
  readonly signal: AbortSignal
}): Promise<readonly string[]> {
  const answers = new Map<AskedRoute, unknown>()
  const machine = new MarketFeed({ rest: new RestMachine(), streams: new MarketStreams() })
  let driven: Driven<FeedInput, FeedTold> | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      signal.throwIfAborted()
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      const tell = (told: FeedTold): void => {
        if (told.kind === 'noAnswer') reject(new SurroundingsFailed(told.message))
        if (told.kind === 'answer') answers.set(told.route, told.value)
        if (answers.size === ASKED.length) resolve()
      }
      driven = new Driven({ machine, wire: new BinanceWire(at), timer: gridTime, tell })
      for (const route of ASKED) driven.put({ kind: 'ask', route })
    })
  } finally {
    await driven?.close()
  }
  const listed = listedContracts(answers.get('exchangeInfo'))
  if (listed === undefined || listed.symbols.length === 0)
    throw new SurroundingsFailed('expected a list of contracts from the exchange, found none that trade')
  return mostTraded(listed.symbols, answers.get('ticker24h'), count)
}

const ASKED: readonly AskedRoute[] = ['exchangeInfo', 'ticker24h']
