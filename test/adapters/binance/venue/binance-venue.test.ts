import { afterEach } from 'vitest'
import { Credentials } from '../../../../src/adapters/binance/credentials.js'
import { endpointsOf } from '../../../../src/adapters/binance/endpoints.js'
import { BinanceWire } from '../../../../src/adapters/binance/io/binance-wire.js'
import { RestMachine } from '../../../../src/adapters/binance/rest/rest-machine.js'
import { MarketStreams } from '../../../../src/adapters/binance/streams/market-streams.js'
import { UserStream } from '../../../../src/adapters/binance/streams/user-stream.js'
import { BinanceVenue } from '../../../../src/adapters/binance/venue/binance-venue.js'
import { VenueMachine } from '../../../../src/adapters/binance/venue/venue-machine.js'
import { systemClock } from '../../../../src/adapters/clock/system-clock.js'
import type { Quote, Venue, VenueEvent, VenueRequest } from '../../../../src/ports/venue.js'
import { clockTimer } from '../../../../src/runtime/time/scaled-clock.js'
import { SandboxExchange } from '../../../../src/sandbox/sandbox-exchange.js'
import { serveSandbox } from '../../../../src/sandbox/server/sandbox-server.js'
import { leaveTime, until } from '../../../support/until.js'
import { CONTRACT_BALANCE_USD, CONTRACT_INSTRUMENT, describeVenue } from '../../venue-contract.js'
import { QUOTE, readySandboxVenue } from './sandbox-venue.js'

describeVenue('BinanceVenue before the sandbox', async ({ silent }) => {
  const { venue, time, rig, wire } = readySandboxVenue()
  const settle = async () => time.runTo(time.epochMs() + 4_000)
  wire.isCut = silent
  return {
    venue,
    nowMs: () => time.epochMs(),
    settle,
    async quote(quote) {
      rig.market({ kind: 'quote', quote: { ...quote, timestampMs: time.epochMs() } })
      await settle()
    },
  }
})

/** Knows what is unanswered and how much was told, so that one can wait until nothing is on its way. */
class Watched implements Venue {
  told = 0
  hasQuote = false
  readonly unanswered = new Set<string>()
  private listener: ((event: VenueEvent) => void) | undefined

  constructor(private readonly venue: BinanceVenue) {
    venue.listen((event) => {
      // Market data never ends.
      if (event.kind === 'quote') this.hasQuote = true
      else this.told++
      if ('requestId' in event) this.unanswered.delete(event.requestId)
      this.listener?.(event)
    })
  }

  send(request: VenueRequest): void {
    this.unanswered.add(request.requestId)
    this.venue.send(request)
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
  }

  close(): Promise<void> {
    return this.venue.close()
  }
}

const KEY = { apiKey: 'K'.repeat(64), secret: 'S'.repeat(64) }
const timer = clockTimer(systemClock)
const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

describeVenue('BinanceVenue over sockets', async ({ silent }) => {
  const exchange = new SandboxExchange({
    instruments: [CONTRACT_INSTRUMENT],
    startingBalanceUsd: CONTRACT_BALANCE_USD,
    seed: 3,
    keys: [KEY],
  })
  const server = await serveSandbox({ exchange, timer, token: 'token', key: KEY })
  open.push(server)
  const market = (quote: Quote) => server.drive.put({ kind: 'market', event: { kind: 'quote', quote } })
  market({ ...QUOTE, timestampMs: timer.epochMs() })
  const machine = new VenueMachine({
    rest: new RestMachine({ signer: new Credentials(KEY) }),
    userStream: new UserStream(),
    marketStreams: new MarketStreams(),
    settings: { symbols: ['BTCUSDT'], leverage: 10, ...(silent && { requestTimeoutMs: 500 }) },
  })
  let isReady = false
  const report = ({ kind }: { readonly kind: string }) => {
    if (kind === 'ready') isReady = true
  }
  const venue = new BinanceVenue({ machine, wire: new BinanceWire(endpointsOf(server.origin)), timer, report })
  open.push(venue)
  const watched = new Watched(venue)
  venue.start()
  await until(() => isReady)
  if (silent) exchange.faults.set('answerDelayMs', 60_000)
  return {
    venue: watched,
    nowMs: () => timer.epochMs(),
    async settle() {
      await until(() => watched.unanswered.size === 0)
      // Exchange and adapter live in one process: a time in which nothing comes is one in which nothing is on its way.
      for (let before = -1; before !== watched.told; ) {
        before = watched.told
        await leaveTime(100)
      }
    },
    async quote(quote) {
      market({ ...quote, timestampMs: timer.epochMs() })
      await until(() => watched.hasQuote)
    },
  }
})
