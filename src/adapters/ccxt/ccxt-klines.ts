import { InputMistake, SurroundingsFailed } from '../../base/mistakes.js'
import { printable } from '../../base/printable.js'
import { didYouMean } from '../../base/suggest.js'
import type { Clock } from '../../ports/clock.js'
import { type CcxtModule, loadCcxt } from './load-ccxt.js'

/** Klines of any exchange that ccxt knows. */
export class CcxtKlines {
  /**
   * Loads ccxt and the exchange's markets.
   *
   * @throws InputMistake for an exchange or an interval that there is not; SurroundingsFailed where ccxt is not installed, or the
   * exchange cannot be asked.
   */
  static async open(settings: CcxtSettings): Promise<CcxtKlines> {
    const ccxt = await loadCcxt(settings.load)
    const { exchange: id, at, interval } = settings
    if (!ccxt.exchanges.includes(id)) {
      throw new InputMistake({
        place: '--exchange',
        message: `expected an exchange that ccxt knows, found "${id}"${didYouMean(id, ccxt.exchanges)}`,
      })
    }
    const Class = (ccxt as unknown as Readonly<Record<string, new (options: object) => Exchange>>)[id]!
    const exchange = new Class({ enableRateLimit: true, options: { fetchCurrencies: false, fetchMargins: false } })
    if (at !== undefined) exchange.urls.api = redirected(exchange.urls.api, at)
    if (!exchange.has.fetchOHLCV || exchange.timeframes?.[interval] === undefined) {
      const known = Object.keys(exchange.timeframes ?? {}).join(', ')
      throw new InputMistake({ place: '--interval', message: `expected one of ${id}: ${known}; found "${interval}"` })
    }
    const klines = new CcxtKlines(exchange, ccxt, settings)
    await klines.loadMarkets()
    return klines
  }

  private constructor(
    private readonly exchange: Exchange,
    private readonly ccxt: CcxtModule,
    private readonly settings: CcxtSettings,
  ) {}

  private async loadMarkets(): Promise<void> {
    const { exchange, signal } = this.settings
    await this.patiently(() => this.exchange.loadMarkets()).catch((error: unknown) => {
      signal.throwIfAborted()
      const message = error instanceof Error ? error.message : String(error)
      throw new SurroundingsFailed(`${exchange} does not say what it lists: ${printable(message).slice(0, 300)}`)
    })
  }

  /** From one bar to the next. */
  get stepMs(): number {
    return this.exchange.parseTimeframe(this.settings.interval) * 1_000
  }

  /** The name of a contract's column, `BTCUSDT`; undefined where the exchange does not have it. */
  columnOf(symbol: string): string | undefined {
    const market = this.market(symbol)
    return market === undefined ? undefined : `${market.base}${market.quote}`
  }

  /**
   * The bars of a UTC day that are over, in order.
   *
   * @throws what ccxt says after five tries, and at once what another try would not change.
   */
  async day(symbol: string, dayMs: number): Promise<readonly CcxtBar[]> {
    const { interval, clock } = this.settings
    const { stepMs } = this
    const market = this.market(symbol)
    const bars: CcxtBar[] = []
    let sinceMs = dayMs
    while (market !== undefined && sinceMs < dayMs + DAY_MS) {
      const limit = Math.min(BARS_PER_CALL, (dayMs + DAY_MS - sinceMs) / stepMs)
      const rows = await this.patiently(() => this.exchange.fetchOHLCV(market.symbol, interval, sinceMs, limit))
      const fresh = rows.filter(([openMs]) => openMs !== undefined && openMs >= sinceMs && openMs < dayMs + DAY_MS)
      for (const [openMs, , , , close, volume] of fresh) {
        if (openMs! + stepMs > clock.epochMs() || !(Number(close) > 0)) continue
        bars.push({
          openMs: Number(openMs),
          close: Number(close),
          volume: volume === undefined ? undefined : Number(volume),
        })
      }
      const lastMs = Number(fresh.at(-1)?.[0] ?? Number.NaN)
      // An exchange that has nothing from here on answers with nothing, or with what was before.
      if (!(lastMs >= sinceMs)) break
      sinceMs = lastMs + stepMs
    }
    return bars
  }

  /** By ccxt's own name (`BTC/USDT:USDT`), or the exchange's; of several with one name the perpetual in that quote. */
  private market(symbol: string): Market | undefined {
    const named = this.exchange.markets?.[symbol]
    if (named !== undefined) return named
    const list: readonly Market[] = [this.exchange.markets_by_id?.[symbol] ?? []].flat()
    return list.find((market) => market?.swap === true && market.linear === true) ?? list[0]
  }

  /** A network that fails, and an exchange that is busy, are asked again, twice as late each time. */
  private async patiently<T>(ask: () => Promise<T>): Promise<T> {
    const { clock, signal } = this.settings
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted()
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof this.ccxt.NetworkError) || tries === TRIES_MAX) throw error
        await clock.sleep(FIRST_WAIT_MS * 2 ** (tries - 1), signal)
      }
    }
  }
}

/** One bar: when it opened, UTC ms, its close, and its volume in base units where that is known. */
export interface CcxtBar {
  readonly openMs: number
  readonly close: number
  readonly volume: number | undefined
}

export interface CcxtSettings {
  /** As ccxt calls it: `bybit`, `okx`, `binanceusdm`. */
  readonly exchange: string
  /** Origin to which its requests go instead; absent: its own. */
  readonly at?: string
  readonly interval: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly load?: () => Promise<CcxtModule>
}

const DAY_MS = 86_400_000
const BARS_PER_CALL = 1_000
const TRIES_MAX = 5
const FIRST_WAIT_MS = 1_000

type Exchange = InstanceType<CcxtModule['Exchange']>
type Market = NonNullable<Exchange['markets']>[string]

/** The same addresses behind another origin. */
function redirected(urls: unknown, origin: string): never {
  if (typeof urls === 'string') return urls.replace(/^https?:\/\/[^/]+/, origin) as never
  if (typeof urls !== 'object' || urls === null) return urls as never
  return Object.fromEntries(Object.entries(urls).map(([key, value]) => [key, redirected(value, origin)])) as never
}
