import { present } from '../../base/present.js'
import { loadServicesConfig, type ServicesConfig } from '../../config/services-config.js'
import { reason } from '../../files/reason.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { ServiceEnd } from '../../runtime/services/service-host.js'
import type { GridParts } from './grid-parts.js'
import type { RunSettings } from './run-settings.js'
import type { SessionNews } from './session-news.js'

/**
 * The services that the trader depends on, where this process is all that there is: a posture (a person's, or that of the
 * survival stack with the forewarner's reports), and the breaker where there are factors; whether there is one.
 */
export async function runOwnServices(
  parts: GridParts,
  wish: {
    readonly run: RunSettings
    readonly posture: Posture
    readonly survival: boolean
    /** Whose order books the survival stack looks at; absent: as configured. */
    readonly booksOf?: readonly string[] | undefined
    /** Whose external factors are asked for, and the file of their rows, which the breaker reads; absent: nobody asks. */
    readonly external?: Pick<ServicesConfig['externalFactors'], 'exchangeAt' | 'file'> | undefined
  },
  news: Pick<SessionNews, 'onWarning'>,
): Promise<boolean> {
  const { room } = parts
  const { run, survival, booksOf, external } = wish
  const failed = ({ health, error }: ServiceEnd): void => news.onWarning(`${health.name}: ${reason(error)}`)
  const config = await loadServicesConfig()
  if (survival) {
    const { config: strategy, forewarnerTrades: trades } = run
    parts.run(room.forewarner({ ...config.forewarner, ...present({ strategy, trades }) }), failed)
  }
  const posture = survival ? {} : { posture: wish.posture }
  const books = booksOf === undefined ? {} : { orderBook: true }
  parts.run(room.survival({ ...config.survival, ...posture, ...books }, booksOf), failed)
  if (external !== undefined) parts.run(await room.externalFactors({ ...config.externalFactors, ...external }), failed)
  const { factors = external?.file, w750: w750Scans, betaPolicy, betaThreshold: fixedThreshold } = run
  if (factors === undefined) return false
  const breaker = { ...config.breaker, betaPolicy, factors, ...present({ w750Scans, fixedThreshold }) }
  parts.run(await room.breaker(breaker), failed)
  return true
}
