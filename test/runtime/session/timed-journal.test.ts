import { describe, expect, it } from 'vitest'
import { MemoryJournal } from '../../../src/adapters/journal/memory-journal.js'
import type { Journal } from '../../../src/ports/journal.js'
import { JournalDeparture, TimedJournal } from '../../../src/runtime/session/timed-journal.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

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
