import { type Endpoints, endpointsOf } from '../../adapters/binance/endpoints.js'
import { present } from '../../base/present.js'
import { loadServicesConfig, type ObservationConfig, type ServicesConfig } from '../../config/services-config.js'
import type { ServeAddress } from '../compose/serve-address.js'
import { OptionCheck } from '../shell/option-check.js'
import { parseOptions } from '../shell/option-table.js'
import { OBSERVATION_OPTIONS, type RawServeObservationOptions } from './observation-table.js'
import { sharedGridOf } from './service-options.js'

export interface ServeObservationOptions {
  readonly at: Endpoints
  readonly grid: ServicesConfig['grid']
  readonly observation: ObservationConfig
  readonly serve?: ServeAddress
  readonly json: boolean
  readonly quiet: boolean
}

/** What is typed wins over the file. @throws InputMistake with every mistake. */
export async function serveObservationOptions(raw: RawServeObservationOptions): Promise<ServeObservationOptions> {
  const check = new OptionCheck()
  const typed = parseOptions(OBSERVATION_OPTIONS, raw, check)
  const { exchangeAt, symbols, top, cadence: cadenceMs, record, serve } = typed
  if (symbols !== undefined && top !== undefined) check.wrong('--top', 'does not go with --symbols')
  check.done()
  const config = await loadServicesConfig(raw.config)
  const url = sharedGridOf({ typed: raw.grid, configured: config.grid.url }, check)
  check.done()
  const { top: configuredTop, ...configured } = config.observation
  const warmUp = configured.warmUp && typed.warmUp !== false
  return {
    at: exchangeAt ?? endpointsOf(configured.exchangeAt),
    grid: { ...config.grid, url },
    observation: {
      ...configured,
      warmUp,
      ...present({ symbols, cadenceMs, record, top: symbols === undefined ? (top ?? configuredTop) : undefined }),
    },
    ...present({ serve }),
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
  }
}
