import { describe, expect, it } from 'vitest'
import type { EffectSink } from '../../src/ports/audit-trail.js'

/** A place where effects are made, seen from outside. */
export interface SinkPlace {
  open(): Promise<EffectSink & { close?(): Promise<void> }>
  /** What has been made. */
  made(): Promise<readonly { readonly key: string; readonly payload: unknown }[]>
}

/** What every adapter of the {@link EffectSink} port holds to. */
export function effectSinkContract(name: string, makePlace: () => SinkPlace): void {
  describe(`the effect sink contract: ${name}`, () => {
    it('an effect is there for others once its apply resolves', async () => {
      const place = makePlace()
      const sink = await place.open()
      for (let at = 0; at < 4; at++) {
        expect(await sink.apply(`t/${at}/report`, { at, text: 'ä\n' })).toBe(true)
        expect((await place.made()).at(-1)).toEqual({ key: `t/${at}/report`, payload: { at, text: 'ä\n' } })
      }
      await sink.close?.()
    })

    it('a key is accepted once, over all openings, and what it made stands', async () => {
      const place = makePlace()
      for (let opening = 0; opening < 3; opening++) {
        const sink = await place.open()
        expect([await sink.apply('k', opening), await sink.apply('k', -1)]).toEqual([opening === 0, false])
        await sink.close?.()
      }
      expect(await place.made()).toEqual([{ key: 'k', payload: 0 }])
    })

    it('a key that is applied many times at once is made once, and nobody is told of it before it is', async () => {
      const place = makePlace()
      const sink = await place.open()
      const told = await Promise.all(
        Array.from({ length: 20 }, async (_, at) => {
          const isFirst = await sink.apply('k', at)
          return [isFirst, (await place.made()).length]
        }),
      )
      expect(told.map(([isFirst]) => isFirst)).toEqual([true, ...Array(19).fill(false)])
      expect(new Set(told.map(([, made]) => made))).toEqual(new Set([1]))
      await sink.close?.()
    })

    it('effects that come together are made in the order in which they came', async () => {
      const place = makePlace()
      const sink = await place.open()
      const keys = Array.from({ length: 50 }, (_, at) => `${at}`)
      await Promise.all(keys.map((key) => sink.apply(key, null)))
      expect((await place.made()).map(({ key }) => key)).toEqual(keys)
      await sink.close?.()
    })
  })
}
