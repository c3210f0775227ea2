import { Credentials } from '../../../../src/adapters/binance/credentials.js'
import type { Notice } from '../../../../src/adapters/binance/notice.js'
import { RestMachine } from '../../../../src/adapters/binance/rest/rest-machine.js'
import { MarketStreams } from '../../../../src/adapters/binance/streams/market-streams.js'
import { UserStream } from '../../../../src/adapters/binance/streams/user-stream.js'
import { BinanceVenue } from '../../../../src/adapters/binance/venue/binance-venue.js'
import { VenueMachine } from '../../../../src/adapters/binance/venue/venue-machine.js'
import type {
  StartedUp,
  StartRefused,
  UsedOrder,
  VenueSettings,
} from '../../../../src/adapters/binance/venue/venue-told.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { SandboxExchange } from '../../../../src/sandbox/sandbox-exchange.js'
import type { SandboxSettings } from '../../../../src/sandbox/settings.js'
import { type RigWire, type SandboxRig, sandboxRig } from '../../../support/sandbox-rig.js'
import { CONTRACT_BALANCE_USD, CONTRACT_INSTRUMENT } from '../../venue-contract.js'

/** The adapter, a network of some ms, and the sandbox's exchange, on virtual time. */
export interface SandboxVenue {
  readonly time: VirtualTime
  readonly exchange: SandboxExchange
  readonly rig: SandboxRig
  readonly wire: RigWire
  readonly venue: BinanceVenue
  readonly reported: (Notice | StartedUp | StartRefused)[]
}

export function sandboxVenue({
  exchange: exchangeSettings = {},
  settings = {},
  usedOrders = [],
}: {
  readonly exchange?: Partial<SandboxSettings>
  readonly settings?: Partial<VenueSettings>
  readonly usedOrders?: readonly UsedOrder[]
} = {}): SandboxVenue {
  const time = new VirtualTime(1_746_000_000_000)
  const exchange = new SandboxExchange({
    instruments: [CONTRACT_INSTRUMENT],
    startingBalanceUsd: CONTRACT_BALANCE_USD,
    seed: 3,
    keys: [KEY],
    ...exchangeSettings,
  })
  const rig = sandboxRig({ exchange, time })
  return { time, exchange, rig, ...venueAt(rig, time, { settings, usedOrders }) }
}

/** The adapter of another process, which knows what its journal told it of those before. */
export function venueAt(
  rig: SandboxRig,
  time: VirtualTime,
  {
    settings = {},
    usedOrders = [],
  }: { readonly settings?: Partial<VenueSettings>; readonly usedOrders?: readonly UsedOrder[] },
): Pick<SandboxVenue, 'wire' | 'venue' | 'reported'> {
  const wire = rig.wire()
  const reported: SandboxVenue['reported'] = []
  const machine = new VenueMachine({
    rest: new RestMachine({ signer: new Credentials(KEY) }),
    userStream: new UserStream(),
    marketStreams: new MarketStreams(),
    settings: { symbols: ['BTCUSDT'], leverage: 10, ...settings },
    usedOrders,
  })
  const venue = new BinanceVenue({ machine, wire, timer: time, report: (told) => reported.push(told) })
  return { wire, venue, reported }
}

/** Started up, with a price. */
export function readySandboxVenue(options: Parameters<typeof sandboxVenue>[0] = {}): SandboxVenue {
  const each = sandboxVenue(options)
  const { venue, rig, time, reported } = each
  rig.market({ kind: 'quote', quote: { ...QUOTE, timestampMs: time.epochMs() } })
  venue.start()
  time.runTo(time.epochMs() + 10_000)
  if (!reported.some(({ kind }) => kind === 'ready')) throw new Error(`not ready: ${JSON.stringify(reported)}`)
  return each
}

const KEY = { apiKey: 'K'.repeat(64), secret: 'S'.repeat(64) }

export const QUOTE = {
  symbol: 'BTCUSDT',
  bid: '60000',
  bidQuantity: '5',
  ask: '60000.1',
  askQuantity: '5',
  mark: '60000',
} as const
