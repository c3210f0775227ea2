import { join } from 'node:path'
import type { Credentials } from '../../adapters/binance/credentials.js'
import type { Endpoints } from '../../adapters/binance/endpoints.js'
import type { LivePrices } from '../../adapters/binance/feed/live-prices.js'
import { SymbolCatalogue } from '../../adapters/binance/venue/symbol-catalogue.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { present } from '../../base/present.js'
import { loadExecutionConfig } from '../../config/execution-config.js'
import type { InstrumentTable } from '../../config/instruments.js'
import { WARM_UP_MS } from '../../core/session/session-plan.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { LiveMarket } from '../../ports/vocabulary/session.js'
import type { SessionResult } from '../../runtime/session/session.js'
import { type ExchangeAccount, openExchangeAccount, exchangeView as viewOf } from './exchange-account.js'
import type { ExecutorFiles } from './executor-process.js'
import { openGrid } from './grid.js'
import { EMBEDDED_GRID } from './grid-address.js'
import { type BegunMarket, begunMarket } from './grid-market.js'
import { GridParts } from './grid-parts.js'
import { runGridSession } from './grid-session.js'
import type { KeptMarket } from './kept-session.js'
import { runOwnBooks } from './live-books.js'
import { beginLivePrices, type LiveUniverse } from './live-prices.js'
import { LiveScans } from './live-scans.js'
import { LIVE } from './observed-now.js'
import { runOwnObservation } from './own-observation.js'
import { runOwnServices } from './own-services.js'
import type { ServeChoice } from './serve-address.js'
import { type SessionNews, showingSession } from './session-news.js'
import {
  checkFolder,
  meansFractions,
  prepareParts,
  prepareSession,
  type SessionChoice,
  type SessionSetup,
} from './session-settings.js'

/** A session at the prices of now: scanner, grid, trader and both sides in one process, on paper or at the exchange itself. */
export interface LiveSessionChoice {
  readonly session: SessionChoice & { readonly out: string }
  readonly at: Endpoints
  readonly stepMs: number
  readonly symbols?: readonly string[]
  readonly top?: number
  /** Where rows of external factors are kept, which are asked for in this process; absent: nobody asks. */
  readonly externalFactors?: string
  /** Absent: on paper. */
  readonly account?: {
    readonly credentials: Credentials
    /** The same choice with that capital, USD: where nobody says otherwise, it is what the account had. */
    withCapital(usd: string): Pick<SessionChoice, 'run' | 'given'>
  }
  readonly grid: { readonly url: string; readonly file?: string }
  /** The posture of the sensors, in this process, instead of a person's. */
  readonly survival: boolean
  /** What fills cost before, basis points; absent: nothing is known of any. */
  readonly earlierSlippageBps?: readonly number[]
  readonly executor: 'in-process' | ExecutorFiles
  readonly serve: ServeChoice
  readonly bars?: number
  readonly quiet: boolean
  /** For whoever started it. */
  tell(text: string): void
  warn(text: string): void
}

/** Runs it until it is told to stop, or has taken the bars that were asked for. */
export async function runLiveSession(
  choice: LiveSessionChoice,
  signal: AbortSignal,
): Promise<{ readonly setup: SessionSetup; readonly result: SessionResult }> {
  const { session, grid, tell } = choice
  // Before anything is waited for.
  await checkFolder(session.out, session.resume)
  const parts = new GridParts(await openGrid({ url: grid.url, file: grid.file, report: tell }), tell)
  try {
    const begun = session.resume ? await begunMarket(session.out) : undefined
    const quotes = new QuoteRelay()
    const catalogue = new SymbolCatalogue()
    const prices = beginLivePrices({
      at: choice.at,
      stepMs: choice.stepMs,
      universe: universeOf(choice, begun),
      signal,
      quiet: choice.quiet,
      listed: (exchangeInfo) => catalogue.takeExchangeInfo(exchangeInfo),
      ...(choice.account === undefined
        ? { played: (symbols: readonly string[]) => symbols, market: (event: MarketEvent) => quotes.tell(event) }
        : {}),
    })
    try {
      // A session that goes on may hold a position, and knows what it trades: it is watched before there are prices.
      if (begun === undefined) await prices.opened()
      return await trade(choice, { parts, prices, quotes, catalogue, begun, signal })
    } finally {
      await prices.close()
    }
  } finally {
    await parts.close()
  }
}

interface Around {
  readonly parts: GridParts
  readonly prices: LivePrices
  readonly quotes: QuoteRelay
  /** What the exchange lists. */
  readonly catalogue: SymbolCatalogue
  /** Of a session that goes on. */
  readonly begun: BegunMarket | undefined
  readonly signal: AbortSignal
}

async function trade(
  choice: LiveSessionChoice,
  around: Around,
): Promise<{ readonly setup: SessionSetup; readonly result: SessionResult }> {
  const account = await accountOf(choice, around)
  try {
    const setup = await setupOf(choice, { ...around, account })
    for (const line of setup.notices) choice.tell(line)
    const shown = { bars: choice.bars, isVirtual: false, quiet: choice.quiet }
    const result = await showingSession(shown, (news) => run(setup, choice, { ...around, account, news }))
    return { setup, result }
  } finally {
    await account?.close()
  }
}

/** Whatever is filled elsewhere keeps its books there: the account must be open before anything is put together. */
async function accountOf(
  { account, at, session, executor }: LiveSessionChoice,
  { prices, begun, signal }: Around,
): Promise<ExchangeAccount | undefined> {
  if (account === undefined) return undefined
  // An execution side of its own connects by itself; of a new session it must be known before what there is to trade with.
  if (executor !== 'in-process' && begun !== undefined) return undefined
  const { risk } = await loadExecutionConfig(session.execution, { iMeanFractions: meansFractions(session.run) })
  const opened = await openExchangeAccount({
    at,
    risk,
    credentials: account.credentials,
    symbols: begun?.symbols ?? prices.symbols,
    areKept: begun !== undefined,
    startedAtMs: begun?.startedAtMs ?? systemClock.epochMs(),
    journal: join(session.out, 'journal', 'execution'),
  })
  if (begun !== undefined) return opened
  try {
    await unlessAborted(opened.ready, signal)
    if (executor !== 'in-process') await opened.close()
    return opened
  } catch (error) {
    await opened.close()
    throw error
  }
}

async function setupOf(
  choice: LiveSessionChoice,
  { prices, catalogue, begun, account }: Around & { readonly account: ExchangeAccount | undefined },
): Promise<SessionSetup> {
  const { session, at, stepMs } = choice
  const started = begun === undefined ? await account?.ready : undefined
  const walletBalanceUsd = begun?.live?.walletBalanceUsd ?? started?.walletBalanceUsd
  const live: LiveMarket = {
    exchange: at.name,
    stepMs,
    fills: choice.account === undefined ? 'paper' : 'exchange',
    ...present({ walletBalanceUsd }),
  }
  const capital = begun?.capital ?? walletBalanceUsd
  const asked =
    choice.account === undefined || capital === undefined
      ? session
      : { ...session, ...choice.account.withCapital(capital) }
  const files = await prepareParts(asked)
  const symbols = begun?.symbols ?? prices.symbols
  const onPaper = session.instruments === undefined ? paperRules(symbols, catalogue, files.table) : undefined
  const instruments = begun?.instruments ?? started?.instruments ?? onPaper
  const startedAtMs = begun?.startedAtMs ?? account?.startedAtMs ?? systemClock.epochMs() - WARM_UP_MS
  const market = { symbols, firstBarMs: startedAtMs + WARM_UP_MS, stepMs, days: [], live, ...present({ instruments }) }
  return prepareSession(asked, files, market)
}

async function run(
  setup: SessionSetup,
  choice: LiveSessionChoice,
  around: Around & { readonly account: ExchangeAccount | undefined; readonly news: SessionNews },
): Promise<SessionResult> {
  const { parts, prices, quotes, account, news, signal } = around
  const { executor, serve, stepMs, at, quiet, warn, externalFactors, earlierSlippageBps } = choice
  const isOwnGrid = choice.grid.url === EMBEDDED_GRID
  const { symbols } = setup
  const books =
    choice.session.run.books === 'live'
      ? await runOwnBooks(parts, { at, symbols, stepMs, isPublished: isOwnGrid, quiet, signal, warn })
      : undefined
  const observed =
    setup.observe === LIVE ? await runOwnObservation(parts, { at, symbols, quiet, signal, warn }) : undefined
  if (isOwnGrid)
    await runOwnServices(
      parts,
      {
        ...{ run: choice.session.run, posture: setup.run.posture, survival: choice.survival },
        booksOf: books && symbols,
        external: externalFactors === undefined ? undefined : { exchangeAt: at.name, file: externalFactors },
      },
      news,
    )
  const folder = join(setup.parent, setup.session.sessionId)
  const scans = await LiveScans.open(parts, { prices, stepMs, folder, quiet: choice.quiet, warn: choice.warn })
  const filledBy: KeptMarket['filledBy'] =
    choice.account === undefined
      ? { kind: 'quotes', show: (happened) => quotes.listen(happened) }
      : {
          kind: 'exchange',
          venue: executor === 'in-process' ? account?.venue : undefined,
          ...present({ ready: executor === 'in-process' ? account?.ready : undefined }),
        }
  const feedLatencyMs = () => prices.feedLatencyMs()
  const exchangeView = () => [
    viewOf('prices', prices.usage(), prices.stepAgeMs()),
    ...(account === undefined || executor !== 'in-process' ? [] : [account.view()]),
  ]
  try {
    return await runGridSession(
      setup,
      {
        mode: 'live',
        serve,
        executor,
        stepMs,
        ageFrom: 'scan',
        expectsBoost: false,
        ...present({ barsMax: choice.bars }),
      },
      {
        parts,
        news,
        signal,
        scans,
        filledBy,
        exchangeView,
        feedLatencyMs,
        books,
        ...present({ earlierSlippageBps, observations: observed?.observations, observedView: observed?.view }),
      },
    )
  } finally {
    await scans.close()
  }
}

/**
 * The exchange's rules for the paper exchange: its real quotes lie on them. Margins are those of the table where it has any, since
 * only an account may ask for the real ones.
 */
function paperRules(
  symbols: readonly string[],
  catalogue: SymbolCatalogue,
  table: InstrumentTable,
): readonly Instrument[] {
  return symbols.map((symbol) => {
    const known = table.instrument(symbol, 'PAPER')
    const { identity, maxLeverage, maintenanceMarginRate } = known
    const listed = catalogue.get(symbol)
    if (listed === undefined) return known
    return table.listed.has(symbol)
      ? { ...listed, identity, maxLeverage, maintenanceMarginRate }
      : { ...listed, identity }
  })
}

/** A storage keeps its contracts, and so does a session that goes on. */
function universeOf({ symbols, top }: LiveSessionChoice, begun: BegunMarket | undefined): LiveUniverse {
  if (begun !== undefined) return { kind: 'kept', symbols: begun.symbols }
  if (symbols !== undefined) return { kind: 'named', symbols }
  return top === undefined ? { kind: 'packaged' } : { kind: 'top', count: top }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason)
    if (signal.aborted) aborted()
    signal.addEventListener('abort', aborted)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}

/** Quotes come before there is an exchange to show them to; those are of the past by then. */
class QuoteRelay {
  private listener: ((event: MarketEvent) => void) | undefined

  tell(event: MarketEvent): void {
    this.listener?.(event)
  }

  listen(listener: (event: MarketEvent) => void): void {
    this.listener = listener
  }
}
