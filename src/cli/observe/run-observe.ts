import { marketObserver } from '../compose/market-observer.js'
import type { ExitCode } from '../shell/exit-codes.js'
import type { ObserveOptions } from './options.js'
import { runLive } from './run-live.js'
import { runReplay } from './run-replay.js'

/** Runs `dolphin observe` on checked options. A test has an observer of its own. */
export function runObserve(options: ObserveOptions, observerOf = marketObserver): Promise<ExitCode> {
  return options.kind === 'live' ? runLive(options, observerOf) : runReplay(options, observerOf)
}
