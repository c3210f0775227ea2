import type { Timer } from '../../ports/clock.js'

/** Resolves after `ms` of a timer's time, at once when that is not positive; rejects with the signal's reason. */
export async function sleepOn(timer: Timer, ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  if (ms <= 0) return
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      callOff()
      reject(signal?.reason)
    }
    const callOff = timer.at(timer.epochMs() + ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort)
  })
}
