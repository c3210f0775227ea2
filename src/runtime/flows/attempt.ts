import type { Clock } from '../../ports/clock.js'
import type { FlowFailure } from '../../ports/vocabulary/flows.js'
import { FatalFlowError } from './flow-work.js'

export type AttemptEnd<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: FlowFailure; readonly message: string; readonly error: unknown }

/** Nobody may go on: the lease is lost, or the run is asked to stop. */
export class TurnEnded extends Error {
  override readonly name = 'TurnEnded'
}

/**
 * Work that is given up when it takes longer than `timeoutMs`: it is told by its signal, and what comes of it after that is not looked
 * at. `end` ends it at once. @throws TurnEnded
 */
export async function attempt<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, clock, end }: { readonly timeoutMs: number; readonly clock: Clock; readonly end: AbortSignal },
): Promise<AttemptEnd<T>> {
  throwIfEnded(end)
  const givenUp = new AbortController()
  const over = new AbortController()
  const working = ended(async () => work(givenUp.signal))
  const timeout = clock.sleep(timeoutMs, over.signal).then((): 'timeout' => 'timeout')
  const turnEnd = new Promise<'end'>((resolve) => {
    end.addEventListener('abort', () => resolve('end'), { once: true, signal: over.signal })
  })
  try {
    const first = await Promise.race([working, timeout, turnEnd])
    if (typeof first === 'object') return first
    givenUp.abort()
    throwIfEnded(end)
    const message = `expected it to end within ${timeoutMs / 1_000} s, found it still at work`
    return { kind: 'failed', failure: 'timeout', message, error: undefined }
  } finally {
    over.abort()
  }
}

/** @throws TurnEnded */
export function throwIfEnded(end: AbortSignal): void {
  if (end.aborted) throw new TurnEnded(String(end.reason))
}

async function ended<T>(work: () => Promise<T>): Promise<AttemptEnd<T>> {
  try {
    return { kind: 'done', value: await work() }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', failure: error instanceof FatalFlowError ? 'fatal' : 'error', message, error }
  }
}
