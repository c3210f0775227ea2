import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import type { Grid } from '../../../src/ports/grid.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { type SignalPath, type VerifiedHop, verifyPaths } from '../../../src/runtime/verification/path-verification.js'
import { pass } from '../../support/pass-time.js'

/** A grid in this process, and a verification on virtual time. */
export function verificationRig() {
  const time = new VirtualTime(1_767_571_200_000)
  const grid = memoryGrid({
    store: new MemoryGridStore({ timer: time }),
    listenerFailed: (error) => {
      throw error
    },
  })
  return { time, grid, verify: (path: SignalPath, rounds = 3) => verified(time, path, rounds) }
}

const TIMEOUT_MS = 8_000

async function verified(time: VirtualTime, path: SignalPath, rounds: number): Promise<readonly VerifiedHop[]> {
  const signal = new AbortController().signal
  const verifying = verifyPaths({ paths: [path], rounds, timeoutMs: TIMEOUT_MS, clock: time, signal })
  let hops: readonly VerifiedHop[] | undefined
  void verifying.then((all) => {
    hops = all
  })
  while (hops === undefined) await pass(time, 50)
  return await verifying
}

/** What of each hop a test can see by eye. */
export function verdicts(hops: readonly VerifiedHop[]): string[] {
  return hops.map(({ hop, held, why }) => (held ? `${hop}: HELD` : `${hop}: ${why}`))
}

/** The same grid, but for what a test changes of one map. */
export function withMap(
  grid: Grid,
  name: string,
  change: (map: ReturnType<Grid['map']>) => ReturnType<Grid['map']>,
): Grid {
  return {
    map: (asked) => (asked === name ? change(grid.map(asked)) : grid.map(asked)),
    reference: (asked) => grid.reference(asked),
    lock: (asked) => grid.lock(asked),
    stream: (asked) => grid.stream(asked),
    connection: grid.connection,
    close: () => grid.close(),
  }
}
