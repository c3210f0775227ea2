import { present } from '../../base/present.js'
import { loadServicesConfig, type ServicesConfig } from '../../config/services-config.js'
import type { BetaPolicy } from '../../core/breaker/breaker.js'
import { W750_SCANS, type W750Scans } from '../../core/breaker/scan-factors.js'
import { POSTURES, type Posture } from '../../ports/vocabulary/market.js'
import { EMBEDDED_GRID } from '../compose/grid-address.js'
import { aSharedGrid } from '../grid-option.js'
import { OptionCheck } from '../shell/option-check.js'

/** The services that this command serves. */
export const SERVED = ['survival', 'breaker', 'forewarner'] as const
export type Served = (typeof SERVED)[number]

/** The options of `dolphin serve <service>` as they were typed; each service knows some of them. */
export interface RawServiceOptions {
  readonly grid?: string
  readonly config?: string
  readonly posture?: string
  readonly orderBook?: boolean
  readonly factors?: string
  readonly w750?: string
  readonly betaPolicy?: string
  readonly betaThreshold?: string
  readonly trades?: string
  readonly strategy?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface ServiceOptions {
  readonly service: Served
  readonly config: ServicesConfig
  readonly json: boolean
  readonly quiet: boolean
}

const BETA_POLICIES: readonly BetaPolicy[] = ['expanding', 'full-sample', 'fixed']

/** What is typed wins over the file, and that over what is in force without one. @throws InputMistake */
export async function serviceOptions(service: Served, raw: RawServiceOptions): Promise<ServiceOptions> {
  const check = new OptionCheck()
  const posture = check.oneOf<Posture | 'auto'>('--posture', raw.posture, ['auto', ...POSTURES])
  const w750Scans = check.oneOf<W750Scans>('--w750', raw.w750, W750_SCANS)
  const betaPolicy = check.oneOf<BetaPolicy>('--beta-policy', raw.betaPolicy, BETA_POLICIES)
  const fixedThreshold = check.number('--beta-threshold', raw.betaThreshold, {})
  check.done()
  const config = await loadServicesConfig(raw.config)
  const breaker = breakerOf(config.breaker, present({ factors: raw.factors, w750Scans, betaPolicy, fixedThreshold }))
  const isFixed = breaker.betaPolicy === 'fixed'
  if (isFixed !== (breaker.fixedThreshold !== undefined)) {
    const message = isFixed
      ? "expected a number, which the policy 'fixed' needs, found nothing"
      : `expected none: the policy '${breaker.betaPolicy}' finds its own`
    check.wrong('--beta-threshold', message)
  }
  const url = sharedGridOf({ typed: raw.grid, configured: config.grid.url }, check)
  check.done()
  const { posture: configured, ...survival } = config.survival
  const chosen = posture === undefined ? configured : posture === 'auto' ? undefined : posture
  return {
    service,
    config: {
      ...config,
      grid: { ...config.grid, url },
      survival: { ...survival, ...present({ posture: chosen, orderBook: raw.orderBook }) },
      breaker,
      forewarner: { ...config.forewarner, ...present({ trades: raw.trades, strategy: raw.strategy }) },
    },
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
  }
}

/** A threshold of the file goes with the policy of the file. */
function breakerOf(
  file: ServicesConfig['breaker'],
  typed: Partial<ServicesConfig['breaker']>,
): ServicesConfig['breaker'] {
  const { fixedThreshold, ...rest } = file
  const policy = typed.betaPolicy ?? file.betaPolicy
  return { ...rest, ...present({ fixedThreshold: policy === 'fixed' ? fixedThreshold : undefined }), ...typed }
}

/** What a process keeps in its own memory, no trader ever sees. */
export function sharedGridOf(
  { typed, configured }: { readonly typed: string | undefined; readonly configured: string },
  check: OptionCheck,
): string {
  const url = typed ?? configured
  if (url === EMBEDDED_GRID) {
    const found = typed === undefined ? `nothing, and ${url} in the configuration` : url
    check.wrong(
      '--grid',
      `expected hazelcast://host:port, found ${found}: a grid in the memory of this process is seen by no other`,
    )
  } else aSharedGrid(url, (message) => check.wrong('--grid', message))
  return url
}
