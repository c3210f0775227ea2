import { type Endpoints, endpointsOf } from '../adapters/binance/endpoints.js'
import { found, InputMistake } from '../base/mistakes.js'
import { present } from '../base/present.js'
import { COLUMN_LIST_EXPECTED, columnList } from './shell/column-list.js'
import type { OptionCheck } from './shell/option-check.js'
import { option, type ParsedOptions } from './shell/option-table.js'

/** Where live prices are from, and of what. */
export const LIVE_OPTIONS = {
  exchangeAt: option({
    flag: '--exchange-at',
    value: '<where>',
    help: 'production, demo, or the address of a sandbox',
    parse: anExchange,
  }),
  symbols: option({
    flag: '--symbols',
    value: '<list>',
    help: 'contracts to follow, BTCUSDT,ETHUSDT,… (default: the packaged configs/universe.json)',
    parse: (typed, check, flag) =>
      columnList(typed) ?? check.wrong(flag, `expected ${COLUMN_LIST_EXPECTED}, found ${found(typed)}`),
  }),
  top: option({
    flag: '--top',
    value: '<n>',
    help: 'the n contracts of which most was traded in 24 hours',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 1, max: 1_000, integer: true }),
  }),
}

/** The exchange as an option names it; undefined, and a problem, where the word names none. */
export function anExchange(typed: string, check: OptionCheck, flag: string): Endpoints | undefined {
  try {
    return endpointsOf(typed)
  } catch (error) {
    if (!(error instanceof InputMistake)) throw error
    return check.wrong(flag, error.message)
  }
}

/** What a live session follows. */
export interface LiveChoice {
  readonly at: Endpoints
  /** From bar to bar, ms. */
  readonly stepMs: number
  /** Absent: the packaged list, or so many of the most traded. */
  readonly symbols?: readonly string[]
  readonly top?: number
}

/** Checks together what each row alone cannot judge. `barSeconds` is its usual time from bar to bar. */
export function liveChoice(
  {
    symbols,
    top,
    ...parsed
  }: Omit<ParsedOptions<typeof LIVE_OPTIONS>, 'exchangeAt'> & { readonly barSeconds?: number },
  at: Endpoints,
  check: OptionCheck,
): LiveChoice {
  const { barSeconds = BAR_SECONDS } = parsed
  if (!Number.isInteger(barSeconds) || MINUTE_SECONDS % barSeconds !== 0)
    check.wrong('--bar-seconds', `expected 60, or a whole number of seconds that divides it, found "${barSeconds}"`)
  if (symbols !== undefined && top !== undefined) check.wrong('--top', 'does not go with --symbols')
  return { at, stepMs: barSeconds * 1_000, ...present({ symbols, top }) }
}

/** The champion's. */
const BAR_SECONDS = 5
const MINUTE_SECONDS = 60
