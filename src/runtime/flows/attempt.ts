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
 * Work that is given up after `timeoutMs`: it is told by its signal, and what it does after that is not looked at. `end` ends it at
 * once. @throws TurnEnded; and what `work` throws of that kind.
 */
export async function attempt<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, clock, end }: { readonly timeoutMs: number; readonly clock: Clock; readonly end: AbortSignal },
): Promise<AttemptEnd<T>> {
  if (end.aborted) throw new TurnEnded(String(end.reason))
  const given = new AbortController()
  const over = new AbortController()
  const working = work(given.signal).then(
    (value): AttemptEnd<T> => ({ kind: 'done', value }),
    (error: unknown) => failed<T>(error),
  )
  const timeout = clock.sleep(timeoutMs, over.signal).then((): AttemptEnd<T> => {
    const message = `expected it to end within ${timeoutMs / 1_000} s, found it still at work`
    return { kind: 'failed', failure: 'timeout', message, error: undefined }
  })
  timeout.catch(() => undefined)
  const ended = new Promise<never>((_, reject) => {
    const stop = () => reject(new TurnEnded(String(end.reason)))
    end.addEventListener('abort', stop, { once: true })
    over.signal.addEventListener('abort', () => end.removeEventListener('abort', stop), { once: true })
  })
  ended.catch(() => undefined)
  try {
    const first = await Promise.race([working, timeout, ended])
    if (first.kind === 'failed' && first.error instanceof TurnEnded) throw first.error
    return first
  } finally {
    given.abort()
    over.abort()
  }
}

function failed<T>(error: unknown): AttemptEnd<T> {
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'failed', failure: error instanceof FatalFlowError ? 'fatal' : 'error', message, error }
}
