import { describe, expect, it } from 'vitest'
import { WriteBehind } from '../../../src/adapters/grid-memory/write-behind.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { settle } from '../../support/settle.js'

const EVERY_MS = 100

describe('what is written behind', () => {
  it('is written once for any number of changes, a while after the first', async () => {
    const { time, behind, writes } = begin()
    for (let i = 0; i < 5; i++) {
      behind.changed()
      time.runTo(i * 20)
    }
    expect(writes).toEqual([])
    await settle(time)
    expect(writes).toEqual([EVERY_MS])
    await settle(time)
    expect(writes).toEqual([EVERY_MS])
  })

  it('is written again when it changes while it is written, a while after that write has ended', async () => {
    const { time, behind, writes } = begin({ writeMs: 30 })
    behind.changed()
    time.runTo(EVERY_MS)
    expect(writes).toEqual([EVERY_MS])
    behind.changed()
    behind.changed()
    await settle(time)
    expect(writes).toEqual([EVERY_MS, 2 * EVERY_MS + 30])
  })

  it('is tried again until it succeeds, and the same reason is told once', async () => {
    const { time, behind, writes, failures, fail } = begin()
    fail.with = [
      'the disk is full',
      'the disk is full',
      'permission denied',
      'the disk is full',
      undefined,
      'the disk is full',
    ]
    behind.changed()
    await settle(time)
    expect(writes).toEqual([1, 2, 3, 4, 5].map((n) => n * EVERY_MS))
    expect(failures).toEqual(['the disk is full', 'permission denied', 'the disk is full'])
    behind.changed()
    await settle(time)
    expect(failures).toEqual(['the disk is full', 'permission denied', 'the disk is full', 'the disk is full'])
    expect(time.waiting).toBe(0)
  })

  it('is written at the end, if anything has changed, and never after', async () => {
    const { time, behind, writes } = begin()
    await behind.close()
    expect(writes).toEqual([])
    const changed = begin()
    changed.behind.changed()
    await changed.behind.close()
    await changed.behind.close()
    expect(changed.writes).toEqual([0])
    changed.behind.changed()
    await settle(changed.time)
    expect(changed.writes).toEqual([0])
    expect(time.waiting + changed.time.waiting).toBe(0)
  })

  it('is written at the end once more when it changed while it was written', async () => {
    const { time, behind, writes } = begin({ writeMs: 30 })
    behind.changed()
    time.runTo(EVERY_MS)
    behind.changed()
    const closing = behind.close()
    await settle(time)
    await closing
    expect(writes).toEqual([EVERY_MS, EVERY_MS + 30])
    expect(time.waiting).toBe(0)
  })

  it('is tried once at the end, and given up on when that fails, having been told of', async () => {
    const { behind, writes, failures, fail } = begin()
    fail.with = ['the disk is full']
    behind.changed()
    await behind.close()
    expect(writes).toEqual([0])
    expect(failures).toEqual(['the disk is full'])
  })

  it('is never written again once it was given up', async () => {
    const { time, behind, writes, failures } = begin()
    behind.changed()
    behind.giveUp(new Error('taken over'))
    behind.giveUp(new Error('taken over'))
    behind.changed()
    await settle(time)
    await behind.close()
    expect(behind.isGivenUp).toBe(true)
    expect(writes).toEqual([])
    expect(failures).toEqual(['taken over'])
  })
})

function begin({ writeMs = 0 } = {}) {
  const time = new VirtualTime(0)
  const writes: number[] = []
  const failures: string[] = []
  const fail: { with: (string | undefined)[] } = { with: [] }
  const behind = new WriteBehind({
    everyMs: EVERY_MS,
    timer: time,
    failed: ({ message }) => failures.push(message),
    async write() {
      writes.push(time.epochMs())
      const reason = fail.with.shift()
      await time.sleep(writeMs)
      if (reason !== undefined) throw new Error(reason)
    },
  })
  return { time, behind, writes, failures, fail }
}
