import { describe, expect, it } from 'vitest'
import type { GridEntryEvent, GridMap } from '../../../src/ports/grid.js'
import { leaveTime, until } from '../../support/until.js'
import { fresh, hear, type OpenClients } from './clients.js'
import { ODD_KEYS } from './maps.js'

export function listenersContract(open: OpenClients): void {
  describe("a map's listener", () => {
    it('is told what was added, updated and removed, with the value and the one before, whoever did it', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const own = await hear(first.map(name))
      const foreign = await hear(second.map(name))
      await first.map(name).set('a', '1')
      await first.map(name).set('a', '2')
      await first.map(name).remove('a')
      await first.map(name).set('a', '')
      for (const { events } of [own, foreign]) {
        await until(() => events.length >= 4)
        expect(events).toEqual([
          { kind: 'added', key: 'a', value: '1' },
          { kind: 'updated', key: 'a', value: '2', oldValue: '1' },
          { kind: 'removed', key: 'a', oldValue: '2' },
          { kind: 'added', key: 'a', value: '' },
        ])
      }
    })

    it('is told of every entry of a setAll', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      await first.map(name).set('a', 'before')
      const { events } = await hear(second.map(name))
      await first.map(name).setAll(new Map(['a', 'b', 'c'].map((key) => [key, `of ${key}`])))
      await until(() => events.length >= 3)
      expect(events.toSorted((one, other) => (one.key < other.key ? -1 : 1))).toEqual([
        { kind: 'updated', key: 'a', value: 'of a', oldValue: 'before' },
        { kind: 'added', key: 'b', value: 'of b' },
        { kind: 'added', key: 'c', value: 'of c' },
      ])
    })

    it('is told `updated` of a value that is set again, and nothing of a missing key that is removed', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const { events } = await hear(second.map(name))
      await first.map(name).remove('a')
      await first.map(name).set('a', 'same')
      await first.map(name).set('a', 'same')
      await first.map(name).remove('a')
      await first.map(name).remove('a')
      await first.map(name).set('a', 'last')
      await until(() => events.at(-1)?.value === 'last')
      expect(events).toEqual([
        { kind: 'added', key: 'a', value: 'same' },
        { kind: 'updated', key: 'a', value: 'same', oldValue: 'same' },
        { kind: 'removed', key: 'a', oldValue: 'same' },
        { kind: 'added', key: 'a', value: 'last' },
      ])
    })

    it('is told when a value has expired, and that the next one is added', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const { events } = await hear(second.map(name))
      await first.map(name).set('a', 'goes', { ttlMs: 1_000 })
      await until(async () => (await first.map(name).get('a')) === undefined)
      await first.map(name).set('a', 'next')
      await until(() => events.at(-1)?.value === 'next')
      expect(events.map(({ oldValue: _, ...event }) => event)).toEqual([
        { kind: 'added', key: 'a', value: 'goes' },
        { kind: 'expired', key: 'a' },
        { kind: 'added', key: 'a', value: 'next' },
      ])
      expect(['goes', undefined]).toContain(events[1]?.oldValue)
      expect(events[2]?.oldValue).toBeUndefined()
    })

    it('is told that a value has expired that nobody asks for', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const { events } = await hear(second.map(name))
      await first.map(name).set('a', 'goes', { ttlMs: 1_000 })
      await until(() => events.at(-1)?.kind === 'expired')
    })

    it('of one key is told of that key alone, whatever the key', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const heard = await Promise.all(ODD_KEYS.map((key) => hear(second.map(name), { key })))
      const ofAll = await hear(second.map(name))
      for (const key of ODD_KEYS) await first.map(name).set(key, `of ${key}`)
      await until(() => ofAll.events.length >= ODD_KEYS.length && heard.every(({ events }) => events.length > 0))
      for (const [i, key] of ODD_KEYS.entries()) {
        expect(heard[i]?.events).toEqual([{ kind: 'added', key, value: `of ${key}` }])
      }
    })

    it('of another map of the same keys is told nothing', async () => {
      const { first, second } = await open()
      const [name, other] = [fresh('map'), fresh('map')]
      const { events } = await hear(second.map(name))
      await first.map(other).set('a', 'of the other')
      await first.map(name).set('a', 'of this')
      await until(() => events.length > 0)
      expect(events).toEqual([{ kind: 'added', key: 'a', value: 'of this' }])
    })

    it('is told the changes of one key in their order, however many there are and whoever makes them', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const heard = [
        await hear(first.map(name)),
        await hear(second.map(name)),
        await hear(second.map(name), { key: 'k1' }),
      ]
      const keys = Array.from({ length: 5 }, (_, i) => `k${i}`)
      const writes: Promise<void>[] = []
      for (let i = 0; i < 200; i++) {
        for (const [at, key] of keys.entries())
          writes.push((at % 2 === 0 ? first : second).map(name).set(key, String(i)))
      }
      await Promise.all(writes)
      const values = Array.from({ length: 200 }, (_, i) => String(i))
      for (const [i, { events }] of heard.entries()) {
        for (const key of i === 2 ? ['k1'] : keys) {
          await until(() => valuesOf(events, key).length >= 200)
          expect(valuesOf(events, key)).toEqual(values)
        }
      }
    })

    it('hears two clients that write one key as one order, the same for all, in which each old value is the one before', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const heard = [await hear(first.map(name)), await hear(second.map(name))]
      const writes: Promise<void>[] = []
      for (let i = 0; i < 100; i++) {
        writes.push(first.map(name).set('a', `first ${i}`), second.map(name).set('a', `second ${i}`))
      }
      await Promise.all(writes)
      for (const { events } of heard) await until(() => events.length >= 200)
      expect(heard[0]?.events).toEqual(heard[1]?.events)
      const events = heard[0]?.events ?? []
      expect(events.map(({ oldValue }) => oldValue)).toEqual([undefined, ...valuesOf(events, 'a').slice(0, -1)])
      for (const client of ['first', 'second']) {
        const own = valuesOf(events, 'a').filter((value) => value?.startsWith(client))
        expect(own).toEqual(Array.from({ length: 100 }, (_, i) => `${client} ${i}`))
      }
    })

    it('is never called during a call, nor during another listener', async () => {
      const { first, second } = await open()
      const map = first.map(fresh('map'))
      const entered = { calls: 0, during: 0, depth: 0, told: 0 }
      const call = (work: () => Promise<unknown>): Promise<unknown> => {
        entered.calls++
        const answer = work()
        entered.calls--
        return answer
      }
      const answers: Promise<unknown>[] = []
      const listener = ({ key }: GridEntryEvent): void => {
        entered.told++
        if (entered.calls > 0 || entered.depth > 0) entered.during++
        entered.depth++
        if (key !== 'end' && entered.told < 20) {
          answers.push(call(() => map.set('b', 'from a listener')))
          answers.push(call(() => map.remove('b')))
        }
        entered.depth--
      }
      await call(() => map.listen(listener))
      await call(() => map.listen(listener))
      await call(() => second.map(map.name).set('a', '1'))
      await call(() => map.set('a', '2'))
      await call(() => map.setAll(new Map([['a', '3']])))
      await call(() => map.remove('a'))
      await until(() => entered.told >= 20)
      await Promise.all(answers)
      expect(entered.during).toBe(0)
    })

    it('that throws is reported and called again next time, and keeps nothing from the others', async () => {
      const { first, second, failures } = await open()
      const name = fresh('map')
      let calls = 0
      const before = await hear(second.map(name))
      await second.map(name).listen(() => {
        calls++
        throw new Error(`failure ${calls}`)
      })
      const after = await hear(second.map(name))
      for (const value of ['1', '2', '3']) await first.map(name).set('a', value)
      for (const { events } of [before, after]) {
        await until(() => events.length >= 3)
        expect(valuesOf(events, 'a')).toEqual(['1', '2', '3'])
      }
      await until(() => failures.length >= 3)
      expect(failures).toEqual([new Error('failure 1'), new Error('failure 2'), new Error('failure 3')])
    })

    it('hears no more once it has been taken away, while the others do, and may be taken away twice', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const gone = await hear(second.map(name))
      const stays = await hear(second.map(name))
      await first.map(name).set('a', '1')
      await until(() => gone.events.length > 0)
      const stopped = gone.stop()
      await first.map(name).set('a', '2')
      await stopped
      await first.map(name).set('a', '3')
      await until(() => stays.events.length >= 3)
      await gone.stop()
      await leaveTime(20)
      expect(valuesOf(gone.events, 'a')).toEqual(['1'])
      expect(valuesOf(stays.events, 'a')).toEqual(['1', '2', '3'])
    })

    it('may take itself away while it is told, and hears nothing of what was changed already', async () => {
      const { first, second } = await open()
      const map = second.map(fresh('map'))
      const told: (string | undefined)[] = []
      let stopped: Promise<void> | undefined
      const stop = await map.listen(({ value }) => {
        told.push(value)
        stopped = stop()
      })
      const stays = await hear(map)
      await writeMany(first.map(map.name), 20)
      await until(() => stays.events.length >= 20)
      await until(() => told.length > 0)
      await stopped
      await leaveTime(20)
      expect(told).toEqual(['0'])
    })

    it('that is added by another while that is told hears what is changed from then on', async () => {
      const { first, second } = await open()
      const map = second.map(fresh('map'))
      const later: (string | undefined)[] = []
      let added: Promise<unknown> | undefined
      await map.listen(() => {
        added ??= map.listen(({ value }) => later.push(value))
      })
      await first.map(map.name).set('a', 'before')
      await until(() => added !== undefined)
      await added
      await first.map(map.name).set('a', 'after')
      await until(() => later.includes('after'))
      expect(later).toEqual(['after'])
    })

    it('that is there twice is told twice, and is taken away one by one', async () => {
      const { first, second } = await open()
      const map = second.map(fresh('map'))
      const told: (string | undefined)[] = []
      const listener = ({ value }: GridEntryEvent): void => {
        told.push(value)
      }
      const stop = await map.listen(listener)
      await map.listen(listener)
      await first.map(map.name).set('a', '1')
      await until(() => told.length >= 2)
      await stop()
      await first.map(map.name).set('a', '2')
      await until(() => told.includes('2'))
      await leaveTime(20)
      expect(told).toEqual(['1', '1', '2'])
    })

    it('is told values of several megabytes', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const { events } = await hear(second.map(name))
      const value = 'x€'.repeat(1_000_000)
      await first.map(name).set('large', value)
      await until(() => events.length > 0)
      expect(events[0]?.value === value).toBe(true)
    })
  })
}

function valuesOf(events: readonly GridEntryEvent[], of: string): readonly (string | undefined)[] {
  return events.filter(({ key }) => key === of).map(({ value }) => value)
}

async function writeMany(map: GridMap, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => map.set('a', String(i))))
}
