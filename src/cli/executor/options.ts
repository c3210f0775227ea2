import { type Endpoints, endpointsOf } from '../../adapters/binance/endpoints.js'
import { found, InputMistake, Mistake, type Problem } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { Conditions } from '../../core/mode/mode.js'
import { type ClockScale, parseScale } from '../../runtime/time/scaled-clock.js'
import { parseRunsUnder } from '../compose/runs-under.js'
import { type ServeAddress, serveAddress } from '../compose/serve-address.js'

/** The options of `dolphin executor` as they were typed. */
export interface RawExecutorOptions {
  readonly link: string
  readonly exchange?: string
  readonly exchangeAt?: string
  readonly sinceMs?: string
  readonly journal: string
  readonly config?: string
  readonly iMeanFractions?: boolean
  readonly instruments?: string
  readonly symbols?: string
  readonly clock?: string
  readonly runsUnder?: string
  readonly serve?: string | true
  readonly tokenFile?: string
  readonly killSwitch?: string
  readonly untilStdinEnds?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface ExecutorOptions {
  readonly link: string
  /** The socket of a paper exchange, or where the exchange is that it connects to itself. */
  readonly exchange: string | Endpoints
  /** UTC ms at which the session began; absent: now. */
  readonly sinceMs?: number
  readonly journal: string
  /** Absent: the packaged one. */
  readonly config?: string
  /** Values in it that are probably percentages are meant. */
  readonly iMeanFractions: boolean
  readonly instruments?: string
  /** Absent: every symbol of the trading rules. */
  readonly symbols?: readonly string[]
  /** Absent: nothing is served. */
  readonly serve?: ServeAddress
  readonly tokenFile?: string
  /** Absent: beside the journal. */
  readonly killSwitch?: string
  /** Absent: the machine's own clock. */
  readonly clock?: ClockScale
  /** What its `/status` says of it; absent: as on paper. */
  readonly conditions?: Conditions
  readonly untilStdinEnds: boolean
  readonly json: boolean
  readonly quiet: boolean
}

/** Checks the options. Throws {@link Mistake} with every wrong one. */
export function executorOptions(raw: RawExecutorOptions): ExecutorOptions {
  const problems: Problem[] = []
  for (const option of ['link', 'exchange', 'journal', 'config', 'instruments'] as const) {
    const expected =
      option === 'journal' ? 'a folder' : option === 'link' || option === 'exchange' ? 'a path' : 'a file'
    if (raw[option] === '') problems.push({ place: `--${option}`, message: `expected ${expected}, found ""` })
  }
  if (raw.link !== '' && raw.link === raw.exchange) {
    problems.push({ place: '--exchange', message: `expected another socket than --link, found ${found(raw.exchange)}` })
  }
  const exchange = exchangeOf(raw, problems)
  const sinceMs = raw.sinceMs === undefined ? undefined : Number(raw.sinceMs)
  if (raw.sinceMs !== undefined && !/^[1-9]\d{0,15}$/.test(raw.sinceMs))
    problems.push({ place: '--since-ms', message: `expected UTC ms, found ${found(raw.sinceMs)}` })
  const symbols = raw.symbols?.split(',')
  const wrong = symbols?.find((symbol) => !/^[A-Z0-9]{2,20}$/.test(symbol))
  if (wrong !== undefined) {
    problems.push({ place: '--symbols', message: `expected symbols such as BTCUSDT,ETHUSDT, found ${found(wrong)}` })
  }
  const clock = raw.clock === undefined ? undefined : parseScale(raw.clock)
  if (raw.clock !== undefined && clock === undefined) {
    problems.push({ place: '--clock', message: `expected speed@epochMs@realEpochMs, found ${found(raw.clock)}` })
  }
  const conditions = raw.runsUnder === undefined ? undefined : parseRunsUnder(raw.runsUnder)
  if (raw.runsUnder !== undefined && conditions === undefined) {
    const expected = 'environment,certificate[,expiresAtMs]'
    problems.push({ place: '--runs-under', message: `expected ${expected}, found ${found(raw.runsUnder)}` })
  }
  const serve = raw.serve === undefined ? undefined : serveAddress(raw.serve, problems)
  if (problems.length > 0) throw new InputMistake(problems)
  const { tokenFile, killSwitch } = raw
  const { link, journal, config, instruments } = raw
  return {
    link,
    exchange: exchange!,
    journal,
    iMeanFractions: raw.iMeanFractions ?? false,
    untilStdinEnds: raw.untilStdinEnds ?? false,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    ...present({ config, instruments, symbols, clock, conditions, serve, tokenFile, killSwitch, sinceMs }),
  }
}

/** One of both: who fills its orders. */
function exchangeOf({ exchange, exchangeAt }: RawExecutorOptions, problems: Problem[]): string | Endpoints | undefined {
  if ((exchange === undefined) === (exchangeAt === undefined)) {
    const word = exchange === undefined ? 'neither' : 'both'
    problems.push({ place: '--exchange', message: `expected one of --exchange and --exchange-at, found ${word}` })
    return undefined
  }
  if (exchangeAt === undefined) return exchange
  try {
    return endpointsOf(exchangeAt)
  } catch (error) {
    if (!(error instanceof InputMistake)) throw error
    problems.push({ place: '--exchange-at', message: error.message })
    return undefined
  }
}
