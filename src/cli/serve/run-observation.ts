import { present } from '../../base/present.js'
import { openLiveObservation } from '../compose/live-observation.js'
import { marketObserver } from '../compose/market-observer.js'
import { serveLiveObservation } from '../compose/served-observation.js'
import { ServiceRoom } from '../compose/services.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { plural } from '../shell/figures-text.js'
import { stopExitCode } from '../shell/signals.js'
import { noticeWarning } from '../shell/terminal.js'
import { spanText } from '../shell/utc-time.js'
import type { ServeObservationOptions } from './observation-options.js'
import { MACHINE, type RunSurroundings } from './run-service.js'
import { serveUntilStopped } from './serve-until-stopped.js'

/** Runs `dolphin serve observation` on checked options, until it is told to stop or the observation has failed. */
export async function runObservation(
  options: ServeObservationOptions,
  surroundings: RunSurroundings = MACHINE,
  observerOf = marketObserver,
): Promise<ExitCode> {
  const { at, grid: settings, observation, serve, json, quiet } = options
  const stop = surroundings.signals()
  const stopping = new AbortController()
  void stop.stopped.then(() => stopping.abort())
  try {
    const { url, callMaxMs } = settings
    const grid = await surroundings.openGrid({ url, deadlineMs: callMaxMs, report: noticeWarning })
    const room = new ServiceRoom({ grid, time: surroundings.time, random: Math.random, warn: noticeWarning })
    try {
      const { symbols, ...config } = observation
      const named = symbols === 'universe' ? undefined : symbols
      const put = (map: string, key: string, text: string): void => room.writer.put(map, key, text)
      const choice = { ...config, at, quiet, put, signal: stopping.signal, ...present({ symbols: named }) }
      const live = await openLiveObservation(choice, observerOf)
      const server = serve === undefined ? undefined : await serveLiveObservation(live, serve)
      try {
        const { cadenceMs, record } = config
        const kept = record === undefined ? 'not recorded' : `recorded into ${record}`
        const about = `on ${url}: ${plural(live.symbols.length, 'contract')} of ${at.name} each ${spanText(cadenceMs)}, ${kept}`
        return await serveUntilStopped(live.service, { room, stop, about, json, quiet })
      } finally {
        await server?.close()
      }
    } finally {
      await room.close()
      await grid.close()
    }
  } catch (error) {
    // Stopped before there was a service.
    if (stopping.signal.aborted && error === stopping.signal.reason) return stopExitCode(await stop.stopped)
    throw error
  } finally {
    stop.release()
  }
}
