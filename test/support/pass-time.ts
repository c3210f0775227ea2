import { setImmediate } from 'node:timers/promises'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'

/** Lets `ms` pass, with turns for promises and for what a turn puts off between any two moments. */
export async function pass(time: VirtualTime, ms: number): Promise<void> {
  const endMs = time.epochMs() + ms
  for (;;) {
    await turns()
    const dueMs = time.nextDueMs()
    if (dueMs === undefined || dueMs > endMs) break
    time.runTo(dueMs)
  }
  time.runTo(endMs)
  await turns()
}

/** A call of an embedded grid takes a turn or two, and what it is for another. */
export async function turns(count = 8): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}
