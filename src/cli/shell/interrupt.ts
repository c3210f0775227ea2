import { EXIT } from './exit-codes.js'
import { notice } from './terminal.js'

export interface InterruptWatch {
  /** Aborted by the first Ctrl-C (or SIGTERM): finish the day, scan or bar at hand, then stop. */
  readonly signal: AbortSignal
  /** Which of the two it was; absent until then. */
  readonly received: NodeJS.Signals | undefined
  /** Gives Ctrl-C back its usual meaning. */
  stop(): void
}

/** Turns the first SIGINT or SIGTERM into an abort at the end of `task` and lets the second one exit at once. */
export function watchInterrupt(task: 'day' | 'scan' | 'bar' = 'day'): InterruptWatch {
  const controller = new AbortController()
  let received: NodeJS.Signals | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    received = signal
    controller.abort()
    notice(`Stopping at the end of this ${task}. Press Ctrl-C again to exit at once.`)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    get received() {
      return received
    },
    stop() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
