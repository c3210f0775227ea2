import { decimalText } from '../../base/exact.js'
import { present } from '../../base/present.js'
import { CASCADE_RULES, type CascadeRules } from '../../core/analysis/cascade-rules.js'
import { LIVE_OPTIONS } from '../live-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { aFile, option, parseOptions, type RawOptions } from '../shell/option-table.js'
import { span, spanText, utcTime } from '../shell/utc-time.js'

/** What of the recordings is looked at. */
export const PERIOD_OPTIONS = {
  symbols: LIVE_OPTIONS.symbols,
  from: option({
    flag: '--from',
    value: '<time>',
    help: 'rows from this UTC time on, 2026-01-05 or 2026-01-05T00:01:30Z',
    parse: (typed, check, flag) => utcTime(check, flag, typed),
  }),
  to: option({
    flag: '--to',
    value: '<time>',
    help: 'rows before this UTC time',
    parse: (typed, check, flag) => utcTime(check, flag, typed),
  }),
}

/** By what waves are told. */
export const WAVE_OPTIONS = {
  gap: aSpan('--gap', 'a longer pause between two liquidations starts a wave', CASCADE_RULES.waveGapMs),
  waveSize: aCount('--wave-size', 'leave waves of fewer liquidations out', CASCADE_RULES.waveSizeMin),
}

/** By what cascades are told. */
export const CASCADE_OPTIONS = {
  oiDrop: aFraction('--oi-drop', 'the open interest fell by this fraction at least …', CASCADE_RULES.dropFrac),
  window: aSpan('--window', '… within so long …', CASCADE_RULES.withinMs),
  liquidations: aCount('--liquidations', '… with so many liquidations', CASCADE_RULES.liquidationsMin),
  follow: aSpan('--follow', 'a liquidation so long after the last one still belongs to it', CASCADE_RULES.followsMs),
  longest: aSpan('--longest', 'it lasts no longer than this', CASCADE_RULES.longestMs),
  markAge: aSpan('--mark-age', 'a mark price that is older is no price', CASCADE_RULES.markStaleMs),
  neutral: aFraction(
    '--neutral',
    'a move of this fraction of the first price, in the five minutes after, or less, is none',
    CASCADE_RULES.neutralFrac,
  ),
}

/** Where results go. */
export const OUTPUT_OPTIONS = {
  out: option({ flag: '--out', value: '<folder>', help: 'write the tables there, as CSV and Parquet', parse: aFile }),
}

export const PAGE_OPTIONS = {
  page: option({
    flag: '--page',
    value: '<file.html>',
    help: 'write one self-contained page with a chart of each',
    parse: aFile,
  }),
  pageCharts: option({
    flag: '--page-charts',
    value: '<n>',
    help: 'charts of the page at most: of the cascades with the largest drops of open interest',
    standard: '100',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 0, max: 1_000, integer: true }),
  }),
}

export const VALIDATE_OPTIONS = {
  secondVenue: option({
    flag: '--second-venue',
    value: '<folder>',
    help: 'a recording of another venue: does its funding follow that of the first?',
    parse: aFile,
  }),
}

const ALL_OPTIONS = {
  ...PERIOD_OPTIONS,
  ...WAVE_OPTIONS,
  ...CASCADE_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...PAGE_OPTIONS,
  ...VALIDATE_OPTIONS,
}

export interface RawAnalyseOptions extends RawOptions<typeof ALL_OPTIONS> {
  readonly calibrate?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

/** Of each `dolphin analyse`. */
export interface AnalyseOptions {
  readonly paths: readonly string[]
  readonly symbols?: readonly string[]
  /** Rows stamped in [`fromMs`, `toMs`), UTC ms. */
  readonly fromMs?: number
  readonly toMs?: number
  readonly rules: CascadeRules
  readonly out?: string
  readonly page?: string
  readonly pageCharts: number
  readonly secondVenue?: string
  readonly calibrate: boolean
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
}

/** @throws InputMistake with every mistake. */
export function analyseOptions(paths: readonly string[], raw: RawAnalyseOptions): AnalyseOptions {
  const check = new OptionCheck()
  const typed = parseOptions(ALL_OPTIONS, raw, check)
  if (paths.includes('')) check.wrong('<recording...>', 'expected folders, found ""')
  const { from: fromMs, to: toMs, symbols, out, page, pageCharts = 100, secondVenue } = typed
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    check.wrong('--to', `expected a time after ${raw.from}, found ${raw.to}`)
  const rules = rulesOf(typed)
  if (rules.withinMs > rules.longestMs)
    check.wrong('--longest', `expected --window (${spanText(rules.withinMs)}) or more, found ${raw.longest}`)
  check.done()
  const { calibrate = false, json = false, quiet = false, color = true } = raw
  const common = { paths, rules, pageCharts, calibrate, json, quiet, color }
  return { ...common, ...present({ symbols, fromMs, toMs, out, page, secondVenue }) }
}

type TypedRules = Partial<Record<keyof typeof WAVE_OPTIONS | keyof typeof CASCADE_OPTIONS, number>>

function rulesOf({ oiDrop, window, liquidations, follow, longest, gap, waveSize, markAge, neutral }: TypedRules) {
  const typed = {
    dropFrac: oiDrop === undefined ? undefined : decimalText(oiDrop),
    withinMs: window,
    liquidationsMin: liquidations,
    followsMs: follow,
    longestMs: longest,
    waveGapMs: gap,
    waveSizeMin: waveSize,
    markStaleMs: markAge,
    neutralFrac: neutral === undefined ? undefined : decimalText(neutral),
  }
  return { ...CASCADE_RULES, ...present(typed) }
}

/** The rules in force, by the options that set them. */
export function rulesText(rules: CascadeRules): Readonly<Record<string, string>> {
  return {
    [CASCADE_OPTIONS.oiDrop.flag]: rules.dropFrac,
    [CASCADE_OPTIONS.window.flag]: spanText(rules.withinMs),
    [CASCADE_OPTIONS.liquidations.flag]: String(rules.liquidationsMin),
    [CASCADE_OPTIONS.follow.flag]: spanText(rules.followsMs),
    [CASCADE_OPTIONS.longest.flag]: spanText(rules.longestMs),
    ...wavesText(rules),
    [CASCADE_OPTIONS.markAge.flag]: spanText(rules.markStaleMs),
    [CASCADE_OPTIONS.neutral.flag]: rules.neutralFrac,
  }
}

/** Those that waves are told by. */
export function wavesText({ waveGapMs, waveSizeMin }: CascadeRules): Readonly<Record<string, string>> {
  return { [WAVE_OPTIONS.gap.flag]: spanText(waveGapMs), [WAVE_OPTIONS.waveSize.flag]: String(waveSizeMin) }
}

function aSpan(flag: `--${string}`, help: string, standardMs: number) {
  return option({
    ...{ flag, value: '<time>', help, standard: spanText(standardMs) },
    parse: (typed, check, name) => span(check, name, { typed, maxMs: SPAN_MS_MAX }),
  })
}

/** Beyond it a chart would show nothing. */
const SPAN_MS_MAX = 6 * 3_600_000

function aCount(flag: `--${string}`, help: string, standard: number) {
  return option({
    ...{ flag, value: '<n>', help, standard: String(standard) },
    parse: (typed, check, name) => check.number(name, typed, { min: 1, max: 1_000, integer: true }),
  })
}

function aFraction(flag: `--${string}`, help: string, standard: string) {
  return option({
    ...{ flag, value: '<fraction>', help, standard },
    parse: (typed, check, name) => check.number(name, typed, { min: 0.0001, max: 0.99 }),
  })
}
