/** Calls back once when the signal is aborted: at once where it is already, which a listener would never hear of. */
export function onAbort(signal: AbortSignal, callback: () => void): void {
  if (signal.aborted) callback()
  else signal.addEventListener('abort', callback, { once: true })
}
