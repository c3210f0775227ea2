import { unreachable } from '../base/assert.js'
import { found } from '../base/mistakes.js'
import { didYouMean } from '../base/suggest.js'
import { type IsoDate, isDate } from '../base/utc-date.js'
import type { Rename } from '../ports/days.js'
import type { Direction } from '../ports/vocabulary/market.js'
import type { FillMode } from '../ports/vocabulary/paper.js'
import type { VolGateChoice } from './compose/run-settings.js'
import { COLUMN_LIST_EXPECTED, columnList } from './shell/column-list.js'
import { numberOf, type OptionCheck } from './shell/option-check.js'

export function aDate(typed: string, check: OptionCheck, flag: string): IsoDate | undefined {
  return check.date(flag, typed)
}

export function anAssetList(typed: string, check: OptionCheck, flag: string): readonly string[] | undefined {
  return columnList(typed) ?? check.wrong(flag, `expected ${COLUMN_LIST_EXPECTED}, found ${found(typed)}`)
}

/** `LUNAUSDT=LUNCUSDT@2022-05-31`. */
export function renamesOf(typed: readonly string[], check: OptionCheck, flag: string): readonly Rename[] {
  return typed.flatMap((text) => {
    const [, from = '', to = '', date = ''] = /^([^=@]+)=([^=@]+)@(.+)$/.exec(text) ?? []
    if (from !== to && isDate(date)) return [{ from, to, date }]
    check.wrong(flag, `expected OLD=NEW@YYYY-MM-DD, the first day of the new name, found ${found(text)}`)
    return []
  })
}

/** `warmup`, a volatility threshold such as `0.0004`, or a percentile such as `p60`. */
export function aVolGate(typed: string, check: OptionCheck, flag: string): VolGateChoice | undefined {
  if (typed === 'warmup') return { kind: 'warmup' }
  const percentile = /^p(\d{1,3}(?:\.\d+)?)$/i.exec(typed)?.[1]
  if (percentile !== undefined && Number(percentile) <= 100) {
    return { kind: 'percentile', percentile: Number(percentile) }
  }
  const threshold = numberOf(typed)
  if (threshold !== undefined && threshold >= 0) return { kind: 'fixed', threshold }
  const expected = "'warmup', a volatility of at least 0 (such as 0.0004) or a percentile from p0 to p100"
  return check.wrong(flag, `expected ${expected}, found ${found(typed)}${didYouMean(typed, ['warmup'])}`)
}

export function volGateText(gate: VolGateChoice): string | number {
  switch (gate.kind) {
    case 'warmup':
      return 'warmup'
    case 'fixed':
      return gate.threshold
    case 'percentile':
      return `p${gate.percentile}`
    default:
      return unreachable(gate)
  }
}

export function aFillMode(typed: string, check: OptionCheck, flag: string): FillMode | undefined {
  if (typed === 'realistic' || typed === 'bar-price') return typed
  const near = didYouMean(typed, ['realistic', 'bar-price'])
  return check.wrong(flag, `expected realistic or bar-price, found ${found(typed)}${near}`)
}

/** Seconds, in whole milliseconds. */
export function aBarStep(typed: string, check: OptionCheck, flag: string): number | undefined {
  const seconds = numberOf(typed)
  const ms = seconds === undefined ? Number.NaN : Math.round(seconds * 1_000)
  if (ms >= 1 && ms <= 86_400_000 && ms / 1_000 === seconds) return seconds
  return check.wrong(flag, `expected seconds from 0.001 to 86400 in whole milliseconds, found ${found(typed)}`)
}

export function aDirection(typed: string, check: OptionCheck, flag: string): Direction | undefined {
  const direction = check.oneOf(flag, typed, ['short', 'long'])
  return direction === undefined ? undefined : direction === 'long' ? 1 : -1
}

export function aSeed(typed: string, check: OptionCheck, flag: string): number | undefined {
  if (/^\d{1,9}$/.test(typed)) return Number(typed)
  return check.wrong(flag, `expected an integer from 0 to 999999999, found ${found(typed)}`)
}

/** What the options of beta need of each other. */
export function checkBeta(raw: BetaOptions, check: OptionCheck): void {
  if (raw.factors === undefined) {
    if (raw.betaPolicy !== undefined)
      check.wrong('--beta-policy', 'needs --factors <csv>: beta comes from its w750 column')
    if (raw.betaThreshold !== undefined) check.wrong('--beta-threshold', 'needs --factors <csv>')
    if (raw.factorNames !== undefined) check.wrong('--factor-names', 'needs --factors <folder>')
    if (raw.w750 !== undefined) check.wrong('--w750', 'needs --factors <folder>')
  } else if (raw.betaPolicy === 'fixed' && raw.betaThreshold === undefined) {
    check.wrong('--beta-policy', "'fixed' needs --beta-threshold <velocity>")
  } else if (raw.betaPolicy !== undefined && raw.betaPolicy !== 'fixed' && raw.betaThreshold !== undefined) {
    check.wrong('--beta-threshold', `goes with --beta-policy fixed, not ${raw.betaPolicy}`)
  }
}

interface BetaOptions {
  readonly factors?: string
  readonly factorNames?: string
  readonly w750?: string
  readonly betaPolicy?: string
  readonly betaThreshold?: string
}

/** What a strategy of one's own knows nothing of would be silently without effect. */
export function checkStrategy(raw: StrategyOptions, check: OptionCheck): void {
  if (raw.strategy === undefined) {
    if (raw.param !== undefined) check.wrong('--param', 'needs --strategy <file>: it sets a parameter of that strategy')
    return
  }
  for (const [name, flag] of Object.entries(CHAMPIONS) as [keyof typeof CHAMPIONS, string][]) {
    if (raw[name] === undefined || (name === 'forewarner' && raw[name] === 'off')) continue
    check.wrong(flag, "is the champion's, and does not go with --strategy")
  }
}

const CHAMPIONS = {
  convertBars: '--convert-bars',
  direction: '--direction',
  orderBook: '--order-book',
  forewarner: '--forewarner',
  forewarnerTrades: '--forewarner-trades',
} as const

interface StrategyOptions extends Partial<Readonly<Record<keyof typeof CHAMPIONS, string>>> {
  readonly strategy?: string
  readonly param?: readonly string[]
}
