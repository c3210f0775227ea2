import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { MemoryJournal } from '../../../src/adapters/journal/memory-journal.js'
import { ExchangeJournal } from '../../../src/adapters/paper/exchange-journal.js'
import type { ExchangeRecord } from '../../../src/adapters/paper/exchange-record.js'
import { ExchangeRecovery } from '../../../src/adapters/paper/exchange-recovery.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../../src/adapters/paper/paper-venue.js'
import type { Journal, JournalListener } from '../../../src/ports/journal.js'
import type { VenueEvent } from '../../../src/ports/venue.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { CONTRACT_BALANCE_USD, CONTRACT_INSTRUMENT, describeVenue } from '../venue-contract.js'
import { SETTINGS } from './desk.js'

const QUOTE = {
  symbol: 'BTCUSDT',
  bid: '60000',
  bidQuantity: '1',
  ask: '60000.1',
  askQuantity: '1',
  mark: '60000',
  timestampMs: 0,
}

describe('a venue that outlives its process', () => {
  it('tells what a request led to when that is durable, and what has nothing to wait for at once', () => {
    const { venue, time, disk, told } = open()
    venue.market({ kind: 'quote', quote: QUOTE })
    time.runTo(time.epochMs() + 1_000)
    expect(kindsOf(told)).toEqual(['quote'])
    venue.send(BUY)
    time.runTo(time.epochMs() + 1_000)
    expect(disk.lines).toHaveLength(1)
    expect(kindsOf(told)).toEqual(['quote'])
    disk.sync()
    expect(kindsOf(told)).toEqual(['quote', 'acknowledged', 'order', 'fill', 'order'])
  })

  it('tells in the order in which it happened: what comes behind something that waits, waits', () => {
    const { venue, time, disk, told } = open()
    venue.market({ kind: 'quote', quote: QUOTE })
    time.runTo(time.epochMs() + 100)
    venue.send(BUY)
    time.runTo(time.epochMs() + 100)
    venue.market({ kind: 'quote', quote: { ...QUOTE, bid: '59999' } })
    time.runTo(time.epochMs() + 100)
    expect(kindsOf(told)).toEqual(['quote'])
    disk.sync()
    expect(kindsOf(told)).toEqual(['quote', 'acknowledged', 'order', 'fill', 'order', 'quote'])
  })

  it('answers unknown where the disk takes longer than a request may, and not twice', () => {
    const { venue, time, disk, told } = open()
    venue.market({ kind: 'quote', quote: QUOTE })
    time.runTo(time.epochMs() + 100)
    venue.send(BUY)
    time.runTo(time.epochMs() + 3_001)
    expect(kindsOf(told)).toEqual(['quote', 'unknown'])
    disk.sync()
    expect(kindsOf(told)).toEqual(['quote', 'unknown', 'order', 'fill', 'order'])
  })

  it('writes nothing for prices, and one line for all that one moment has changed', () => {
    const { venue, time, disk } = open()
    for (let i = 0; i < 100; i++) venue.market({ kind: 'quote', quote: QUOTE })
    expect(disk.lines).toEqual([])
    venue.send(BUY)
    time.runTo(time.epochMs() + 100)
    expect(disk.lines).toHaveLength(1)
  })

  it('cannot be reached any more when its journal fails: nothing is told that a restart would not know', () => {
    const { venue, time, disk, told, failures } = open()
    venue.market({ kind: 'quote', quote: QUOTE })
    time.runTo(time.epochMs() + 100)
    venue.send(BUY)
    time.runTo(time.epochMs() + 100)
    disk.fail('no space left on device')
    expect(kindsOf(told)).toEqual(['quote', 'unknown', 'connection'])
    expect(failures).toEqual(['no space left on device'])
    venue.send({ kind: 'snapshot', requestId: 'later', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) })
    time.runTo(time.epochMs() + 100)
    expect(kindsOf(told)).toEqual(['quote', 'unknown', 'connection', 'unknown'])
  })

  it('begins an account once, and rejects where that cannot be durable', async () => {
    const lines: string[] = []
    const recovery = new ExchangeRecovery()
    const journal = new ExchangeJournal({ journal: new MemoryJournal(lines), recovery, format: line })
    await journal.begin('10000', 5)
    await journal.begin('10000', 6)
    expect(lines.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { n: 1, atMs: 5, type: 'begun', startingBalanceUsd: '10000' },
    ])
    const disk = new HeldDisk()
    const other = new ExchangeJournal({ journal: disk, recovery: new ExchangeRecovery(), format: line })
    const begun = other.begin('10000', 5)
    disk.fail('the disk is full')
    await expect(begun).rejects.toThrow('the disk is full')
  })
})

describeVenue('PaperVenue with a journal', async ({ silent }) => {
  const time = new VirtualTime(1_746_000_000_000)
  const exchange = new PaperExchange({
    instruments: [CONTRACT_INSTRUMENT],
    startingBalanceUsd: CONTRACT_BALANCE_USD,
    seed: 3,
  })
  const parts = { journal: new MemoryJournal(), recovery: new ExchangeRecovery(), format: line }
  const requestTimeoutMs = silent ? 1 : 3_000
  const venue = new PaperVenue({ exchange, timer: time, requestTimeoutMs, journal: new ExchangeJournal(parts) })
  const settle = async () => {
    for (let turn = 0; turn < 8; turn++) {
      time.runTo(time.epochMs() + 1_000)
      await setImmediate()
    }
  }
  return {
    venue,
    nowMs: () => time.epochMs(),
    settle,
    async quote(quote) {
      venue.market({ kind: 'quote', quote })
      await settle()
    },
  }
})

const BUY = {
  kind: 'submit',
  requestId: 'buy',
  order: {
    clientOrderId: 'a.e',
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: '0.1',
    reduceOnly: false,
  },
  validUntilMs: 1e15,
} as const

function open() {
  const time = new VirtualTime(1_746_000_000_000)
  const disk = new HeldDisk()
  const told: VenueEvent[] = []
  const failures: string[] = []
  const journal = new ExchangeJournal({ journal: disk, recovery: new ExchangeRecovery(), format: line })
  const venue = new PaperVenue({
    exchange: new PaperExchange(SETTINGS),
    timer: time,
    journal,
    journalFailed: (message) => failures.push(message),
  })
  venue.listen((event) => void told.push(event))
  return { venue, time, disk, told, failures }
}

function kindsOf(events: readonly VenueEvent[]): string[] {
  return events.map(({ kind }) => kind)
}

function line(record: ExchangeRecord): string {
  return JSON.stringify(record)
}

/** A disk that takes lines when it is told to. */
class HeldDisk implements Journal {
  readonly capacity = 1_000
  readonly lines: string[] = []
  private listener: JournalListener | undefined
  private synced = 0

  get depth(): number {
    return this.lines.length - this.synced
  }

  append(text: string): void {
    this.lines.push(text)
  }

  listen(listener: JournalListener): void {
    this.listener = listener
  }

  sync(): void {
    this.synced = this.lines.length
    this.listener?.durable(this.synced)
  }

  fail(message: string): void {
    this.listener?.failed(message)
  }

  async close(): Promise<void> {}
}
