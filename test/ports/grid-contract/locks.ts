import { describe, expect, it } from 'vitest'
import type { GridLock } from '../../../src/ports/grid.js'
import { leaveTime, until } from '../../support/until.js'
import { expectBug, fresh, type OpenClients } from './clients.js'

/** Longer than any test: whoever waits for this long waits for an event. */
const LONG_MS = 3_600_000

export function locksContract(open: OpenClients): void {
  describe('a lock', () => {
    it('has one holder among all clients', async () => {
      const { first, second } = await open()
      const name = fresh('lock')
      const fence = await held(first.lock(name))
      expect(await second.lock(name).acquire()).toBeUndefined()
      expect(await second.lock(name).acquire({ waitMs: 0 })).toBeUndefined()
      expect(await second.lock(fresh('lock')).acquire()).toBeTypeOf('bigint')
      expect(await first.lock(name).release(fence)).toBe(true)
      expect(await second.lock(name).acquire()).toBeTypeOf('bigint')
    })

    it('is not reentrant: its holder waits as the others do', async () => {
      const { first } = await open()
      const lock = first.lock(fresh('lock'))
      const fence = await held(lock)
      expect(await lock.acquire()).toBeUndefined()
      expect(await lock.acquire({ waitMs: 20 })).toBeUndefined()
      expect(await lock.release(fence)).toBe(true)
      expect(await lock.acquire()).toBeTypeOf('bigint')
    })

    it('gives a higher token every time, whoever asks', async () => {
      const { first, second } = await open()
      const name = fresh('lock')
      let before = -1n
      for (let i = 0; i < 10; i++) {
        const lock = (i % 3 === 0 ? first : second).lock(name)
        const fence = await held(lock)
        expect(fence > before).toBe(true)
        before = fence
        expect(await lock.release(fence)).toBe(true)
      }
    })

    it('comes to one who waits when its holder lets go', async () => {
      const { first, second } = await open()
      const name = fresh('lock')
      const fence = await held(first.lock(name))
      const waiting = second.lock(name).acquire({ waitMs: LONG_MS })
      await leaveTime(20)
      expect(await first.lock(name).release(fence)).toBe(true)
      expect((await waiting)! > fence).toBe(true)
      expect(await first.lock(name).acquire()).toBeUndefined()
    })

    it('is given up on by one who has waited in vain, and is not kept for him', async () => {
      const { first, second } = await open()
      const name = fresh('lock')
      const fence = await held(first.lock(name))
      expect(await second.lock(name).acquire({ waitMs: 30 })).toBeUndefined()
      expect(await first.lock(name).release(fence)).toBe(true)
      expect(await first.lock(name).acquire()).toBeTypeOf('bigint')
    })

    it('lets many who wait in one after the other, each once', async () => {
      const { first, second } = await open()
      const name = fresh('lock')
      const fences: bigint[] = []
      let inside = 0
      let together = 0
      const work = async (lock: GridLock): Promise<void> => {
        const fence = await held(lock)
        if (inside++ > 0) together++
        fences.push(fence)
        await leaveTime(1)
        inside--
        expect(await lock.release(fence)).toBe(true)
      }
      await Promise.all([first, second, first, second, second, first].map((client) => work(client.lock(name))))
      expect(together).toBe(0)
      expect(fences).toHaveLength(6)
      expect(fences).toEqual(fences.toSorted((a, b) => (a < b ? -1 : 1)))
      expect(new Set(fences).size).toBe(6)
    })

    it('answers false to whoever lets go of what he has lost or never had, and stays with its holder', async () => {
      const { first, second } = await open()
      const name = fresh('lock')
      const lost = await held(first.lock(name))
      expect(await first.lock(name).release(lost)).toBe(true)
      expect(await first.lock(name).release(lost)).toBe(false)
      const fence = await held(second.lock(name))
      expect(await first.lock(name).release(lost)).toBe(false)
      expect(await second.lock(name).release(lost)).toBe(false)
      expect(await first.lock(name).release(fence)).toBe(false)
      expect(await first.lock(name).acquire()).toBeUndefined()
      expect(await second.lock(name).release(fence)).toBe(true)
    })

    it('is lost by a client that is closed', async () => {
      const { first, second } = await open()
      const name = fresh('lock')
      const lost = await held(first.lock(name))
      await first.close()
      const fence = await until(() => second.lock(name).acquire({ waitMs: 1_000 }))
      expect(fence > lost).toBe(true)
    })

    it('refuses arguments that are none as the bug that they are', async () => {
      const { first } = await open()
      const lock = first.lock(fresh('lock'))
      await expectBug(() => first.lock(''))
      await expectBug(() => first.lock(undefined as never))
      for (const waitMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) await expectBug(() => lock.acquire({ waitMs }))
      for (const none of [undefined, null, 1, '1'] as unknown as bigint[]) await expectBug(() => lock.release(none))
      expect(await lock.acquire()).toBeTypeOf('bigint')
    })
  })
}

async function held(lock: GridLock): Promise<bigint> {
  const fence = await lock.acquire({ waitMs: LONG_MS })
  expect(fence).toBeTypeOf('bigint')
  return fence!
}
