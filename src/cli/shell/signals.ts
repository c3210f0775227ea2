import { EXIT, type ExitCode } from './exit-codes.js'
import { notice } from './terminal.js'

export interface InterruptWatch {
  /** Aborted by the first Ctrl-C (or SIGTERM): finish the day, scan or bar at hand, then stop. */
  readonly signal: AbortSignal
  /** Which of the two it was; absent until then. */
  readonly received: NodeJS.Signals | undefined
  /** Gives Ctrl-C back its usual meaning. */
  stop(): void
}

/** Turns the first SIGINT or SIGTERM into an abort at the end of `task` (`now`: where it is) and lets the second one exit at once. */
export function watchInterrupt(task: 'day' | 'scan' | 'bar' | 'block' | 'now' = 'day'): InterruptWatch {
  const controller = new AbortController()
  let received: NodeJS.Signals | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    received = signal
    controller.abort()
    const when = task === 'now' ? '' : ` at the end of this ${task}`
    notice(`Stopping${when}. Press Ctrl-C again to exit at once.`)
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

/** What told a process that runs until it is told to end. */
export type StopCause = 'SIGINT' | 'SIGTERM' | 'stdin'

export interface StopSignals {
  /** Resolves with the first of them; the second Ctrl-C exits at once. */
  readonly stopped: Promise<StopCause>
  /** Gives signals back their usual meaning. */
  release(): void
}

/** Waits for Ctrl-C and SIGTERM and, with `stdin`, for the end of stdin: whoever started the process is gone. */
export function stopSignals(options: { readonly stdin: boolean }): StopSignals {
  let release = (): void => {}
  const stopped = new Promise<StopCause>((resolve) => {
    let asked = false
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(EXIT.interrupted)
      asked = true
      resolve(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM')
    }
    const onEnd = (): void => resolve('stdin')
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
    if (options.stdin) process.stdin.on('end', onEnd).on('error', onEnd).resume()
    release = () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
      if (options.stdin) process.stdin.off('end', onEnd).destroy()
    }
  })
  return { stopped, release: () => release() }
}

/** A service is stopped by SIGTERM, and that is no failure; Ctrl-C means what it means everywhere. */
export function stopExitCode(cause: StopCause): ExitCode {
  return cause === 'SIGINT' ? EXIT.interrupted : EXIT.ok
}
