import { EXIT, type ExitCode } from './exit-codes.js'

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
