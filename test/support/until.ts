import { setTimeout } from 'node:timers/promises'

/**
 * Waits until `ask` answers something that holds, and answers that. It has no limit of its own, since how long anything takes
 * says how busy the machine is: what never comes is ended by the limit of the test (`vitest.config.ts`).
 */
export async function until<T>(ask: () => T | Promise<T>, everyMs = 2): Promise<Held<T>> {
  for (;;) {
    const answer = await ask()
    if (answer) return answer as Held<T>
    await setTimeout(everyMs)
  }
}

/** Leaves time for what must not happen, or only may: on a busy machine the test sees less, and fails no more often. */
export async function leaveTime(ms: number): Promise<void> {
  await setTimeout(ms)
}

type Held<T> = Exclude<T, false | undefined | null | 0 | ''>
