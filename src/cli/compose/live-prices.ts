import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { LivePrices, type LivePricesOptions } from '../../adapters/binance/feed/live-prices.js'
import { listedContracts, mostTraded } from '../../adapters/binance/feed/universe.js'
import { BinanceWire } from '../../adapters/binance/io/binance-wire.js'
import { InputMistake, SurroundingsFailed } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { DEFAULT_UNIVERSE, readUniverse } from '../../config/universe.js'
import { PRICES_TO_FIRST_SCAN } from '../../core/eigen/warm-up.js'
import type { ScanArchive } from '../../ports/scan-archive.js'
import { duration, plural } from '../shell/figures-text.js'
import { notice, noticeWarning } from '../shell/terminal.js'
import { exchangeLog } from './alert-log.js'
import { gridTime } from './grid-parts.js'

export interface LivePricesChoice {
  readonly at: Endpoints
  readonly stepMs: number
  readonly universe: LiveUniverse
  readonly signal: AbortSignal
  readonly quiet: boolean
  /** The exchange's own list, an `exchangeInfo`, as it was when the contracts were chosen. */
  listed?(exchangeInfo: unknown): void
  /** Quotes, levels and funding of these are told to `market`; absent: of none. */
  readonly played?: LivePricesOptions['played']
  readonly market?: NonNullable<LivePricesOptions['market']>
}

/** Which contracts to follow. */
export type LiveUniverse =
  /** Of a storage that has its universe already: one that trades no more keeps its place, and has no price. */
  | { readonly kind: 'kept'; readonly symbols: readonly string[] }
  | { readonly kind: 'named'; readonly symbols: readonly string[] }
  | { readonly kind: 'top'; readonly count: number }
  /** Those of the packaged list that trade. */
  | { readonly kind: 'packaged' }

/**
 * Opens the live prices of an exchange.
 *
 * @throws InputMistake for named symbols that cannot be followed; SurroundingsFailed when the exchange lists nothing.
 */
export function openLivePrices(choice: LivePricesChoice): Promise<LivePrices> {
  return LivePrices.open(optionsOf(choice))
}

/** Begins to open them, and waits for nothing. */
export function beginLivePrices(choice: LivePricesChoice): LivePrices {
  return LivePrices.begin(optionsOf(choice))
}

function optionsOf(choice: LivePricesChoice): LivePricesOptions {
  const { at, stepMs, universe, signal, quiet } = choice
  return {
    wire: new BinanceWire(at),
    timer: gridTime,
    clock: gridTime,
    stepMs,
    signal,
    choose: async (ask) => {
      const listed = ask('exchangeInfo')
      return chosenSymbols(choice, await (universe.kind === 'kept' ? orUnlisted(listed) : listed), () =>
        ask('ticker24h'),
      )
    },
    notice: exchangeLog('prices', { quiet, nowMs: () => gridTime.epochMs() }),
    ...present({ played: choice.played, market: choice.market, progress: progressOf(quiet) }),
  }
}

/** What is followed already is followed whether or not the exchange says what it lists. */
function orUnlisted(answer: Promise<unknown>): Promise<unknown> {
  return answer.catch((error: unknown) => {
    if (!(error instanceof SurroundingsFailed)) throw error
    noticeWarning(`${error.message}: what is followed already is followed all the same.`)
    return undefined
  })
}

async function chosenSymbols(
  { universe, quiet, listed: told }: LivePricesChoice,
  exchangeInfo: unknown,
  volumes: () => Promise<unknown>,
): Promise<readonly string[]> {
  if (exchangeInfo === undefined && universe.kind === 'kept') return universe.symbols
  told?.(exchangeInfo)
  const listed = listedContracts(exchangeInfo)
  if (listed === undefined || listed.symbols.length === 0)
    throw new SurroundingsFailed('expected a list of contracts from the exchange, found none that trade')
  switch (universe.kind) {
    case 'top':
      return mostTraded(listed.symbols, await volumes(), universe.count)
    case 'named': {
      const wrong = universe.symbols.flatMap((symbol) => {
        const why = listed.refusal(symbol)
        return why === undefined ? [] : [{ place: '--symbols', message: `${symbol} cannot be followed: ${why}` }]
      })
      if (wrong.length > 0) throw new InputMistake(wrong)
      return universe.symbols
    }
    case 'kept':
      for (const symbol of universe.symbols) {
        const why = listed.refusal(symbol)
        if (why !== undefined) noticeWarning(`${symbol} of the storage has no price: ${why}`)
      }
      return universe.symbols
    case 'packaged': {
      const packaged = readUniverse(DEFAULT_UNIVERSE)
      const left = packaged.filter((symbol) => listed.refusal(symbol) !== undefined)
      if (left.length > 0 && !quiet) notice(`Left out, not traded there: ${someOf(left)}`)
      return packaged.filter((symbol) => listed.refusal(symbol) === undefined)
    }
  }
}

function someOf(symbols: readonly string[]): string {
  const more = symbols.length - SHOWN_SYMBOLS
  return symbols.slice(0, SHOWN_SYMBOLS).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

const SHOWN_SYMBOLS = 12

/** Where the windows are filled from before the first live step. */
export interface WarmUp {
  readonly steps: number
  readonly from: 'klines' | 'storage' | 'nothing'
}

/** Steps that the first scan needs before its own. */
const HISTORY_STEPS = PRICES_TO_FIRST_SCAN - 1
/** An own recording goes on where at most so many steps are missing. */
const GAP_STEPS_MAX = 10

/**
 * Gives live prices what comes before them: for steps of a minute the exchange's klines, for shorter ones, which futures have no
 * klines of, the prices of the storage's own scans where they end at most ten steps before, else nothing.
 */
export async function warmUp(
  live: LivePrices,
  { archive, stepMs, quiet }: { readonly archive: ScanArchive; readonly stepMs: number; readonly quiet: boolean },
): Promise<WarmUp> {
  const say = quiet ? () => {} : notice
  const wanted = `of the ${HISTORY_STEPS} steps that the windows hold`
  if (stepMs === 60_000) {
    const history = await live.klines(HISTORY_STEPS)
    live.warmWith(history)
    for (const { symbol, why } of history.without) noticeWarning(`${symbol} begins without history: ${why}`)
    say(`Warm: ${history.timesMs.length} ${wanted}, from klines of a minute.`)
    return { steps: history.timesMs.length, from: 'klines' }
  }
  const own = await ownHistory(archive, live, stepMs)
  live.warmWith(own)
  const steps = own.timesMs.length
  if (steps > 0) {
    const missing = missingIn(own.timesMs, live.firstMs, stepMs)
    say(`Warm: ${steps} ${wanted}, from the scans of the storage; ${plural(missing, 'step')} missing among them.`)
    return { steps, from: 'storage' }
  }
  const whole = duration((HISTORY_STEPS * stepMs) / 1000)
  say(
    `Cold: there are no klines of ${stepMs / 1000} s, and no scans of the storage that end at most ${GAP_STEPS_MAX} steps ` +
      `before now. All values are there after ${whole}; --bar-seconds 60 starts warm.`,
  )
  return { steps: 0, from: 'nothing' }
}

/** Scans of the storage up to the first live step, back to the first gap that is too long. */
async function ownHistory(
  archive: ScanArchive,
  { symbols, firstMs }: LivePrices,
  stepMs: number,
): Promise<{ timesMs: number[]; rows: Float64Array[] }> {
  let [timesMs, rows]: [number[], Float64Array[]] = [[], []]
  const isBroken = (timeMs: number) =>
    timesMs.length > 0 && (timeMs - timesMs.at(-1)! > (GAP_STEPS_MAX + 1) * stepMs || timeMs <= timesMs.at(-1)!)
  for await (const { record } of archive.after(archive.lastNumber - HISTORY_STEPS)) {
    const timeMs = Number(record.timestampNs / 1_000_000n)
    if (timeMs % stepMs !== 0 || timeMs >= firstMs || record.assets.length !== symbols.length) continue
    if (isBroken(timeMs)) [timesMs, rows] = [[], []]
    timesMs.push(timeMs)
    rows.push(record.prices)
  }
  // Scans of a longer step are no recording of this one, though each lies on its grid.
  const isOther = 2 * missingIn(timesMs, firstMs, stepMs) > timesMs.length
  return isBroken(firstMs) || isOther ? { timesMs: [], rows: [] } : { timesMs, rows }
}

function missingIn(timesMs: readonly number[], firstMs: number, stepMs: number): number {
  return timesMs.length === 0 ? 0 : Math.round((firstMs - timesMs[0]!) / stepMs) - timesMs.length
}

function progressOf(quiet: boolean): NonNullable<LivePricesOptions['progress']> | undefined {
  if (quiet) return undefined
  let told = 0
  return (done, total) => {
    // Ten lines at most, also for hundreds of contracts.
    const tenth = Math.floor((10 * done) / total)
    if (tenth === told) return
    told = tenth
    notice(`Warming up: klines of ${done} of ${total} contracts.`)
  }
}
