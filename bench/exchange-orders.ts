import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { Credentials } from '../src/adapters/binance/credentials.js'
import { BinanceWire } from '../src/adapters/binance/io/binance-wire.js'
import { RestMachine } from '../src/adapters/binance/rest/rest-machine.js'
import { MarketStreams } from '../src/adapters/binance/streams/market-streams.js'
import { UserStream } from '../src/adapters/binance/streams/user-stream.js'
import { BinanceVenue } from '../src/adapters/binance/venue/binance-venue.js'
import { VenueMachine } from '../src/adapters/binance/venue/venue-machine.js'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import type { Venue, VenueEvent } from '../src/ports/venue.js'
import { SandboxExchange } from '../src/sandbox/sandbox-exchange.js'
import { type SandboxServer, serveSandbox } from '../src/sandbox/server/sandbox-server.js'
import { instrument, SYMBOLS } from '../test/support/in-and-out.js'
import { LIVE_TIME } from '../test/support/live-session.js'
import { commitTimes } from './commit-times.js'
import { type JournalChoice, journalIn } from './executor-side.js'
import { line, quantile } from './measure.js'
import { type Moment, moment, OrderChain } from './order-chain.js'

/**
 * From a decision to the order's arrival at a server on loopback: `node scripts/run-bundled.mjs bench/exchange-orders.ts`
 * (`--orders 300`). The exchange of the sandbox is served by this very process, so that one clock tells when an order was asked
 * for and when its request came: from `send` of the venue; and from the permission that reaches the execution side, whose entry
 * leaves when the journal is durable, in memory and on disk. Orders come one after the other, as far apart as the exchange's
 * limits ask for, so nothing is warm but what stays so. The baseline is a request of the same length by the bare HTTP client,
 * to a server that does nothing, in turns with the orders; of the disk one append and fsync, in turns as well. `CPU` is what the
 * process's own threads used on the way: on a machine that others use, too, their turns are in the clock's figures alone.
 */
const { values } = parseArgs({ options: { orders: { type: 'string', default: '300' } } })
const ORDERS = Number(values.orders)
const WARM_UP = 50
const SYMBOL = SYMBOLS[0]!
/** 16 entries a second are allowed. */
const PAUSE_MS = 70
/** Between those of both sides: the account is read each second, and a reading in which something happens begins anew. */
const SIDES_PAUSE_MS = 250
const KEY = { apiKey: 'K'.repeat(64), secret: 'S'.repeat(64) }
const SHARES = [0.5, 0.9, 0.99]
const BARE = 'bare HTTP client'

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-bench-'))
  try {
    const bares = await ofVenue()
    for (const journal of ['memory', 'file'] as const) await ofSides(journal, { folder: join(folder, journal), bares })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Answers those of the bare client. */
async function ofVenue(): Promise<Times> {
  const server = await exchange()
  const bare = await bareRequests()
  const venue = await readyVenue(server.origin)
  const sent = new Times()
  const bares = new Times()
  for (let i = 0; i < WARM_UP + ORDERS; i++) {
    const way = await order(venue, i)
    const bareWay = await bare.request()
    if (i < WARM_UP) continue
    sent.add(way)
    bares.add(bareWay)
  }
  await venue.close()
  await bare.close()
  await server.close()
  print('order, from the venue to the wire', sent, { baseline: { name: BARE, ...bares }, isTarget: true })
  return bares
}

async function ofSides(journal: JournalChoice, { folder, bares }: { folder: string; bares: Times }): Promise<void> {
  const server = await exchange()
  const ways = await waysOf(server.origin, journal, folder)
  await server.close()
  const [durable, isTarget] = journal === 'file' ? [', on disk', false] : ['', true]
  const commit = { name: 'one append and fsync', us: ways.commits }
  const baseline = journal === 'file' ? commit : { name: BARE, ...bares }
  for (const name of ['entry', 'exit'] as const) {
    print(`${name}, from its decision to the wire${durable}`, ways[name].decision, { baseline, isTarget })
    print(`${name}, from its permission to the wire${durable}`, ways[name].permission, { baseline })
  }
}

let arrived: (at: Moment) => void = () => {}
diagnostics.subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage }
  if (request.method === 'POST' && request.url!.startsWith('/fapi/v1/order')) arrived(moment())
})

/** When the next order arrives. */
function arrival(): Promise<Moment> {
  return new Promise((resolve) => {
    arrived = resolve
  })
}

async function exchange(): Promise<SandboxServer> {
  const sandbox = new SandboxExchange({
    instruments: [instrument(SYMBOL)],
    startingBalanceUsd: '1000000',
    seed: 1,
    keys: [KEY],
  })
  const server = await serveSandbox({ exchange: sandbox, timer: LIVE_TIME, token: 'bench', key: KEY })
  const prices = { bid: '100', bidQuantity: '1000', ask: '100.01', askQuantity: '1000', mark: '100' }
  const quote = { symbol: SYMBOL, ...prices, timestampMs: LIVE_TIME.epochMs() }
  server.drive.put({ kind: 'market', event: { kind: 'quote', quote } })
  return server
}

/** Started up, with nothing open. */
async function readyVenue(origin: string): Promise<BinanceVenue> {
  const streamUrl = origin.replace('http', 'ws')
  return new Promise((resolve, reject) => {
    const venue = new BinanceVenue({
      machine: new VenueMachine({
        rest: new RestMachine({ signer: new Credentials(KEY) }),
        userStream: new UserStream(),
        marketStreams: new MarketStreams(),
        settings: { symbols: [SYMBOL], leverage: 10 },
      }),
      wire: new BinanceWire({ restUrl: origin, accountUrl: origin, streamUrl }),
      timer: LIVE_TIME,
      report: (told) => {
        if (told.kind === 'ready') resolve(venue)
        if (told.kind === 'refused') reject(new Error(JSON.stringify(told)))
      },
    })
    venue.start()
  })
}

/** Sends an order to the venue, and waits for its answer. */
async function order(venue: Venue, number: number): Promise<Way> {
  await systemClock.sleep(PAUSE_MS)
  const requestId = `v${number}-${process.pid}`
  const answered = new Promise<VenueEvent>((resolve) => {
    venue.listen((event) => 'requestId' in event && resolve(event))
  })
  const arrives = arrival()
  const side = number % 2 === 0 ? 'BUY' : 'SELL'
  const asked = {
    clientOrderId: requestId,
    symbol: SYMBOL,
    side,
    type: 'MARKET',
    quantity: '1',
    reduceOnly: false,
  } as const
  const validUntilMs = LIVE_TIME.epochMs() + 5_000
  const from = moment()
  venue.send({ kind: 'submit', requestId, order: asked, validUntilMs })
  const to = await Promise.race([arrives, answered])
  if ('kind' in to) throw new Error(`no order left: ${JSON.stringify(to)}`)
  await answered
  return { from, to }
}

/** Of the order's path and query. */
const TARGET_LENGTH = 300

interface BareRequests {
  request(): Promise<Way>
  close(): Promise<void>
}

async function bareRequests(): Promise<BareRequests> {
  const server = createServer((_, response) => response.end('{}'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { keepAliveTimeout: 30_000 })
  return {
    async request() {
      await systemClock.sleep(PAUSE_MS)
      const path = '/fapi/v1/order?'.padEnd(TARGET_LENGTH, 'x')
      const arrives = arrival()
      const from = moment()
      const answer = pool.request({ method: 'POST', path, headers: { 'x-mbx-apikey': KEY.apiKey } })
      const to = await arrives
      await (await answer).body.text()
      return { from, to }
    },
    async close() {
      await pool.close()
      server.close()
    },
  }
}

/** Of both sides over the venue: each entry, and the exit from it. */
async function waysOf(origin: string, choice: JournalChoice, folder: string) {
  const chain = new OrderChain({
    venue: await readyVenue(origin),
    symbol: SYMBOL,
    decision: await journalIn('memory', folder, 'decision'),
    execution: await journalIn(choice, folder, 'execution'),
  })
  const newTimes = () => ({ decision: new Times(), permission: new Times() })
  const ways = { entry: newTimes(), exit: newTimes(), commits: [] as number[] }
  try {
    await chain.begin()
    for (let i = 0; i < (WARM_UP + ORDERS) / 2; i++) {
      // The first of a new file takes longer than the rest.
      if (choice === 'file') ways.commits.push((await commitTimes(join(folder, `alone-${i}`), 2))[1]!)
      for (const name of ['entry', 'exit'] as const) {
        const { decided, permitted, to } = await wayOf(chain)
        if (i < WARM_UP / 2) continue
        ways[name].decision.add({ from: decided, to })
        ways[name].permission.add({ from: permitted, to })
      }
    }
    return ways
  } finally {
    await chain.stop()
  }
}

/** An entry may come to nothing, on its way or at the exchange: then the next bar wants it again. */
async function wayOf(chain: OrderChain) {
  for (;;) {
    await systemClock.sleep(SIDES_PAUSE_MS)
    const arrives = arrival()
    const way = await chain.bar()
    if (way === undefined) continue
    const to = await Promise.race([arrives, chain.dropped()])
    if (to !== undefined && (await chain.isFilled())) return { ...way, to }
  }
}

interface Way {
  readonly from: Moment
  readonly to: Moment
}

class Times {
  readonly us: number[] = []
  readonly cpuUs: number[] = []

  add({ from, to }: Way): void {
    this.us.push((to.ms - from.ms) * 1e3)
    this.cpuUs.push(to.cpuUs - from.cpuUs)
  }
}

interface Printed {
  readonly baseline: { readonly name: string } & Pick<Times, 'us'> & Partial<Times>
  readonly isTarget?: boolean
}

function print(name: string, { us, cpuUs }: Times, { baseline, isTarget = false }: Printed): void {
  for (const share of SHARES) {
    const target = isTarget ? ({ 0.5: '< 300 µs', 0.99: '< 1 ms' } as Record<number, string>)[share] : undefined
    const of = (against: readonly number[]) => ({ name: baseline.name, value: quantile(against, share) })
    const figure = { name: `${name}, p${share * 100}`, value: quantile(us, share), unit: 'µs' }
    console.log(line({ ...figure, baseline: of(baseline.us), ...(target && { target }) }))
    const cpu = { name: `${name}, CPU, p${share * 100}`, value: quantile(cpuUs, share), unit: 'µs' }
    console.log(line({ ...cpu, ...(baseline.cpuUs && { baseline: of(baseline.cpuUs) }) }))
  }
}

await main()
