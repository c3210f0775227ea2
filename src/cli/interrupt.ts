import { EXIT } from './exit-codes.js'
import { notice } from './terminal.js'

export interface InterruptWatch {
  /** Aborted by the first Ctrl-C (or SIGTERM): finish the day at hand, then stop. */
  readonly signal: AbortSignal
  /** Gives Ctrl-C back its usual meaning. */
  stop(): void
}

/** Turns the first SIGINT or SIGTERM into an abort and lets the second one exit at once. */
export function watchInterrupt(): InterruptWatch {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    controller.abort()
    notice('Stopping at the end of this day. Press Ctrl-C again to exit at once.')
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    stop() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
