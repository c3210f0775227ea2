import { InputMistake, SurroundingsFailed } from '../../base/mistakes.js'
import { failedText, ObservationFailed } from '../../runtime/services/observation/observation-service.js'
import { gridTime } from '../compose/grid-parts.js'
import { type LiveObservation, openLiveObservation } from '../compose/live-observation.js'
import type { marketObserver } from '../compose/market-observer.js'
import { serveLiveObservation } from '../compose/served-observation.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { plural } from '../shell/figures-text.js'
import { type StopCause, stopExitCode, stopSignals } from '../shell/signals.js'
import { notice, noticeWarning } from '../shell/terminal.js'
import { spanText } from '../shell/utc-time.js'
import { isDrawn, LiveDisplay } from './live-display.js'
import type { LiveOptions } from './options.js'
import { printSummary } from './shown-observation.js'
import { Tally } from './tally.js'

/** Observes the market of an exchange until it is stopped, or its time is over, or the observation has failed. */
export async function runLive(options: LiveOptions, observerOf: typeof marketObserver): Promise<ExitCode> {
  const signals = stopSignals({ stdin: false })
  const stopping = new AbortController()
  let cause: StopCause | undefined
  void signals.stopped.then((first) => {
    cause = first
    stopping.abort()
  })
  try {
    const of = { display: undefined as LiveDisplay | undefined }
    // What is routine would stand among the frames.
    const quiet = options.quiet || isDrawn(options)
    const choice = { ...options, quiet, signal: stopping.signal, advanced: (tMs: number) => of.display?.advanced(tMs) }
    const live = await openLiveObservation(choice, observerOf)
    of.display = await displayOf(live, options)
    const error = await untilOver(live, options, stopping)
    await of.display.end()
    if (error !== undefined && !(error instanceof ObservationFailed)) throw error
    if (cause === undefined && live.service.figures().advances === 0) throw nothingHeard(options)
    await printSummary(of.display.tally.summary(live.observer), options)
    if (error === undefined) return cause === undefined ? EXIT.ok : stopExitCode(cause)
    noticeWarning(`${failedText(live.observer)}. Only a new start helps.`)
    return EXIT.observationFailed
  } catch (error) {
    // Stopped before there was anything to sum up.
    if (cause !== undefined && error === stopping.signal.reason) return stopExitCode(cause)
    throw error
  } finally {
    signals.release()
  }
}

async function displayOf(live: LiveObservation, options: LiveOptions): Promise<LiveDisplay> {
  const { primitives, cadenceMs, everyMs, at, record, quiet } = options
  const { symbols, observer } = live
  if (primitives !== undefined && !symbols.includes(primitives)) {
    await live.abandon()
    throw new InputMistake({ place: '--primitives', message: `${primitives} is not among what is observed` })
  }
  const kept = record === undefined ? 'not recorded' : `recorded into ${record}`
  if (!quiet)
    notice(
      `Observing ${plural(symbols.length, 'contract')} of ${at.name} each ${spanText(cadenceMs)}, ${kept}. Ctrl-C stops it.`,
    )
  return new LiveDisplay({ observer, options, tally: new Tally({ symbols, cadenceMs, lookEveryMs: everyMs }) })
}

/** Answers the error that ended it, where one did. Whatever it was, everything is closed and the recording is whole then. */
async function untilOver(
  live: LiveObservation,
  { forMs, serve }: LiveOptions,
  stopping: AbortController,
): Promise<unknown> {
  const { signal } = stopping
  const server = serve === undefined ? undefined : await serveLiveObservation(live, serve)
  const ended = live.service.start(signal).then(
    () => undefined,
    (error: unknown) => error,
  )
  try {
    // Time is over with whichever comes first; a sleep that is called off has nothing to say.
    if (forMs === undefined) await ended
    else await Promise.race([ended, gridTime.sleep(forMs, signal).catch(() => undefined)])
    stopping.abort()
    return await ended
  } finally {
    await server?.close()
  }
}

function nothingHeard({ at, forMs }: LiveOptions): SurroundingsFailed {
  const within = forMs === undefined ? '' : ` within ${spanText(forMs)}`
  return new SurroundingsFailed({ place: '--live', message: `nothing was heard of ${at.name}${within}` })
}
