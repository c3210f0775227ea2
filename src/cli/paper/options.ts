import { found, InputMistake, Mistake, type Problem } from '../../base/mistakes.js'
import { didYouMean } from '../../base/suggest.js'
import type { FillMode } from '../../ports/vocabulary/paper.js'
import { type BacktestOptions, backtestOptions, type RawBacktestOptions } from '../backtest/options.js'
import type { ServeChoice } from '../compose/serve-address.js'
import type { SessionChoice } from '../compose/session-settings.js'
import { type RawSessionStatusOptions, sessionStatusOptions } from './serve-options.js'

/** The options that `dolphin backtest` has too, and that mean the same there. */
type SharedOption =
  | 'from'
  | 'to'
  | 'config'
  | 'direction'
  | 'set'
  | 'research'
  | 'capital'
  | 'posture'
  | 'volGate'
  | 'factors'
  | 'betaPolicy'
  | 'betaThreshold'
  | 'orderBook'
  | 'forewarner'
  | 'forewarnerTrades'

/** The options of `dolphin paper` as they were typed. */
export interface RawPaperOptions extends Pick<RawBacktestOptions, SharedOption>, RawSessionStatusOptions {
  readonly days?: readonly string[]
  readonly fills: string
  readonly seed: string
  readonly execution?: string
  readonly instruments?: string
  readonly out?: string
  readonly resume?: boolean
  readonly speed: string
  readonly executor: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface PaperOptions extends SessionChoice {
  readonly speed: number | 'max'
  readonly executor: 'in-process' | 'process'
  readonly serve: ServeChoice
  readonly json: boolean
  readonly quiet: boolean
}

const FILLS: readonly string[] = ['realistic', 'bar-price'] satisfies FillMode[]
const EXECUTORS: readonly string[] = ['in-process', 'process']
/** Beyond it the pauses that a machine makes by itself look like a lost link. */
const CLOCK_SPEED_MAX = 50

/** Checks the options. Throws {@link Mistake} with every wrong one. */
export function paperOptions(raw: RawPaperOptions): PaperOptions {
  if (raw.days === undefined) {
    throw new InputMistake('--days is missing: live prices come from an exchange adapter, and this version has none', {
      hint: 'dolphin paper --days <folder> trades recorded days; dolphin data synth or dolphin data build make some.',
    })
  }
  const problems: Problem[] = []
  const wrong = (place: string, message: string): void => {
    problems.push({ place, message })
  }
  for (const [option, known] of [
    ['fills', FILLS],
    ['executor', EXECUTORS],
  ] as const) {
    const text = raw[option]
    if (!known.includes(text)) {
      wrong(`--${option}`, `expected ${known.join(' or ')}, found ${found(text)}${didYouMean(text, known)}`)
    }
  }
  if (!/^\d{1,9}$/.test(raw.seed)) wrong('--seed', `expected an integer from 0 to 999999999, found ${found(raw.seed)}`)
  const speed = raw.speed === 'max' ? 'max' : positive(raw.speed)
  if (speed === undefined) wrong('--speed', `expected a factor above 0 such as 10, or max, found ${found(raw.speed)}`)
  else if (typeof speed === 'number' && speed > CLOCK_SPEED_MAX) {
    wrong('--speed', `expected a factor up to ${CLOCK_SPEED_MAX}, or max, found ${found(raw.speed)}`)
  }
  if (raw.executor === 'process' && speed === 'max') {
    wrong('--speed', `expected a factor up to ${CLOCK_SPEED_MAX} with --executor process, found "max"`)
  }
  if (raw.resume && speed !== 'max') {
    wrong('--resume', 'goes with --speed max: an exchange that plays by the clock does not outlive its process')
  }
  for (const option of ['execution', 'instruments', 'out'] as const) {
    if (raw[option] === '') wrong(`--${option}`, `expected a ${option === 'out' ? 'folder' : 'file'}, found ""`)
  }
  const status = sessionStatusOptions(raw, { byClock: speed !== 'max' }, problems)
  const run = sharedOptions(raw.days, raw, problems)
  if (run === undefined || problems.length > 0) throw new InputMistake(problems)
  const { execution, instruments, out } = raw
  return {
    run,
    inputs: run.inputs,
    period: run.period,
    given: givenOptions(raw),
    fills: raw.fills as FillMode,
    seed: Number(raw.seed),
    resume: raw.resume ?? false,
    speed: speed!,
    executor: raw.executor as PaperOptions['executor'],
    ...status,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    ...(execution === undefined ? {} : { execution }),
    ...(instruments === undefined ? {} : { instruments }),
    ...(out === undefined ? {} : { out }),
  }
}

function sharedOptions(
  days: readonly string[],
  raw: RawPaperOptions,
  problems: Problem[],
): BacktestOptions | undefined {
  const shared = withoutAbsent({
    from: raw.from,
    to: raw.to,
    config: raw.config,
    direction: raw.direction,
    set: raw.set,
    research: raw.research,
    capital: raw.capital,
    posture: raw.posture,
    volGate: raw.volGate,
    factors: raw.factors,
    betaPolicy: raw.betaPolicy,
    betaThreshold: raw.betaThreshold,
    orderBook: raw.orderBook,
    forewarner: raw.forewarner,
    forewarnerTrades: raw.forewarnerTrades,
    quiet: raw.quiet,
  })
  try {
    return backtestOptions(days, shared)
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

/** In the names of the command line, in a fixed order. */
function givenOptions(raw: RawPaperOptions): SessionChoice['given'] {
  return withoutAbsent({
    config: raw.config,
    direction: raw.direction,
    set: raw.set,
    research: raw.research,
    capital: raw.capital,
    posture: raw.posture,
    'vol-gate': raw.volGate,
    factors: raw.factors,
    'beta-policy': raw.betaPolicy,
    'beta-threshold': raw.betaThreshold,
    'order-book': raw.orderBook,
    forewarner: raw.forewarner,
    'forewarner-trades': raw.forewarnerTrades,
    instruments: raw.instruments,
  })
}

function positive(text: string): number | undefined {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  return value > 0 ? value : undefined
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function withoutAbsent<T extends object>(values: T): Present<T> & Record<string, never> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T> &
    Record<string, never>
}
