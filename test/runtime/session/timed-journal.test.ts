import { describe, expect, it } from 'vitest'
import { MemoryJournal } from '../../../src/adapters/journal/memory-journal.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import type { Journal } from '../../../src/ports/journal.js'
import {
  delayedLinkPair,
  JournalDeparture,
  TimedExchange,
  TimedJournal,
} from '../../../src/runtime/session/timed-journal.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { linkContract } from '../../adapters/link-contract.js'
import { CONTRACT_BALANCE_USD, CONTRACT_INSTRUMENT, describeVenue } from '../../adapters/venue-contract.js'

/** Virtual time that passes by itself, one moment per turn. */
class RunningTime extends VirtualTime {
  override at(epochMs: number, callback: () => void): () => void {
    const callOff = super.at(epochMs, callback)
    setImmediate(() => this.runTo(Math.max(epochMs, this.epochMs())))
    return callOff
  }
}

linkContract('on virtual time', async () => {
  const [left, right] = delayedLinkPair(new RunningTime(0), 1)
  return { left, right }
})

describe('a link on virtual time', () => {
  it('takes its time, and no more', () => {
    const time = new VirtualTime(1_000)
    const [left, right] = delayedLinkPair(time, 5)
    const came: number[] = []
    right.listen(() => came.push(time.epochMs()))
    left.send('now')
    time.runTo(1_004)
    expect(came).toEqual([])
    time.runTo(1_010)
    expect(came).toEqual([1_005])
  })
})

describeVenue('a paper exchange on virtual time', async ({ silent }) => {
  const time = new VirtualTime(1_746_000_000_000)
  const settings = { instruments: [CONTRACT_INSTRUMENT], startingBalanceUsd: CONTRACT_BALANCE_USD, seed: 3 }
  const venue = new TimedExchange(new PaperExchange({ ...settings }), time, silent ? 1 : 3_000)
  const settle = async () => time.runTo(time.epochMs() + 4_000)
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

describe('a journal on virtual time', () => {
  const opened = (there: readonly string[] = []) => {
    const time = new VirtualTime(0)
    const store: string[] = []
    const files = new MemoryJournal(store)
    const journal = new TimedJournal(files, time, { delayMs: 3, there })
    const durable: [atMs: number, lines: number][] = []
    journal.listen({ durable: (lines) => durable.push([time.epochMs(), lines]), failed: () => {} })
    return { time, store, files, journal, durable }
  }

  it('calls lines durable by its clock, whatever the disk does', async () => {
    const { time, journal, durable, store } = opened()
    journal.append('a\n')
    journal.append('b\n')
    expect(journal.depth).toBe(2)
    time.runTo(2)
    expect(durable).toEqual([])
    time.runTo(10)
    expect([durable, journal.depth]).toEqual([[[3, 2]], 0])
    await journal.close()
    expect(store).toEqual(['a\n', 'b\n'])
  })

  it('writes only what is not there, known by its sum, and counts what is as any other', async () => {
    const { time, journal, durable, store } = opened(['a\n', 'b\n'])
    for (const line of ['a\n', 'b\n', 'c\n']) journal.append(line)
    time.runTo(10)
    await journal.close()
    expect([durable, store]).toEqual([[[3, 3]], ['c\n']])
  })

  it('refuses a line that is not the one that is there', () => {
    const { journal } = opened(['a\n', 'b\n'])
    journal.append('a\n')
    expect(() => journal.append('x\n')).toThrow(new JournalDeparture(2, 'a line whose sum is b\n', 'x'))
  })

  it('lets a session wait for a slow disk, and ends it with a failing one', async () => {
    let fail: (message: string) => void = () => {}
    const files: Journal = {
      append: () => {},
      depth: 10,
      capacity: 10,
      listen: (listener) => {
        fail = (message) => listener.failed(message)
      },
      close: async () => {},
    }
    const journal = new TimedJournal(files, new VirtualTime(0), { delayMs: 1, there: [] })
    const waiting = journal.keepUp()
    fail('disk full')
    await expect(waiting).rejects.toThrow('disk full')
  })
})
