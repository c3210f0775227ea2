import { BinanceMarketData } from '../../adapters/binance/books/binance-market-data.js'
import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { BinanceWire } from '../../adapters/binance/io/binance-wire.js'
import { openMarketRecorder } from '../../adapters/market-parquet/market-recorder.js'
import { InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { DEFAULT_UNIVERSE, readUniverse } from '../../config/universe.js'
import type { ObservationPorts } from '../../runtime/services/observation/observation-service.js'
import { ObservationService } from '../../runtime/services/observation/observation-service.js'
import type { Observer } from '../../runtime/services/observation/observer.js'
import { notice, noticeWarning } from '../shell/terminal.js'
import { exchangeLog } from './alert-log.js'
import { gridTime } from './grid-parts.js'
import type { marketObserver } from './market-observer.js'
import { mostTradedNow } from './most-traded.js'
import { someSymbols } from './recorded-symbols.js'
import { threadedPartEncoder } from './threaded-part-encoder.js'

export interface LiveObservationChoice {
  readonly at: Endpoints
  /** Absent: the packaged list, or so many of the most traded. */
  readonly symbols?: readonly string[] | undefined
  readonly top?: number | undefined
  /** From advance to advance, ms. */
  readonly cadenceMs: number
  /** Where it is recorded; absent: nowhere. */
  readonly record?: string | undefined
  /** Spares what is routine. */
  readonly quiet: boolean
  /** Ends what is waited for before there is a service. */
  readonly signal: AbortSignal
  readonly advanced?: ObservationPorts['advanced']
  /** Where documents are put; absent: nowhere. */
  readonly put?: ObservationPorts['put']
  /** What a kill costs a recording at most, ms. */
  readonly flushMs?: number
  readonly openInterestEveryMs?: number
  /** Whether it begins with the candles of before; it does unless that is false. */
  readonly warmUp?: boolean
}

export interface LiveObservation {
  readonly symbols: readonly string[]
  readonly observer: Observer
  readonly service: ObservationService
  /** The exchange's clock less the time of the last advance, ms. */
  ageMs(): number | undefined
  /** Gives the recording back where the service was never started. */
  abandon(): Promise<void>
}

/**
 * The market of an exchange, observed; what it is made of is its own, and ends with it.
 *
 * @throws InputMistake when the recording cannot be used; SurroundingsFailed when the exchange refuses to say what is traded most.
 */
export async function openLiveObservation(
  choice: LiveObservationChoice,
  observerOf: typeof marketObserver,
): Promise<LiveObservation> {
  const { at, cadenceMs, record, quiet, advanced, put, signal } = choice
  const { flushMs = FLUSH_MS, openInterestEveryMs = OPEN_INTEREST_MS, warmUp = true } = choice
  const symbols = await symbolsOf(choice)
  signal.throwIfAborted()
  const recorder =
    record === undefined
      ? undefined
      : await openMarketRecorder({
          folder: record,
          facts: { stepMs: cadenceMs, books: 'partial', scales: {} },
          ...{ clock: gridTime, timer: gridTime, flushMs },
          encode: threadedPartEncoder({ warn: noticeWarning }),
          report: ({ level, message }) => {
            if (level !== 'INFO') noticeWarning(message)
            else if (!quiet) notice(message)
          },
        })
  const observer = observerOf({ symbols, books: 'partial' })
  const market = new BinanceMarketData({ wire: new BinanceWire(at), timer: gridTime })
  const service = new ObservationService(
    { symbols, cadenceMs, openInterestEveryMs, settledFundingEveryMs: SETTLED_FUNDING_MS, warmUp },
    {
      ...{ market, time: gridTime, observer },
      warn: noticeWarning,
      tell: quiet ? () => {} : notice,
      notice: exchangeLog('market', { quiet, nowMs: () => gridTime.epochMs() }),
      ...present({ recorder, advanced, put, listed: choice.symbols && refuseUnlisted(choice.symbols, at) }),
    },
  )
  const ageMs = (): number | undefined => {
    const [nowMs, { advancedMs }] = [market.exchangeMs(), service.figures()]
    return nowMs === undefined || advancedMs === null ? undefined : nowMs - advancedMs
  }
  const abandon = async (): Promise<void> => recorder?.close()
  return { symbols, observer, service, ageMs, abandon }
}

/** What was typed and does not trade is a mistake; what a list names may come. */
function refuseUnlisted(symbols: readonly string[], at: Endpoints): NonNullable<ObservationPorts['listed']> {
  let isFirst = true
  return (contracts) => {
    const listed = new Set(contracts.map(({ symbol }) => symbol))
    const missing = symbols.filter((symbol) => !listed.has(symbol))
    if (isFirst && missing.length > 0)
      throw new InputMistake({ place: '--symbols', message: `${someSymbols(missing)} does not trade at ${at.name}` })
    isFirst = false
  }
}

/** What a kill loses at most. */
const FLUSH_MS = 60_000
const OPEN_INTEREST_MS = 60_000
const SETTLED_FUNDING_MS = 3_600_000

async function symbolsOf({ symbols, top, at, signal }: LiveObservationChoice): Promise<readonly string[]> {
  if (top !== undefined) return mostTradedNow({ at, count: top, signal })
  return symbols ?? readUniverse(DEFAULT_UNIVERSE)
}
