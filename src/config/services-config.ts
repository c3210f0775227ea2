import { InputMistake, type Problem } from '../base/mistakes.js'
import { present } from '../base/present.js'
import type { BetaPolicy } from '../core/breaker/breaker.js'
import { W750_SCANS, type W750Scans } from '../core/breaker/scan-factors.js'
import type { BookStream } from '../ports/market-data.js'
import { POSTURES, type Posture } from '../ports/vocabulary/market.js'
import { BOOK_WORDS, type BookWord, bookStreamOf } from './book-words.js'
import { file, orNull, type ValueCheck, whole } from './execution-values.js'
import { FLOWS_CHECKS, FLOWS_DEFAULTS, type FlowsConfig, flowsConfigOf } from './flows-config.js'
import { readSections, sectionedValues } from './sectioned-values.js'
import type { ConfigDocument } from './yaml-document.js'

/** What is in force without a file, key by key; the packaged `configs/services.yml` says the same. */
export const SERVICES_CONFIG_DEFAULTS = {
  'grid.url': 'embedded',
  'grid.call_max_ms': 1_000,
  'survival.every_ms': 5_000,
  'survival.posture': 'auto',
  'survival.order_book': false,
  'breaker.factors': null,
  'breaker.w750': 'last-10',
  'breaker.beta_policy': 'expanding',
  'breaker.beta_threshold': null,
  'forewarner.every_hours': 4,
  'forewarner.trades': null,
  'forewarner.strategy': null,
  'external_factors.exchange_at': 'production',
  'external_factors.deribit_url': null,
  'external_factors.fng_url': null,
  'external_factors.file': 'factors/factors.csv',
  'order_book.exchange_at': 'production',
  'order_book.symbols': 'universe',
  'order_book.top': null,
  'order_book.bar_seconds': 5,
  'order_book.books': 'diffs',
  'order_book.books_every_ms': 100,
  'order_book.open_interest_seconds': 60,
  'order_book.mark_seconds': 10,
  'order_book.record_trades': false,
  'order_book.funding_seconds': 300,
  'order_book.file': 'ob_cache/latest_ob_features.json',
  'order_book.record': null,
  'order_book.flush_seconds': 60,
  'order_book_universe.exchange_at': 'production',
  'order_book_universe.record': null,
  'order_book_universe.flush_seconds': 300,
  'observation.exchange_at': 'production',
  'observation.symbols': 'universe',
  'observation.top': null,
  'observation.cadence_ms': 1_000,
  'observation.open_interest_seconds': 60,
  'observation.warm_up': true,
  'observation.record': null,
  'observation.flush_seconds': 60,
  ...FLOWS_DEFAULTS,
} as const

/** The services, as a person configured them. */
export interface ServicesConfig {
  readonly grid: {
    /** `embedded`, or `hazelcast://host:port[,host:port…][/cluster]`. */
    readonly url: string
    readonly callMaxMs: number
  }
  readonly survival: {
    readonly everyMs: number
    /** What a person said; absent: what the sensors say. */
    readonly posture?: Posture
    readonly orderBook: boolean
  }
  readonly breaker: {
    /** A CSV of daily factors. */
    readonly factors?: string
    readonly w750Scans: W750Scans
    readonly betaPolicy: BetaPolicy
    /** There with the `fixed` policy, and only there. */
    readonly fixedThreshold?: number
  }
  readonly forewarner: {
    readonly everyMs: number
    /** A file of closed trades. */
    readonly trades?: string
    /** The configuration of the strategy whose leverage is asked about. Absent: the packaged champion's. */
    readonly strategy?: string
  }
  readonly externalFactors: {
    /** `production`, `demo`, or the address of a sandbox. */
    readonly exchangeAt: string
    /** Absent: Deribit's own; that of the sandbox where the exchange is one. */
    readonly deribitUrl?: string
    /** Absent: alternative.me's own; that of the sandbox where the exchange is one. */
    readonly fngUrl?: string
    /** Where the rows of days go, a CSV. */
    readonly file: string
  }
  readonly orderBook: OrderBookConfig
  readonly universe: {
    /** `production`, `demo`, or the address of a sandbox. */
    readonly exchangeAt: string
    /** The folder of the recording; absent: nothing is recorded. */
    readonly record?: string
    /** How long a row waits at most before it is written. */
    readonly flushMs: number
  }
  readonly observation: ObservationConfig
  readonly flows: FlowsConfig
}

export interface ObservationConfig {
  /** `production`, `demo`, or the address of a sandbox. */
  readonly exchangeAt: string
  /** Those of the packaged list, or these. */
  readonly symbols: 'universe' | readonly string[]
  /** Instead, so many of the most traded. */
  readonly top?: number
  /** From advance to advance. */
  readonly cadenceMs: number
  readonly openInterestEveryMs: number
  /** Whether it begins with the candles of before. */
  readonly warmUp: boolean
  /** The folder of the recording; absent: nothing is recorded. */
  readonly record?: string
  readonly flushMs: number
}

export interface OrderBookConfig {
  /** `production`, `demo`, or the address of a sandbox. */
  readonly exchangeAt: string
  /** Those of the packaged list, all that are listed, or these. */
  readonly symbols: 'universe' | 'listed' | readonly string[]
  /** Instead, so many of the most traded. */
  readonly top?: number
  readonly stepMs: number
  readonly books: BookStream
  /** Absent: open interest is not asked for. */
  readonly openInterestEveryMs?: number
  /** Absent: marks are not recorded. */
  readonly marksEveryMs?: number
  /** Whether the recording has every trade; absent: it has none. */
  readonly recordTrades?: boolean
  /** How often the recording asks for settled funding; absent: never. */
  readonly settledFundingEveryMs?: number
  /** Where the features of the last bar stand, too; absent: nowhere. */
  readonly file?: string
  /** The folder of the recording; absent: nothing is recorded. */
  readonly record?: string
  readonly flushMs: number
}

type Key = keyof typeof SERVICES_CONFIG_DEFAULTS
type Values = Record<Key, unknown>

/**
 * Reads the configuration of the services; what a file leaves out has its default value, and without a file everything has.
 *
 * @throws InputMistake with every mistake: file, line, key, what was expected, what was found.
 */
export async function loadServicesConfig(path?: string): Promise<ServicesConfig> {
  if (path === undefined) return configOf({ ...SERVICES_CONFIG_DEFAULTS })
  const document = await readSections(path)
  const { values, problems } = sectionedValues<Key>(document, SERVICES_CONFIG_DEFAULTS, valueCheck)
  const all = [...problems, ...thresholdProblems(values, document)]
  if (all.length > 0) throw new InputMistake(all)
  return configOf(values)
}

const BETA_POLICIES: readonly BetaPolicy[] = ['expanding', 'full-sample', 'fixed']
const SYMBOLS = /^[^\s,]+(,[^\s,]+)*$/
const GRID_URL = /^hazelcast:\/\/[^\s/,:]+:\d{1,5}(,[^\s/,:]+:\d{1,5})*(\/[^\s/]+)?$/

const TRUE_OR_FALSE: ValueCheck = { expected: 'true or false', fits: (value) => typeof value === 'boolean' }

/** The checks, key by key. */
const CHECKS: Readonly<Record<Key, ValueCheck>> = {
  'grid.url': {
    expected: "'embedded' or hazelcast://host:port[,host:port…][/cluster]",
    fits: (value) => typeof value === 'string' && (value === 'embedded' || GRID_URL.test(value)),
  },
  'grid.call_max_ms': whole(),
  'survival.every_ms': {
    // Readers take a posture that is older than 60 s for none.
    expected: 'a whole number from 1000 to 30000',
    fits: (value) => Number.isInteger(value) && (value as number) >= 1_000 && (value as number) <= 30_000,
  },
  'survival.posture': oneOf(['auto', ...POSTURES]),
  'survival.order_book': TRUE_OR_FALSE,
  'breaker.factors': orNull(file('a file of daily factors')),
  'breaker.w750': oneOf(W750_SCANS),
  'breaker.beta_policy': oneOf(BETA_POLICIES),
  'breaker.beta_threshold': orNull({ expected: 'a number', fits: (value) => Number.isFinite(value) }),
  'forewarner.every_hours': oneOf([1, 2, 3, 4, 6, 8, 12, 24]),
  'forewarner.trades': orNull(file('a file of closed trades')),
  'forewarner.strategy': orNull(file('a strategy configuration')),
  'external_factors.exchange_at': file('production, demo or an address'),
  'external_factors.deribit_url': orNull(file('an address')),
  'external_factors.fng_url': orNull(file('an address')),
  'external_factors.file': file('a file for the rows of days'),
  'order_book.exchange_at': file('production, demo or an address'),
  'order_book.symbols': {
    expected: "'universe', 'listed', or contracts such as BTCUSDT,ETHUSDT, each once",
    fits: (value) => typeof value === 'string' && SYMBOLS.test(value) && isEachOnce(value.split(',')),
  },
  'order_book.top': orNull(whole()),
  'order_book.bar_seconds': {
    expected: '60, or a whole number of seconds that divides it',
    fits: (value) => Number.isInteger(value) && (value as number) > 0 && 60 % (value as number) === 0,
  },
  'order_book.books': oneOf(BOOK_WORDS),
  'order_book.books_every_ms': oneOf([100, 250, 500]),
  'order_book.open_interest_seconds': orNull(whole()),
  'order_book.mark_seconds': orNull(whole()),
  'order_book.record_trades': TRUE_OR_FALSE,
  'order_book.funding_seconds': orNull(whole()),
  'order_book.file': orNull(file('a file')),
  'order_book.record': orNull(file('a folder')),
  'order_book.flush_seconds': whole(),
  'order_book_universe.exchange_at': file('production, demo or an address'),
  'order_book_universe.record': orNull(file('a folder')),
  'order_book_universe.flush_seconds': whole(),
  'observation.exchange_at': file('production, demo or an address'),
  'observation.symbols': {
    expected: "'universe', or contracts such as BTCUSDT,ETHUSDT, each once",
    fits: (value) => typeof value === 'string' && SYMBOLS.test(value) && isEachOnce(value.split(',')),
  },
  'observation.top': orNull(whole()),
  'observation.cadence_ms': {
    expected: 'a whole number from 100 to 60000 that divides 60000',
    fits: (value) => Number.isInteger(value) && (value as number) >= 100 && 60_000 % (value as number) === 0,
  },
  'observation.open_interest_seconds': whole(),
  'observation.warm_up': TRUE_OR_FALSE,
  'observation.record': orNull(file('a folder')),
  'observation.flush_seconds': whole(),
  ...FLOWS_CHECKS,
}

function valueCheck(key: string): ValueCheck {
  return CHECKS[key as Key]
}

function thresholdProblems(values: Values, document: ConfigDocument): Problem[] {
  const isFixed = values['breaker.beta_policy'] === 'fixed'
  const isGiven = values['breaker.beta_threshold'] !== null
  if (isFixed === isGiven) return []
  const message = isFixed
    ? "breaker.beta_threshold: expected a number, which the policy 'fixed' needs, found nothing"
    : `breaker.beta_threshold: expected null: the policy '${String(values['breaker.beta_policy'])}' finds its own`
  return [{ place: document.keyPlace(isGiven ? ['breaker', 'beta_threshold'] : ['breaker', 'beta_policy']), message }]
}

function configOf(values: Values): ServicesConfig {
  const posture = values['survival.posture'] as Posture | 'auto'
  const optional = <T>(key: Key): T | undefined => (values[key] ?? undefined) as T | undefined
  return {
    grid: { url: values['grid.url'] as string, callMaxMs: values['grid.call_max_ms'] as number },
    survival: {
      everyMs: values['survival.every_ms'] as number,
      orderBook: values['survival.order_book'] as boolean,
      ...present({ posture: posture === 'auto' ? undefined : posture }),
    },
    breaker: {
      w750Scans: values['breaker.w750'] as W750Scans,
      betaPolicy: values['breaker.beta_policy'] as BetaPolicy,
      ...present({
        factors: optional<string>('breaker.factors'),
        fixedThreshold: optional<number>('breaker.beta_threshold'),
      }),
    },
    forewarner: {
      everyMs: (values['forewarner.every_hours'] as number) * 3_600_000,
      ...present({
        trades: optional<string>('forewarner.trades'),
        strategy: optional<string>('forewarner.strategy'),
      }),
    },
    externalFactors: {
      exchangeAt: values['external_factors.exchange_at'] as string,
      file: values['external_factors.file'] as string,
      ...present({
        deribitUrl: optional<string>('external_factors.deribit_url'),
        fngUrl: optional<string>('external_factors.fng_url'),
      }),
    },
    orderBook: orderBookOf(values),
    universe: {
      exchangeAt: values['order_book_universe.exchange_at'] as string,
      flushMs: secondsOf(values['order_book_universe.flush_seconds'])!,
      ...present({ record: optional<string>('order_book_universe.record') }),
    },
    observation: observationOf(values),
    flows: flowsConfigOf(values),
  }
}

function observationOf(values: Values): ObservationConfig {
  const symbols = values['observation.symbols'] as string
  return {
    exchangeAt: values['observation.exchange_at'] as string,
    symbols: symbols === 'universe' ? symbols : symbols.split(','),
    cadenceMs: values['observation.cadence_ms'] as number,
    openInterestEveryMs: secondsOf(values['observation.open_interest_seconds'])!,
    warmUp: values['observation.warm_up'] as boolean,
    flushMs: secondsOf(values['observation.flush_seconds'])!,
    ...present({
      top: (values['observation.top'] ?? undefined) as number | undefined,
      record: (values['observation.record'] ?? undefined) as string | undefined,
    }),
  }
}

function orderBookOf(values: Values): OrderBookConfig {
  const symbols = values['order_book.symbols'] as string
  const optional = <T>(key: Key): T | undefined => (values[key] ?? undefined) as T | undefined
  return {
    exchangeAt: values['order_book.exchange_at'] as string,
    symbols: symbols === 'universe' || symbols === 'listed' ? symbols : symbols.split(','),
    stepMs: secondsOf(values['order_book.bar_seconds'])!,
    books: bookStreamOf(
      values['order_book.books'] as BookWord,
      values['order_book.books_every_ms'] as BookStream['everyMs'],
    ),
    recordTrades: values['order_book.record_trades'] as boolean,
    flushMs: secondsOf(values['order_book.flush_seconds'])!,
    ...present({
      top: optional<number>('order_book.top'),
      openInterestEveryMs: secondsOf(values['order_book.open_interest_seconds']),
      marksEveryMs: secondsOf(values['order_book.mark_seconds']),
      settledFundingEveryMs: secondsOf(values['order_book.funding_seconds']),
      file: optional<string>('order_book.file'),
      record: optional<string>('order_book.record'),
    }),
  }
}

/** Milliseconds; undefined for null. */
function secondsOf(value: unknown): number | undefined {
  return value === null ? undefined : (value as number) * 1_000
}

function isEachOnce(names: readonly string[]): boolean {
  return new Set(names).size === names.length
}

function oneOf(names: readonly (string | number)[]): ValueCheck {
  const shown = names.map((name) => (typeof name === 'string' ? `'${name}'` : String(name)))
  return {
    expected: `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`,
    fits: (value) => names.includes(value as string | number),
  }
}
