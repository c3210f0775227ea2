import { FlowMetrics } from '../../adapters/http/flow-metrics.js'
import { JSON_TYPE, type ReadServer, serveReads, TEXT } from '../../adapters/http/read-server.js'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { type FlowOverview, flowOverview } from '../../core/flows/overview.js'
import type { Clock } from '../../ports/clock.js'
import type { ScheduledFlow } from '../../ports/flow-scheduler.js'
import type { FlowStore } from '../../ports/flow-store.js'
import type { ServiceHealth } from '../../runtime/services/service.js'
import { processLimits } from '../shell/process-limits.js'
import type { ServeAddress } from './serve-address.js'

/** Reads how flows stand, by the ledger. */
export function flowOverviews(
  flows: readonly ScheduledFlow[],
  { store, clock }: { readonly store: FlowStore; readonly clock: Clock },
): Promise<readonly FlowOverview[]> {
  return Promise.all(
    flows.map(async (flow) => {
      const [rows, since] = await Promise.all([store.rows(flow), store.since(flow)])
      return flowOverview(flow, { rows, since, nowMs: clock.epochMs() })
    }),
  )
}

/** A service that has not looked at itself for so long stands still. */
const STILL_MS = 60_000

export interface ServedFlows {
  readonly metrics: FlowMetrics
  /** Serves them at an address. @throws SurroundingsFailed when it cannot be had. */
  serve(address: ServeAddress, health: () => ServiceHealth): Promise<ReadServer>
}

/** Flows for whoever watches them: `/metrics`, `/healthz` (503 once the service stands still) and `/flows`. */
export function servedFlows(
  flows: readonly ScheduledFlow[],
  parts: { readonly store: FlowStore; readonly clock: Clock },
): ServedFlows {
  const { clock } = parts
  const read = () => flowOverviews(flows, parts)
  const metrics = new FlowMetrics(read, () => clock.epochMs())
  return {
    metrics,
    async serve({ host, port }, health) {
      const answers = {
        '/metrics': async () => ({ status: 200, type: metrics.contentType, text: await metrics.text() }),
        '/healthz': async () => {
          const fault = faultOf(health(), clock.epochMs())
          return { status: fault === undefined ? 200 : 503, type: TEXT, text: `${fault ?? 'ok'}\n` }
        },
        '/flows': async () => {
          const document = { schema: 'dolphin.flows/1', health: health(), flows: await read() }
          return { status: 200, type: JSON_TYPE, text: `${JSON.stringify(document)}\n` }
        },
      }
      const openFiles = processLimits().openFiles ?? undefined
      const settings = { host, port, nowMs: () => performance.now(), ...present({ openFiles }) }
      return serveReads(answers, settings).catch((error: Error) => {
        const message = `cannot listen at ${host}:${port}: ${error.message}`
        throw new SurroundingsFailed({ place: '--serve', message })
      })
    },
  }
}

/** What is wrong with the service, in a line; undefined: nothing. */
function faultOf({ state, detail, lastProgressAtMs }: ServiceHealth, nowMs: number): string | undefined {
  if (state !== 'RUNNING') return `${state}: ${detail}`
  if (lastProgressAtMs !== null && nowMs - lastProgressAtMs > STILL_MS)
    return `stands still for ${Math.round((nowMs - lastProgressAtMs) / 1_000)} s: ${detail}`
  return undefined
}
