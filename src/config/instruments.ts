import { readFileSync } from 'node:fs'
import { assert } from '../base/assert.js'
import { Exact } from '../base/exact.js'
import { found, InputMistake, Mistake, type Problem } from '../base/mistakes.js'
import { didYouMean } from '../base/suggest.js'
import { packageFile } from '../files/package-files.js'
import { reason } from '../files/reason.js'
import type { Instrument } from '../ports/vocabulary/instrument.js'
import { parseJsonDocument } from './json-document.js'

/** The packaged trading rules; the file itself says where each of them comes from. */
export const DEFAULT_INSTRUMENTS = packageFile('configs', 'instruments.json')

/** Trading rules by symbol. A symbol that the file does not list has the file's default rules. */
export interface InstrumentTable {
  readonly path: string
  /** The venue whose rules these are, `BINANCE_USDM`. */
  readonly exchange: string
  readonly listed: ReadonlySet<string>
  /** A perpetual that trades, with its rules; `exchange` is the venue it is traded at, where that is another (`PAPER`). */
  instrument(symbol: string, exchange?: string): Instrument
}

/** Reads a file of trading rules. Throws {@link Mistake} with every mistake: file, key, what was expected, what was found. */
export function loadInstruments(path = DEFAULT_INSTRUMENTS): InstrumentTable {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputMistake({ place: path, message: `cannot read trading rules: ${reason(error)}` })
  }
  return parseInstruments(text, path)
}

/** The rules of a file that has been read already. */
export function parseInstruments(text: string, path: string): InstrumentTable {
  const document = parseObject(text, path)
  const check = new RuleCheck(path)
  check.keys('', document, ['description', 'source', 'exchange', 'default', 'symbols'])
  const exchange = check.text('exchange', document.exchange)
  const fallback = check.rules('default', document.default, undefined)
  const rules = new Map<string, Rules>()
  for (const [symbol, given] of Object.entries(check.object('symbols', document.symbols))) {
    rules.set(symbol, check.rules(`symbols.${symbol}`, given, fallback))
  }
  check.done()
  return {
    path,
    exchange,
    listed: new Set(rules.keys()),
    instrument: (symbol, venue = exchange) => ({
      identity: { symbol, exchange: venue, contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
      status: 'TRADING',
      ...(rules.get(symbol) ?? fallback),
    }),
  }
}

/** Instruments as a file of trading rules; those of one venue, one at least. */
export function instrumentsText(instruments: readonly Instrument[]): string {
  const rules = instruments.map((instrument) => [instrument.identity.symbol, rulesOf(instrument)] as const)
  const [first] = instruments
  assert(first !== undefined, 'there is an instrument to write the rules of')
  const document = { exchange: first.identity.exchange, default: rulesOf(first), symbols: Object.fromEntries(rules) }
  return `${JSON.stringify(document, null, 2)}\n`
}

function rulesOf(instrument: Instrument): Rules {
  const { identity: _, status: __, ...rules } = instrument
  // A venue without a least notional has one that nothing falls below.
  return { ...rules, minNotionalUsd: new Exact(rules.minNotionalUsd).isZero() ? LEAST_USD : rules.minNotionalUsd }
}

const LEAST_USD = '0.00000001'

type Rules = Omit<Instrument, 'identity' | 'status'>

const DECIMALS = [
  'tickSize',
  'lotSize',
  'minQuantity',
  'maxQuantity',
  'minNotionalUsd',
  'priceBand',
  'maintenanceMarginRate',
] as const
const RULES = [...DECIMALS, 'maxLeverage'] as const

function parseObject(text: string, path: string): Readonly<Record<string, unknown>> {
  const json = parseJsonDocument(text, path, 'trading rules')
  if (!isObject(json)) throw new InputMistake({ place: path, message: `expected an object, found ${found(json)}` })
  return json
}

/** More than any venue offers. */
const LEVERAGE_MAX = 1000

/** Collects what is wrong, so that one run shows all of it. */
class RuleCheck {
  private readonly problems: Problem[] = []

  constructor(private readonly path: string) {}

  done(): void {
    if (this.problems.length > 0) throw new InputMistake(this.problems)
  }

  text(key: string, value: unknown): string {
    if (typeof value === 'string' && value !== '') return value
    this.expected(key, 'a name', value)
    return ''
  }

  object(key: string, value: unknown): Readonly<Record<string, unknown>> {
    if (isObject(value)) return value
    this.expected(key, 'an object', value)
    return {}
  }

  keys(key: string, value: Readonly<Record<string, unknown>>, known: readonly string[]): void {
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) {
        const full = key === '' ? name : `${key}.${name}`
        this.problems.push({ place: this.path, message: `${full}: no such key${didYouMean(name, known)}` })
      }
    }
  }

  /** One symbol's rules over the default ones; without those every rule must be given but the smallest quantity. */
  rules(key: string, given: unknown, fallback: Rules | undefined): Rules {
    const rules = this.object(key, given)
    this.keys(key, rules, RULES)
    const decimal = (name: (typeof DECIMALS)[number]) =>
      rules[name] === undefined && fallback !== undefined ? fallback[name] : this.decimal(`${key}.${name}`, rules[name])
    const lotSize = decimal('lotSize')
    const minQuantity = rules.minQuantity === undefined ? lotSize : decimal('minQuantity')
    const maxQuantity = decimal('maxQuantity')
    this.below1(`${key}.maintenanceMarginRate`, rules.maintenanceMarginRate)
    if (!new Exact(minQuantity).mod(lotSize).isZero()) {
      this.expected(`${key}.minQuantity`, `a multiple of the lot ${lotSize}`, minQuantity)
    }
    if (new Exact(maxQuantity).lt(minQuantity)) {
      this.expected(`${key}.maxQuantity`, `at least the smallest quantity ${minQuantity}`, maxQuantity)
    }
    return {
      tickSize: decimal('tickSize'),
      lotSize,
      minQuantity,
      maxQuantity,
      minNotionalUsd: decimal('minNotionalUsd'),
      priceBand: decimal('priceBand'),
      maxLeverage: this.leverage(`${key}.maxLeverage`, rules.maxLeverage, fallback?.maxLeverage),
      maintenanceMarginRate: decimal('maintenanceMarginRate'),
    }
  }

  private decimal(key: string, value: unknown): string {
    if (typeof value === 'string' && /^\d{1,20}(\.\d{1,18})?$/.test(value) && new Exact(value).gt(0)) {
      return new Exact(value).toFixed()
    }
    this.expected(key, 'a decimal above zero as text, such as "0.001"', value)
    return '1'
  }

  /** 1 is all of the position. */
  private below1(key: string, value: unknown): void {
    if (typeof value === 'string' && Number(value) >= 1) this.expected(key, 'a fraction below 1', value)
  }

  private leverage(key: string, value: unknown, fallback: number | undefined): number {
    if (value === undefined && fallback !== undefined) return fallback
    if (typeof value === 'number' && value >= 1 && value <= LEVERAGE_MAX) return value
    this.expected(key, `a number from 1 to ${LEVERAGE_MAX}`, value)
    return 1
  }

  private expected(key: string, expected: string, value: unknown): void {
    this.problems.push({ place: this.path, message: `${key}: expected ${expected}, found ${found(value)}` })
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
