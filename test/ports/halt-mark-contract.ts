import { describe, expect, it } from 'vitest'
import type { HaltMark } from '../../src/ports/audit-trail.js'

/** What every adapter of the {@link HaltMark} port holds to. `open`: as another process would find it. */
export function haltMarkContract(name: string, makePlace: () => { open(): HaltMark }): void {
  describe(`the halt mark contract: ${name}`, () => {
    it('a machine that nobody halted is not halted, and clearing it changes nothing', async () => {
      const mark = makePlace().open()
      expect(await mark.read()).toBeUndefined()
      await mark.clear()
      expect(await mark.read()).toBeUndefined()
    })

    it('a halt is there for every later process until it is cleared, the newest reason with it', async () => {
      const place = makePlace()
      await place.open().set({ atMs: 1, cycle: 'a', reason: 'first' })
      await place.open().set({ atMs: 2, cycle: 'b', reason: 'second\n"quoted"' })
      expect(await place.open().read()).toEqual({ atMs: 2, cycle: 'b', reason: 'second\n"quoted"' })
      await place.open().clear()
      expect(await place.open().read()).toBeUndefined()
    })
  })
}
