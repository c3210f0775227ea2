import { describe, expect, it } from 'vitest'
import { leaveTime, until } from '../../support/until.js'
import { expectClosed, fresh, hear, type OpenClients } from './clients.js'

/** Longer than any test: whoever waits for this long waits for an event. */
const LONG_MS = 3_600_000

export function closingContract(open: OpenClients): void {
  describe('a client that was closed', () => {
    it('rejects every call with the reason `closed`, whether it knew the name before or not', async () => {
      const { first, second } = await open()
      const known = fresh('known')
      const map = first.map(known)
      const lock = first.lock(known)
      const fence = (await lock.acquire())!
      const things = [first.reference(known), first.stream(known), map, lock]
      expect(things).toHaveLength(4)
      await first.close()
      for (const name of [known, fresh('unknown')]) {
        await expectClosed(() => first.map(name).get('a'))
        await expectClosed(() => first.map(name).getAll(['a']))
        await expectClosed(() => first.map(name).getAll([]))
        await expectClosed(() => first.map(name).set('a', 'value'))
        await expectClosed(() => first.map(name).set('a', 'value', { ttlMs: 1_000 }))
        await expectClosed(() => first.map(name).setAll(new Map([['a', 'value']])))
        await expectClosed(() => first.map(name).setAll(new Map()))
        await expectClosed(() => first.map(name).remove('a'))
        await expectClosed(() => first.map(name).keys())
        await expectClosed(() => first.map(name).listen(() => {}))
        await expectClosed(() => first.reference(name).get())
        await expectClosed(() => first.reference(name).set('value'))
        await expectClosed(() => first.reference(name).compareAndSet(undefined, 'value'))
        await expectClosed(() => first.lock(name).acquire())
        await expectClosed(() => first.lock(name).release(fence))
        await expectClosed(() => first.stream(name).append('value'))
        await expectClosed(() => first.stream(name).bounds())
        await expectClosed(() => first.stream(name).read(0, { max: 1 }))
        expect(await second.map(name).keys()).toEqual([])
        expect(await second.reference(name).get()).toBeUndefined()
      }
      await expectClosed(() => map.get('a'))
    })

    it('rejects the calls that were waiting', async () => {
      const { first, second } = await open()
      const name = fresh('any')
      await second.lock(name).acquire()
      const { oldest } = await first.stream(name).bounds()
      const acquiring = expectClosed(() => first.lock(name).acquire({ waitMs: LONG_MS }))
      const reading = expectClosed(() => first.stream(name).read(oldest, { max: 1, waitMs: LONG_MS }))
      await leaveTime(20)
      await first.close()
      await acquiring
      await reading
    })

    it('answers every call, or rejects it with the reason `closed`, that was made just before', async () => {
      const { first } = await open()
      const map = first.map(fresh('map'))
      const calls = Array.from({ length: 50 }, (_, i) => map.set(`key ${i}`, 'value'))
      const closing = first.close()
      for (const call of calls) {
        const answer = await call.then(
          () => 'done',
          (error: { reason: unknown }) => error.reason,
        )
        expect(['done', 'closed']).toContain(answer)
      }
      await closing
    })

    it('may be closed again, and at once', async () => {
      const { first } = await open()
      await Promise.all([first.close(), first.close()])
      await first.close()
    })

    it('leaves the other clients and what it wrote as they are', async () => {
      const { first, second } = await open()
      const name = fresh('any')
      const { events } = await hear(second.map(name))
      await first.map(name).set('a', 'stays')
      await first.reference(name).set('stays')
      const at = await first.stream(name).append('stays')
      await first.close()
      expect(await second.map(name).get('a')).toBe('stays')
      expect(await second.reference(name).get()).toBe('stays')
      expect(await second.stream(name).read(at, { max: 1 })).toEqual({
        kind: 'entries',
        entries: [{ sequence: at, value: 'stays' }],
      })
      await second.map(name).set('a', 'goes on')
      await until(() => events.at(-1)?.value === 'goes on')
    })

    it('tells its listeners nothing more, and lets them be taken away', async () => {
      const { first, second } = await open()
      const name = fresh('map')
      const closed = await hear(first.map(name))
      const open2 = await hear(second.map(name))
      await second.map(name).set('a', '1')
      await until(() => closed.events.length > 0)
      await first.close()
      const told = closed.events.length
      await second.map(name).set('a', '2')
      await until(() => open2.events.length >= 2)
      await leaveTime(20)
      expect(closed.events).toHaveLength(told)
      await closed.stop()
    })

    it('by one of its listeners tells none of them anything from then on', async () => {
      const { first, second } = await open()
      const map = first.map(fresh('map'))
      const witness = await hear(second.map(map.name))
      let closing: Promise<void> | undefined
      let after = 0
      for (let i = 0; i < 3; i++) {
        await map.listen(() => {
          if (closing === undefined) closing = first.close()
          else after++
        })
      }
      await Promise.all(Array.from({ length: 20 }, (_, i) => second.map(map.name).set(`key ${i}`, 'value')))
      await until(() => closing !== undefined && witness.events.length >= 20)
      await closing
      await leaveTime(20)
      expect(after).toBe(0)
      await expectClosed(() => map.get('a'))
    })
  })
}
