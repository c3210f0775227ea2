import { describe, expect, it } from 'vitest'
import { leaveTime, until } from '../../support/until.js'
import { expectBug, fresh, type OpenClients } from './clients.js'

/** Keys that an object, a protocol or a file might take for something else. */
export const ODD_KEYS = ['', ' ', '__proto__', 'constructor', 'toString', '*', 'a/b', 'a.b', '\u0000', 'ключ€𝄞', 'null']

const HOUR_MS = 3_600_000

export function mapsContract(open: OpenClients): void {
  describe('a map', () => {
    it('answers what was set last, to every client, and nothing for a key that has no value', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      expect(await first.map(name).get('a')).toBeUndefined()
      await first.map(name).set('a', 'one')
      expect(await first.map(name).get('a')).toBe('one')
      expect(await second.map(name).get('a')).toBe('one')
      await second.map(name).set('a', 'two')
      expect(await first.map(name).get('a')).toBe('two')
      expect(await first.map(name).get('b')).toBeUndefined()
    })

    it('tells the empty text and the text "null" from no value', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      await first.map(name).set('empty', '')
      await first.map(name).set('null', 'null')
      expect(await second.map(name).get('empty')).toBe('')
      expect(await second.map(name).get('null')).toBe('null')
      expect(await second.map(name).getAll(['empty', 'null', 'none'])).toEqual(
        new Map([
          ['empty', ''],
          ['null', 'null'],
        ]),
      )
    })

    it('takes any text for a key', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      for (const key of ODD_KEYS) expect(await first.map(name).get(key)).toBeUndefined()
      for (const key of ODD_KEYS) await first.map(name).set(key, `of ${key}`)
      for (const key of ODD_KEYS) expect(await second.map(name).get(key)).toBe(`of ${key}`)
      expect(new Set(await second.map(name).keys())).toEqual(new Set(ODD_KEYS))
      expect(await second.map(name).getAll(ODD_KEYS)).toEqual(new Map(ODD_KEYS.map((key) => [key, `of ${key}`])))
      for (const key of ODD_KEYS) await second.map(name).remove(key)
      expect(await first.map(name).keys()).toEqual([])
    })

    it('takes names that are words of the language', async () => {
      const { first, second } = await open()
      const key = fresh('key')
      for (const name of ['__proto__', 'constructor', 'toString']) {
        await first.map(name).set(key, name)
        expect(await second.map(name).get(key)).toBe(name)
        await first.map(name).remove(key)
      }
    })

    it('answers getAll and keys with what has a value, each key once', async () => {
      const { first } = await open()
      const map = first.map(fresh('map'))
      expect(await map.getAll([])).toEqual(new Map())
      expect(await map.getAll(['a'])).toEqual(new Map())
      expect(await map.keys()).toEqual([])
      await map.setAll(
        new Map([
          ['a', '1'],
          ['b', '2'],
          ['c', '3'],
        ]),
      )
      await map.remove('b')
      expect(await map.getAll(['c', 'b', 'a', 'a', 'z'])).toEqual(
        new Map([
          ['a', '1'],
          ['c', '3'],
        ]),
      )
      expect((await map.keys()).toSorted()).toEqual(['a', 'c'])
    })

    it('sets nothing when it is asked to set no entries', async () => {
      const { first } = await open()
      const map = first.map(fresh('map'))
      await map.setAll(new Map())
      expect(await map.keys()).toEqual([])
    })

    it('copies: what a caller does to its own collections later changes nothing', async () => {
      const { first } = await open()
      const map = first.map(fresh('map'))
      const entries = new Map([['a', '1']])
      const setting = map.setAll(entries)
      entries.set('a', 'changed').set('b', 'added')
      await setting
      const keys = ['a']
      const getting = map.getAll(keys)
      keys.push('b')
      const answered = (await getting) as Map<string, string>
      expect(answered).toEqual(new Map([['a', '1']]))
      answered.set('a', 'changed')
      const listed = (await map.keys()) as string[]
      listed.push('b')
      expect(await map.get('a')).toBe('1')
      expect(await map.keys()).toEqual(['a'])
    })

    it('lets writes of one client to one key take effect in the order in which they were made', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const map = first.map(name)
      const writes: Promise<void>[] = []
      for (let i = 0; i < 200; i++) {
        writes.push(i % 7 === 4 ? map.remove('a') : map.set('a', String(i)))
        writes.push(map.set('b', String(i)))
      }
      await Promise.all(writes)
      expect(await second.map(name).get('a')).toBe('199')
      expect(await second.map(name).get('b')).toBe('199')
    })

    it('carries a value of several megabytes', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const value = 'ä€𝄞x'.repeat(400_000)
      await first.map(name).set('large', value)
      expect((await second.map(name).get('large')) === value).toBe(true)
    })

    it('holds thousands of keys', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const entries = new Map(Array.from({ length: 5_000 }, (_, i) => [`key ${i}`, `value ${i}`]))
      await first.map(name).setAll(entries)
      expect(new Set(await second.map(name).keys())).toEqual(new Set(entries.keys()))
      expect(await second.map(name).getAll([...entries.keys()])).toEqual(entries)
    })

    it('lets a value go when its time to live has passed, and keeps it before', async () => {
      const { first, second } = await open()
      const map = first.map(fresh('map'))
      await map.set('long', 'stays', { ttlMs: HOUR_MS })
      await map.set('short', 'goes', { ttlMs: 1_000 })
      await until(async () => (await map.get('short')) === undefined)
      expect(await map.keys()).toEqual(['long'])
      expect(await second.map(map.name).getAll(['long', 'short'])).toEqual(new Map([['long', 'stays']]))
    })

    it('forgets the time to live of a value that was replaced by one without, and goes by the new one of one with', async () => {
      const { first } = await open()
      const map = first.map(fresh('map'))
      for (const key of ['set', 'set all', 'longer']) await map.set(key, 'before', { ttlMs: 2_000 })
      await map.set('set', 'after')
      await map.setAll(new Map([['set all', 'after']]))
      await map.set('longer', 'after', { ttlMs: HOUR_MS })
      await map.set('shorter', 'before')
      await map.set('shorter', 'after', { ttlMs: 2_000 })
      await map.set('witness', 'goes later than the first ones would', { ttlMs: 2_000 })
      await until(async () => (await map.get('witness')) === undefined)
      await until(async () => (await map.get('shorter')) === undefined)
      await leaveTime(20)
      for (const key of ['set', 'set all', 'longer']) expect(await map.get(key)).toBe('after')
    })

    it('refuses arguments that are none as the bug that they are, and changes nothing', async () => {
      const { first } = await open()
      const map = first.map(fresh('map'))
      await expectBug(() => first.map(''))
      for (const none of [undefined, null, 1, {}] as unknown as string[]) {
        await expectBug(() => first.map(none))
        await expectBug(() => map.get(none))
        await expectBug(() => map.getAll(['a', none]))
        await expectBug(() => map.set(none, 'value'))
        await expectBug(() => map.set('key', none))
        await expectBug(() => map.setAll(new Map([['fine', 'value']]).set('key', none)))
        await expectBug(() => map.setAll(new Map([['fine', 'value']]).set(none, 'value')))
        await expectBug(() => map.remove(none))
        await expectBug(() => map.listen(none as never))
      }
      for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expectBug(() => map.set('key', 'value', { ttlMs }))
      }
      expect(await map.keys()).toEqual([])
    })
  })
}
