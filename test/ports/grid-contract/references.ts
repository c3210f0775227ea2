import { describe, expect, it } from 'vitest'
import type { Grid } from '../../../src/ports/grid.js'
import { expectBug, fresh, type OpenClients } from './clients.js'

export function referencesContract(open: OpenClients): void {
  describe('a reference', () => {
    it('has no value at first, then the one that was set last, for every client', async () => {
      const { first, second } = await open()
      const name = fresh('reference')
      expect(await first.reference(name).get()).toBeUndefined()
      for (const value of ['one', '', 'null', 'ä€𝄞x'.repeat(50_000)]) {
        await first.reference(name).set(value)
        expect(await second.reference(name).get()).toBe(value)
        expect(await first.reference(name).get()).toBe(value)
      }
    })

    it('is written by compareAndSet exactly when its value is the expected one', async () => {
      const { first, second } = await open()
      const one = first.reference(fresh('reference'))
      const other = second.reference(one.name)
      expect(await one.compareAndSet('something', 'a')).toBe(false)
      expect(await one.compareAndSet('', 'a')).toBe(false)
      expect(await other.get()).toBeUndefined()
      expect(await one.compareAndSet(undefined, 'a')).toBe(true)
      expect(await other.compareAndSet(undefined, 'b')).toBe(false)
      expect(await other.compareAndSet('b', 'c')).toBe(false)
      expect(await one.get()).toBe('a')
      expect(await other.compareAndSet('a', 'b')).toBe(true)
      expect(await one.get()).toBe('b')
      expect(await one.compareAndSet('b', 'b')).toBe(true)
    })

    it('tells the empty text from no value', async () => {
      const { first, second } = await open()
      const name = fresh('reference')
      await first.reference(name).set('')
      expect(await second.reference(name).compareAndSet(undefined, 'a')).toBe(false)
      expect(await second.reference(name).compareAndSet('', 'a')).toBe(true)
      expect(await first.reference(name).get()).toBe('a')
    })

    it('compares texts as they are: the same document written otherwise is another', async () => {
      const { first, second } = await open()
      const name = fresh('reference')
      await first.reference(name).set('{"a":1,"b":2}')
      for (const other of ['{"b":2,"a":1}', '{"a":1, "b":2}', '{"a":1,"b":2} ', '{"a":1,"b":2.0}']) {
        expect(await second.reference(name).compareAndSet(other, 'no')).toBe(false)
      }
      expect(await second.reference(name).compareAndSet('{"a":1,"b":2}', 'é')).toBe(true)
      expect(await first.reference(name).compareAndSet('e\u0301', 'no')).toBe(false)
      expect(await first.reference(name).compareAndSet('é', 'yes')).toBe(true)
    })

    it('that has no value is won by exactly one of those who write it at once', async () => {
      const { first, second } = await open()
      for (let round = 0; round < 10; round++) {
        const name = fresh('reference')
        const tries = [first, second, first, second].map((client, i) =>
          client.reference(name).compareAndSet(undefined, `try ${i}`),
        )
        const won = await Promise.all(tries)
        expect(won.filter(Boolean)).toHaveLength(1)
        expect(await first.reference(name).get()).toBe(`try ${won.indexOf(true)}`)
      }
    })

    it('loses no step of a counter that two clients count up', async () => {
      const { first, second } = await open()
      const name = fresh('reference')
      await Promise.all([countUp(first, name, 25), countUp(second, name, 25), countUp(second, name, 25)])
      expect(await first.reference(name).get()).toBe('75')
    })

    it('is none of the map, the lock and the stream of its name', async () => {
      const { first, second } = await open()
      const name = fresh('any')
      await first.reference(name).set('reference')
      expect(await second.map(name).keys()).toEqual([])
      await first.map(name).set(name, 'map')
      const { newest } = await second.stream(name).bounds()
      expect(await second.stream(name).append('stream')).toBe(newest + 1)
      expect(await second.lock(name).acquire()).toBeTypeOf('bigint')
      expect(await second.reference(name).get()).toBe('reference')
      expect(await second.map(name).get(name)).toBe('map')
    })

    it('refuses arguments that are none as the bug that they are, and changes nothing', async () => {
      const { first } = await open()
      const reference = first.reference(fresh('reference'))
      await expectBug(() => first.reference(''))
      for (const none of [undefined, null, 1, {}] as unknown as string[]) {
        await expectBug(() => first.reference(none))
        await expectBug(() => reference.set(none))
        await expectBug(() => reference.compareAndSet(undefined, none))
      }
      for (const none of [null, 1, {}] as unknown as string[]) {
        await expectBug(() => reference.compareAndSet(none, 'value'))
      }
      expect(await reference.get()).toBeUndefined()
    })
  })
}

async function countUp(client: Grid, name: string, times: number): Promise<void> {
  const reference = client.reference(name)
  for (let done = 0; done < times; ) {
    const before = await reference.get()
    if (await reference.compareAndSet(before, String(Number(before ?? '0') + 1))) done++
  }
}
