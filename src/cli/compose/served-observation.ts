import { type ObservationServer, serveObservation } from '../../adapters/http/observation-server.js'
import type { ObservationView } from '../../adapters/http/observation-view.js'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { observedView } from '../../core/analysis/observed-view.js'
import { processLimits } from '../shell/process-limits.js'
import { notice } from '../shell/terminal.js'
import type { LiveObservation } from './live-observation.js'
import type { ServeAddress } from './serve-address.js'

/**
 * Serves an observation that is about to start to this machine, and says where: with port 0 nobody could know otherwise.
 *
 * @throws SurroundingsFailed when the address cannot be had; the observation is given up then.
 */
export async function serveLiveObservation(
  { observer, service, ageMs, abandon }: LiveObservation,
  { host, port }: ServeAddress,
): Promise<ObservationServer> {
  const look = (): ObservationView => {
    const { advances, symbols, market, recording } = service.figures()
    const { leftOut } = observedView(observer)
    const readings = advances === 0 ? {} : observer.observed().symbols
    const regimes = Object.fromEntries(Object.entries(readings).map(([symbol, { regime }]) => [symbol, regime.regime]))
    return { snapshot: observer.snapshot(), leftOut, regimes, advances, followed: symbols.length, market, recording }
  }
  const settings = { host, port, ageMs, nowMs: () => performance.now() }
  const openFiles = processLimits().openFiles ?? undefined
  const server = await serveObservation(look, { ...settings, ...present({ openFiles }) }).catch(
    async (error: Error) => {
      await abandon()
      throw new SurroundingsFailed({ place: '--serve', message: `cannot listen at ${host}:${port}: ${error.message}` })
    },
  )
  notice(`Serving /metrics, /healthz and /observation at ${server.address}`)
  return server
}
