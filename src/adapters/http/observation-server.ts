import { ObservationMetrics } from './observation-metrics.js'
import type { ObservationView } from './observation-view.js'
import { JSON_TYPE, type ReadServer, type ReadServerSettings, serveReads, TEXT } from './read-server.js'

export interface ObservationServerSettings extends ReadServerSettings {
  /** How old the last advance is by the exchange's clock, ms; undefined before the first. */
  readonly ageMs: () => number | undefined
}

export type ObservationServer = ReadServer

/** An observation that has not advanced for so long stands still, ms: its cadence is a minute at most. */
const STILL_MS = 90_000

/** Serves `GET /metrics`, `/healthz` (503 once the observation has failed or stands still) and `/observation`. */
export function serveObservation(
  look: () => ObservationView,
  settings: ObservationServerSettings,
): Promise<ObservationServer> {
  const metrics = new ObservationMetrics(look)
  return serveReads(
    {
      '/metrics': async () => ({ status: 200, type: metrics.contentType, text: await metrics.text() }),
      '/healthz': async () => {
        const fault = faultOf(look(), settings.ageMs())
        return { status: fault === undefined ? 200 : 503, type: TEXT, text: `${fault ?? 'ok'}\n` }
      },
      '/observation': async () => ({ status: 200, type: JSON_TYPE, text: `${JSON.stringify(documentOf(look()))}\n` }),
    },
    settings,
  )
}

/** What is wrong with an observation, in a line; undefined: nothing. */
function faultOf({ snapshot }: ObservationView, ageMs: number | undefined): string | undefined {
  if (snapshot.status === 'FAILED') return `FAILED: ${snapshot.failureReason ?? 'no reason was told'}`
  if (ageMs === undefined) return 'not advanced yet: the clock of the exchange is not known'
  return ageMs > STILL_MS ? `not advanced for ${Math.round(ageMs / 1_000)} s` : undefined
}

function documentOf({ snapshot, leftOut, ...of }: ObservationView): object {
  const { regimes, advances, followed, market, recording } = of
  const { status, timestampMs, symbolsActive, counters, failureReason } = snapshot
  return {
    schema: 'dolphin.observation-health/1',
    ...{ status, failureReason, timestampMs, symbolsActive, counters, leftOut, regimes },
    ...{ advances, followed, market, recording },
  }
}
