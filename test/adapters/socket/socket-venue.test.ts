import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../../src/adapters/paper/paper-venue.js'
import { connectLines, serveLines } from '../../../src/adapters/socket/line-socket.js'
import { connectVenue } from '../../../src/adapters/socket/socket-venue.js'
import { serveVenue } from '../../../src/adapters/socket/venue-server.js'
import type { Venue, VenueEvent, VenueRequest } from '../../../src/ports/venue.js'
import { clockTimer } from '../../../src/runtime/time/scaled-clock.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { settle } from '../../support/settle.js'
import { leaveTime, until } from '../../support/until.js'
import { CONTRACT_BALANCE_USD, CONTRACT_INSTRUMENT, describeVenue } from '../venue-contract.js'

/** A hundred times slower than real: an answer is late when it never comes, not when the machine is busy. */
const PATIENT = 0.01

let root = ''
let count = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dolphin-venue-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const open: { close(): Promise<void> }[] = []
const keep = <T extends { close(): Promise<void> }>(made: T): T => {
  open.push(made)
  return made
}
afterEach(async () => {
  for (const made of open.splice(0).reverse()) await made.close()
})

const path = (): string => join(root, String(++count), 'exchange.sock')

describeVenue('a paper venue in another process', async ({ silent }) => {
  const clock = new VirtualTime(1_700_000_000_000)
  const paper = new PaperVenue({
    exchange: new PaperExchange({
      instruments: [CONTRACT_INSTRUMENT],
      startingBalanceUsd: CONTRACT_BALANCE_USD,
      seed: 7,
    }),
    timer: clockTimer(clock),
  })
  const at = path()
  keep(await serveVenue(at, paper))
  const venue = counted(keep(connectVenue(at, { speed: silent ? 60 : PATIENT })))
  await until(() => venue.events > 0)
  return {
    venue,
    nowMs: () => clock.epochMs(),
    async settle() {
      if (silent) await until(() => venue.open === 0)
      for (let quiet = 0, seen = venue.events; quiet < 3; seen = venue.events) {
        // A venue whose time stands still answers nothing.
        if (!silent) await settle(clock)
        await leaveTime(2)
        quiet = venue.events === seen && venue.open === 0 ? quiet + 1 : 0
      }
    },
    async quote(quote) {
      const seen = venue.events
      paper.market({ kind: 'quote', quote })
      await settle(clock)
      await until(() => venue.events > seen)
    },
  }
})

describe('a venue over a socket', () => {
  it('answers what is open with unknown when it is cut, says so, and comes back', async () => {
    const { venue, server, events, asked } = await served(() => [])
    venue.send(query('q1'))
    venue.send(query('q2'))
    await until(() => asked.length === 2)
    server.cut()
    await until(() => events.some((event) => event.kind === 'connection' && event.connected))
    expect(events).toEqual([
      { kind: 'connection', connected: false },
      { kind: 'unknown', requestId: 'q1', message: 'the connection was cut' },
      { kind: 'unknown', requestId: 'q2', message: 'the connection was cut' },
      { kind: 'connection', connected: true },
    ])
  })

  it('answers with unknown what it could not send, after the send', async () => {
    const venue = keep(connectVenue(path()))
    const events = told(venue)
    venue.send(query('q1'))
    expect(events).toEqual([])
    await until(() => events.length > 0)
    expect(events).toEqual([{ kind: 'unknown', requestId: 'q1', message: 'not connected' }])
  })

  it('never takes the answer to a former connection’s request for one of this', async () => {
    const { venue, server, events, asked, tell } = await served(() => [])
    venue.send(query('q1'))
    await until(() => asked.length === 1)
    server.cut()
    await until(() => events.at(-1)?.kind === 'connection' && events.length === 3)
    venue.send({ ...query('q1'), clientOrderId: 'another' })
    await until(() => asked.length === 2)
    tell({ kind: 'notFound', requestId: asked[0]!.requestId, clientOrderId: 'some' })
    tell({ kind: 'notFound', requestId: asked[1]!.requestId, clientOrderId: 'another' })
    await until(() => events.length > 3)
    await leaveTime(5)
    expect(events.slice(3)).toEqual([{ kind: 'notFound', requestId: 'q1', clientOrderId: 'another' }])
  })

  it('drops an answer that comes after unknown, and a second one', async () => {
    const { venue, events, asked, tell } = await served(() => [], 3_000)
    venue.send(query('q1'))
    await until(() => events.length > 0 && asked.length > 0)
    for (let i = 0; i < 2; i++) tell({ kind: 'notFound', requestId: asked[0]!.requestId, clientOrderId: 'some' })
    await leaveTime(10)
    expect(events.map((event) => event.kind)).toEqual(['unknown'])
  })

  it('cuts a client that does not speak the protocol', async () => {
    const at = path()
    const asked: VenueRequest[] = []
    keep(await serveVenue(at, scripted(asked, () => []).venue))
    for (const line of ['no json', '[]', '{"kind":"submit","requestId":"a"}', '{"kind":"close","requestId":"a"}']) {
      const client = keep(connectLines(at))
      let cuts = 0
      client.listen({ line: () => {}, disconnected: () => cuts++ })
      await until(() => client.connected)
      client.send(line)
      await until(() => cuts > 0)
      expect({ line, cuts }).toEqual({ line, cuts: 1 })
      await client.close()
    }
    expect(asked).toEqual([])
  })

  it('cuts a server that does not speak the protocol: what it was asked is unknown', async () => {
    const at = path()
    const server = keep(await serveLines(at))
    server.listen({ line: () => server.send('{"kind":"acknowledged"}') })
    const venue = keep(connectVenue(at, { speed: PATIENT }))
    const events = told(venue)
    await until(() => events.length > 0)
    venue.send(query('q1'))
    await until(() => events.length > 2)
    expect(events.slice(0, 3).map((event) => event.kind)).toEqual(['connection', 'connection', 'unknown'])
  })
})

/** A scripted venue behind a socket, a client that is connected, and everything the client was told since. */
async function served(answer: (request: VenueRequest) => readonly VenueEvent[], speed = PATIENT) {
  const at = path()
  const asked: VenueRequest[] = []
  const { venue: behind, tell } = scripted(asked, answer)
  const server = keep(await serveVenue(at, behind))
  const venue = keep(connectVenue(at, { speed }))
  const events = told(venue)
  await until(() => events.length > 0)
  events.length = 0
  return { venue, server, events, asked, tell }
}

function scripted(asked: VenueRequest[], answer: (request: VenueRequest) => readonly VenueEvent[]) {
  let tell: (event: VenueEvent) => void = () => {}
  const venue: Venue = {
    send(request) {
      asked.push(request)
      for (const event of answer(request)) setImmediate(() => tell(event))
    },
    listen(listener) {
      tell = listener
    },
    close: async () => {},
  }
  return { venue, tell: (event: VenueEvent) => tell(event) }
}

function told(venue: Venue): VenueEvent[] {
  const events: VenueEvent[] = []
  venue.listen((event) => events.push(event))
  return events
}

function query(requestId: string) {
  return { kind: 'query', requestId, symbol: 'BTCUSDT', clientOrderId: 'some' } as const
}

/** Knows how much is open, so that a test can wait for it. */
function counted(venue: Venue): Venue & { readonly open: number; readonly events: number } {
  let open = 0
  let events = 0
  let listener: ((event: VenueEvent) => void) | undefined
  venue.listen((event) => {
    events++
    if ('requestId' in event) open--
    listener?.(event)
  })
  return {
    get open() {
      return open
    },
    get events() {
      return events
    },
    send(request) {
      open++
      venue.send(request)
    },
    listen(given) {
      listener = given
    },
    close: () => venue.close(),
  }
}
