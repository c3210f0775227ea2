import type { Credentials } from '../../adapters/binance/credentials.js'
import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { BinanceWire } from '../../adapters/binance/io/binance-wire.js'
import { RestMachine } from '../../adapters/binance/rest/rest-machine.js'
import type { RestUsage } from '../../adapters/binance/rest/rest-usage.js'
import { MarketStreams } from '../../adapters/binance/streams/market-streams.js'
import { UserStream } from '../../adapters/binance/streams/user-stream.js'
import { BinanceVenue } from '../../adapters/binance/venue/binance-venue.js'
import { VenueMachine } from '../../adapters/binance/venue/venue-machine.js'
import type { StartedUp, StartRefused } from '../../adapters/binance/venue/venue-told.js'
import { InputMistake, type Mistake, type Problem, SurroundingsFailed } from '../../base/mistakes.js'
import type { RiskConfig } from '../../core/risk/risk-config.js'
import type { ExchangeView } from '../../ports/status-surface.js'
import { exchangeLog } from './alert-log.js'
import { earlierProcesses } from './earlier-processes.js'
import { gridTime } from './grid-parts.js'

/** An account at the exchange, connected. */
export interface ExchangeAccount {
  readonly venue: BinanceVenue
  /** UTC ms: fundings count from then on. */
  readonly startedAtMs: number
  /** Rejects with a Mistake that says what to change where the account must not trade like this. */
  readonly ready: Promise<StartedUp>
  view(): ExchangeView
  close(): Promise<void>
}

export interface ExchangeAccountWish {
  readonly at: Endpoints
  readonly credentials: Credentials
  readonly symbols: readonly string[]
  /** They are those of a session that was put together before. */
  readonly areKept: boolean
  /** Of the session, UTC ms. */
  readonly startedAtMs: number
  /** Folder of the execution side's journal: it knows every order that was ever sent. */
  readonly journal: string
  /** Of whose risk: margin must not forbid what it allows. */
  readonly risk: Pick<RiskConfig, 'leverageMax'>
}

/** Connects to an account; what was sent by earlier processes of the session is known before anything is sent. */
export async function openExchangeAccount(wish: ExchangeAccountWish): Promise<ExchangeAccount> {
  const { at, credentials, symbols, areKept, startedAtMs } = wish
  const leverage = Math.ceil(wish.risk.leverageMax)
  const { usedOrders, funding } = await earlierProcesses(wish.journal)
  const settings = { symbols, areKept, leverage, ...funding.base({ startedAtMs, nowMs: gridTime.epochMs() }) }
  const rest = new RestMachine({ signer: credentials })
  const userStream = new UserStream()
  const machine = new VenueMachine({
    rest,
    userStream,
    marketStreams: new MarketStreams(),
    settings,
    usedOrders,
  })
  let settle: { resolve(told: StartedUp): void; reject(error: Error): void } | undefined
  const ready = new Promise<StartedUp>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // Whoever goes on without it asks later.
  ready.catch(() => {})
  const log = exchangeLog('account', { quiet: false, nowMs: () => gridTime.epochMs() })
  const wire = new BinanceWire(at)
  const venue = new BinanceVenue({
    machine,
    wire,
    timer: gridTime,
    report(told) {
      if (told.kind === 'ready') settle!.resolve(told)
      else if (told.kind === 'refused') settle!.reject(refusalOf(at, told))
      else log(told)
    },
  })
  venue.start()
  const view = () =>
    exchangeView('account', rest.usage(gridTime.epochMs()), userStream.view(gridTime.epochMs()).eventAgeMs)
  return { venue, startedAtMs, ready, view, close: () => venue.close() }
}

/** How a connection stands, for a page that shows it. */
export function exchangeView(connection: string, usage: RestUsage, dataAgeMs: number | null): ExchangeView {
  const { weightUsed, weightLimit, orders1m, orders1mLimit, heldUntilMs, bannedUntilMs, offsetMs } = usage
  return {
    ...{ connection, weightUsed, weightLimit, heldUntilMs, bannedUntilMs, dataAgeMs },
    ...{ ordersUsed: orders1m, ordersLimit: orders1mLimit, clockOffsetMs: offsetMs },
  }
}

/** An account that a person has to change, or an exchange that cannot be had. */
function refusalOf({ name }: Endpoints, { problems }: StartRefused): Mistake {
  const told: Problem[] = problems.map(({ code, message }) => ({ message: `${code}: ${message}` }))
  const isAway = problems.every(({ code }) => code === 'ACCOUNT_UNREADABLE')
  return isAway
    ? new SurroundingsFailed(told)
    : new InputMistake(told, { hint: `docs/live.md says what to change at ${name}.` })
}
