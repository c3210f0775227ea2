import { found, InputMistake, Mistake, type Problem } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { type ClockScale, parseScale } from '../../runtime/time/scaled-clock.js'
import { type ServeAddress, serveAddress } from '../compose/serve-address.js'

/** The options of `dolphin executor` as they were typed. */
export interface RawExecutorOptions {
  readonly link: string
  readonly exchange: string
  readonly journal: string
  readonly config?: string
  readonly iMeanFractions?: boolean
  readonly instruments?: string
  readonly symbols?: string
  readonly clock?: string
  readonly serve?: string | true
  readonly tokenFile?: string
  readonly killSwitch?: string
  readonly untilStdinEnds?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface ExecutorOptions {
  readonly link: string
  readonly exchange: string
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
  const symbols = raw.symbols?.split(',')
  const wrong = symbols?.find((symbol) => !/^[A-Z0-9]{2,20}$/.test(symbol))
  if (wrong !== undefined) {
    problems.push({ place: '--symbols', message: `expected symbols such as BTCUSDT,ETHUSDT, found ${found(wrong)}` })
  }
  const clock = raw.clock === undefined ? undefined : parseScale(raw.clock)
  if (raw.clock !== undefined && clock === undefined) {
    problems.push({ place: '--clock', message: `expected speed@epochMs@realEpochMs, found ${found(raw.clock)}` })
  }
  const serve = raw.serve === undefined ? undefined : serveAddress(raw.serve, problems)
  if (problems.length > 0) throw new InputMistake(problems)
  const { tokenFile, killSwitch } = raw
  const { link, exchange, journal, config, instruments } = raw
  return {
    link,
    exchange,
    journal,
    iMeanFractions: raw.iMeanFractions ?? false,
    untilStdinEnds: raw.untilStdinEnds ?? false,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    ...present({ config, instruments, symbols, clock, serve, tokenFile, killSwitch }),
  }
}
