import { setImmediate } from 'node:timers/promises'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'

/** Lets time pass as long as anything waits for it, with a turn for promises between any two moments. */
export async function settle(time: VirtualTime): Promise<void> {
  for (;;) {
    await setImmediate()
    const dueMs = time.nextDueMs()
    if (dueMs === undefined) return
    time.runTo(dueMs)
  }
}
