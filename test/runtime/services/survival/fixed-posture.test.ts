import { expect, it } from 'vitest'
import { memoryGrid } from '../../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../../src/adapters/grid-memory/memory-grid-store.js'
import { GRID_MAPS, LATEST, POSTURE_REFERENCE } from '../../../../src/core/grid/names.js'
import { SAFETY } from '../../../../src/core/grid/watch-documents.js'
import { POSTURES } from '../../../../src/ports/vocabulary/market.js'
import { FixedPosture } from '../../../../src/runtime/services/survival/fixed-posture.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { pass, turns } from '../../../support/pass-time.js'

it.each(POSTURES)(
  '%s that a person said is published like any posture, fresh every 5 s, and says that it is fixed',
  async (posture) => {
    const time = new VirtualTime(1_000_000)
    const grid = memoryGrid({ store: new MemoryGridStore({ timer: time }), listenerFailed: () => expect.unreachable() })
    const service = new FixedPosture({ posture, everyMs: 5_000 }, { grid, clock: time, warn: () => {} })
    const stop = new AbortController()
    const running = service.start(stop.signal)
    await turns()
    for (let i = 0; i < 3; i++) {
      const text = await grid.reference(POSTURE_REFERENCE).get()
      expect(await grid.map(GRID_MAPS.safety).get(LATEST)).toBe(text)
      const now = new Date(time.epochMs()).toISOString()
      expect(SAFETY.read(text!)).toMatchObject({ value: { posture, fixed: true, updated_at: now } })
      await pass(time, 5_000)
    }
    expect(service.health()).toMatchObject({ state: 'RUNNING', detail: `${posture}, fixed by a person` })
    stop.abort()
    await running
    expect(time.waiting).toBe(0)
  },
)
