/**
 * The options of a run: what `backtest`, `paper`, `compare`, `certify` and `journal` understand alike. A row says everything
 * about its option; help, raw type, check, what a session keeps for the backtest of its days, and what a report records
 * follow from the rows. An option is added by a row and by whatever its setting does (`compose/run-settings.ts`).
 * Not here: options of one command (its `options.ts`), and days, which are arguments of some commands and options of others.
 */

import { found, InputMistake } from '../base/mistakes.js'
import { present } from '../base/present.js'
import { W750_SCANS } from '../core/breaker/scan-factors.js'
import type { Period } from '../core/days/period.js'
import type { SessionSettings } from '../ports/vocabulary/session.js'
import { LIVE } from './compose/observed-now.js'
import type { RunSettings } from './compose/run-settings.js'
import { type RunFacts, runOption } from './run-option-row.js'
import {
  aBarStep,
  aDate,
  aDirection,
  aFillMode,
  anAssetList,
  aSeed,
  aVolGate,
  checkBeta,
  checkStrategy,
  renamesOf,
  volGateText,
} from './run-option-values.js'
import { OptionCheck } from './shell/option-check.js'
import {
  aFile,
  asTyped,
  type OptionRow,
  option,
  type ParsedOptions,
  parseOptions,
  type RawOptions,
} from './shell/option-table.js'

/** Which days. */
const PERIOD = {
  from: option({ flag: '--from', value: '<date>', help: 'first day, YYYY-MM-DD', parse: aDate }),
  to: option({ flag: '--to', value: '<date>', help: 'last day, YYYY-MM-DD', parse: aDate }),
}

/** Which of a file's columns are prices, and whose. */
const COLUMNS = {
  assets: runOption({
    flag: '--assets',
    value: '<list>',
    help: 'the columns that hold prices, BTC,ETH,… (default: those named like a symbol, BTCUSDT)',
    parse: anAssetList,
    decides: true,
    records: ({ assets }) => assets?.join(','),
  }),
  rename: runOption({
    flag: '--rename',
    value: '<old=new@date>',
    repeats: true,
    help: 'a symbol that has another name from that day on, repeatable',
    parse: renamesOf,
    decides: true,
    records: ({ rename }) => rename?.map(({ from, to, date }) => `${from}=${to}@${date}`).join(','),
  }),
}

/** Which strategy, with which parameters. */
const STRATEGY = {
  config: runOption({
    flag: '--config',
    value: '<yaml>',
    help: 'strategy configuration (default: the packaged champion, configs/blue.yml)',
    parse: aFile,
    decides: true,
  }),
  strategy: runOption({
    flag: '--strategy',
    value: '<file>',
    help: "a strategy of one's own instead of the champion, a JavaScript file; or an example, which is not for trading: example:cascade-sniper, example:geometry",
    parse: aFile,
    decides: true,
  }),
  param: runOption({
    flag: '--param',
    value: '<name=value>',
    repeats: true,
    help: 'a parameter of that strategy, repeatable',
    parse: asTyped<readonly string[]>,
    decides: true,
  }),
  observe: runOption({
    flag: '--observe',
    value: '<recording>',
    help: 'the recorded market that this strategy observes, up to each bar; or live, with live prices',
    parse: aFile,
    decides: true,
    records: ({ observe }) => (observe === undefined || observe === LIVE ? observe : { fileOf: 'observe' }),
  }),
  direction: runOption({
    flag: '--direction',
    value: '<direction>',
    help: 'short or long (default: as configured)',
    parse: aDirection,
    decides: true,
  }),
  set: runOption({
    flag: '--set',
    value: '<key=value>',
    repeats: true,
    help: 'override one value of the configuration, repeatable',
    parse: asTyped<readonly string[]>,
    decides: true,
    overrides: (values) => values,
  }),
  convertBars: runOption({
    flag: '--convert-bars',
    value: '<s>',
    help: 'bar counts of the configuration are of 5 s; keep their times at bars of so many seconds (research)',
    parse: aBarStep,
    decides: true,
    records: ({ convertBars }) => convertBars,
  }),
  research: runOption({
    flag: '--research',
    help: 'declare that parameters may differ from the champion',
    parse: asTyped<boolean>,
    decides: true,
  }),
  iMeanFractions: runOption({
    flag: '--i-mean-fractions',
    help: 'with --research: a take-profit of 0.2 or more, a stop above 1, is no percentage',
    parse: asTyped<boolean>,
    decides: true,
  }),
  capital: runOption({
    flag: '--capital',
    value: '<usd>',
    help: 'capital at the start (default: as configured)',
    parse: (typed, check, flag) => check.number(flag, typed, { above: 0 }),
    decides: true,
    overrides: (usd) => [`run.initial_capital=${usd}`],
  }),
  posture: runOption({
    flag: '--posture',
    value: '<posture>',
    help: 'APEX, STALKER, TURTLE or HIBERNATE (default: APEX)',
    parse: (typed, check, flag) =>
      check.oneOf(flag, typed.toUpperCase(), ['APEX', 'STALKER', 'TURTLE', 'HIBERNATE'] as const),
    decides: true,
    records: ({ posture }) => posture,
  }),
}

/** What may keep the strategy out of a trade. */
const GATES = {
  volGate: runOption({
    flag: '--vol-gate',
    value: '<gate>',
    help: 'warmup, a volatility threshold, or a percentile such as p60 (default: warmup)',
    parse: aVolGate,
    decides: true,
    records: ({ volGate }) => volGateText(volGate),
  }),
  factors: runOption({
    flag: '--factors',
    value: '<csv|folder>',
    help: 'daily breaker factors: date,funding_btc,dvol_btc,fng,taker,w750 (any subset), or scans as NPZ',
    parse: (typed, check, flag) => (typed === '' ? check.wrong(flag, 'expected a file or folder, found ""') : typed),
    decides: true,
    records: ({ factors }) => (factors === undefined ? null : { fileOf: 'factors' }),
  }),
  factorNames: runOption({
    flag: '--factor-names',
    value: '<list>',
    help: 'arrays of such scans that have other names: taker=taker_ratio,fng=fear_greed',
    parse: asTyped<string>,
    decides: true,
  }),
  w750: runOption({
    flag: '--w750',
    value: '<scans>',
    help: 'velocity of a date from such scans: last-10 before it (default) or its first-10',
    parse: (typed, check, flag) => check.oneOf(flag, typed, W750_SCANS),
    decides: true,
  }),
  betaPolicy: runOption({
    flag: '--beta-policy',
    value: '<policy>',
    help: 'expanding, full-sample (looks ahead) or fixed (default: expanding)',
    parse: (typed, check, flag) => check.oneOf(flag, typed, ['expanding', 'full-sample', 'fixed'] as const),
    decides: true,
    records: ({ factors, betaPolicy }) => (factors === undefined ? null : betaPolicy),
  }),
  betaThreshold: runOption({
    flag: '--beta-threshold',
    value: '<velocity>',
    help: 'w750 threshold of the fixed beta policy',
    parse: (typed, check, flag) => check.number(flag, typed, {}),
    decides: true,
    records: ({ betaThreshold }) => betaThreshold ?? null,
  }),
  orderBook: runOption({
    flag: '--order-book',
    value: '<json>',
    help: 'recorded order book',
    parse: aFile,
    decides: true,
    records: ({ orderBook }) => (orderBook === undefined ? null : { fileOf: 'orderBook' }),
  }),
  books: runOption({
    flag: '--books',
    value: '<which>',
    help: 'with live prices: live, the order books of now, or none (default: live, unless --order-book names a table)',
    parse: (typed, check, flag) => check.oneOf(flag, typed, ['live', 'none'] as const),
    decides: true,
    records: ({ books }) => books,
  }),
  forewarner: runOption({
    flag: '--forewarner',
    value: '<kind>',
    help: 'off or monte-carlo (default: off)',
    parse: (typed, check, flag) => check.oneOf(flag, typed, ['off', 'monte-carlo'] as const),
    decides: true,
    records: ({ forewarner }) => forewarner,
  }),
  delisting: runOption({
    flag: '--delisting',
    value: '<rule>',
    help: 'of a position without prices for 120 bars, or in no file of a day: close or wait (default: close)',
    parse: (typed, check, flag) => check.oneOf(flag, typed, ['close', 'wait'] as const),
    decides: true,
  }),
  forewarnerTrades: runOption({
    flag: '--forewarner-trades',
    value: '<file>',
    help: 'earlier trades as its evidence, from --trades (csv) or --json',
    parse: aFile,
    decides: true,
    records: ({ forewarnerTrades }) => (forewarnerTrades === undefined ? null : { fileOf: 'forewarnerTrades' }),
  }),
}

/** By which rules whole lots are traded. */
const RULES = {
  instruments: runOption({
    flag: '--instruments',
    value: '<json>',
    help: 'trading rules (default: the packaged configs/instruments.json)',
    parse: aFile,
    decides: true,
    records: ({ fills }) => (fills === 'simulated' ? undefined : { fileOf: 'instruments' }),
  }),
}

/** Rows in the order of help and of what a session keeps. */
export const RUN_OPTIONS = { ...PERIOD, ...COLUMNS, ...STRATEGY, ...GATES, ...RULES }

/** Options of a session on paper that `compare` has, too. */
export const SESSION_OPTIONS = {
  fills: option({
    flag: '--fills',
    value: '<kind>',
    help: 'realistic (spread, latency, fees, funding) or bar-price (free of cost)',
    standard: 'realistic',
    parse: aFillMode,
  }),
  seed: option({
    flag: '--seed',
    value: '<n>',
    help: 'of latencies and whatever else is drawn at random',
    standard: '1',
    parse: aSeed,
  }),
}

/** How much a run says. */
export const QUIET = option({ flag: '--quiet', help: 'no progress and no notices', parse: asTyped<boolean> })
/** Read by the terminal's colours from the command line itself. */
export const NO_COLOR = option({
  flag: '--no-color',
  help: 'no colours (NO_COLOR does the same)',
  parse: asTyped<boolean>,
})

/** The options of a run as they were typed. */
export type RawRunOptions = RawOptions<typeof RUN_OPTIONS>

/**
 * The days and settings that were asked for; every mistake is in `check`. Trading rules matter at bar prices alone: with
 * simulated fills they are left out.
 */
export function runOptions(
  raw: RawRunOptions,
  check: OptionCheck,
  { fills }: Pick<RunSettings, 'fills'> = { fills: 'simulated' },
): { readonly period: Period; readonly run: RunSettings } {
  const parsed = parseOptions(RUN_OPTIONS, raw, check)
  checkTogether(raw, parsed, check)
  const { from, to, set: _, capital: __, instruments, delisting = 'close', books, ...given } = parsed
  const run: Omit<RunSettings, 'recorded'> = {
    overrides: overridesOf(parsed),
    research: false,
    betaPolicy: given.betaThreshold === undefined ? 'expanding' : 'fixed',
    volGate: { kind: 'warmup' },
    forewarner: 'off',
    posture: 'APEX',
    fills,
    rules: { liquidation: 'cross', delisting, onGap: 'carry' },
    ...given,
    ...present({ instruments: fills === 'simulated' ? undefined : instruments }),
    ...(books === 'live' ? { books } : {}),
  }
  return { period: present({ from, to }), run: { ...run, recorded: recordedOf(run) } }
}

/** What was typed of the options that decide, under their flags' names: what a session keeps. */
export function decidingOptions(raw: RawRunOptions): SessionSettings['options'] {
  return Object.fromEntries(
    DECIDING.flatMap(([name, { flag }]) => (raw[name] === undefined ? [] : [[nameOf(flag), raw[name]]])),
  )
}

/**
 * The run of a session, by the options that it has kept. `place` is the file that says them.
 *
 * @throws InputMistake where one of them is none that decides (another version wrote it), or is wrong.
 */
export function runOfSession(
  options: SessionSettings['options'],
  place: string,
  fills?: Pick<RunSettings, 'fills'>,
): RunSettings {
  const known = new Map(DECIDING.map(([name, { flag }]) => [nameOf(flag), name]))
  const problems = Object.keys(options)
    .filter((kept) => !known.has(kept))
    .map((kept) => ({
      place,
      message: `options.${kept}: expected an option of dolphin backtest that decides, found ${found(kept)}`,
    }))
  if (problems.length > 0) throw new InputMistake(problems)
  const raw = Object.fromEntries(Object.entries(options).map(([kept, value]) => [known.get(kept)!, value]))
  return checkedRun(raw, fills)
}

/** The settings of a run whose options were typed elsewhere. Throws InputMistake with every wrong one. */
export function checkedRun(raw: RawRunOptions, fills?: Pick<RunSettings, 'fills'>): RunSettings {
  const check = new OptionCheck()
  const { run } = runOptions(raw, check, fills)
  check.done()
  return run
}

type DecidingName = keyof typeof COLUMNS | keyof typeof STRATEGY | keyof typeof GATES | keyof typeof RULES
type DecidingRow = OptionRow & RunFacts<never>

const DECIDING = Object.entries({ ...COLUMNS, ...STRATEGY, ...GATES, ...RULES }) as readonly [
  DecidingName,
  DecidingRow,
][]
/** A report tells of gates first. */
const RECORDING = Object.values({ ...GATES, ...STRATEGY, ...RULES, ...COLUMNS }) as readonly DecidingRow[]

function overridesOf(parsed: ParsedOptions<typeof RUN_OPTIONS>): readonly string[] {
  return DECIDING.flatMap(([name, { overrides }]) => {
    const value = parsed[name]
    return overrides === undefined || value === undefined ? [] : overrides(value as never)
  })
}

function recordedOf(run: Omit<RunSettings, 'recorded'>): RunSettings['recorded'] {
  return Object.fromEntries(
    RECORDING.flatMap(({ flag, records }) => {
      const recorded = records?.(run)
      return recorded === undefined ? [] : [[nameOf(flag).replaceAll('-', '_'), recorded]]
    }),
  )
}

/** What one row alone cannot judge. */
function checkTogether(raw: RawRunOptions, { from, to }: Period, check: OptionCheck): void {
  if (from !== undefined && to !== undefined && from > to) check.wrong('--to', `expected ${from} or later, found ${to}`)
  if (raw.books === 'live' && raw.orderBook !== undefined) check.wrong('--order-book', 'does not go with --books live')
  checkStrategy(raw, check)
  checkBeta(raw, check)
  if (raw.forewarnerTrades !== undefined && (raw.forewarner ?? 'off') === 'off') {
    check.wrong('--forewarner-trades', 'needs --forewarner monte-carlo')
  }
}

function nameOf(flag: `--${string}`): string {
  return flag.slice('--'.length)
}
