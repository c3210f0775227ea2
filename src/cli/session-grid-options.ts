import { found } from '../base/mistakes.js'
import { didYouMean } from '../base/suggest.js'
import type { ScanAgeLimits } from '../core/grid/scan-intake.js'
import type { TraderMode } from '../runtime/services/trader/trader.js'
import { EMBEDDED_GRID } from './compose/grid-address.js'
import { aGrid } from './grid-option.js'
import type { OptionCheck } from './shell/option-check.js'
import { aFile, asTyped, option, parseOptions, type RawOptions } from './shell/option-table.js'

/** The options of a session that trades what scanners publish in a grid. */
export const GRID_OPTIONS = {
  grid: option({
    flag: '--grid',
    value: '<where>',
    help: 'trade what scanners publish: embedded (with --days, played by a scanner of its own), or hazelcast://host:port',
    parse: (typed, check, flag) => aGrid(typed, (message) => check.wrong(flag, message)),
  }),
  gridFile: option({
    flag: '--grid-file',
    value: '<file>',
    help: 'keep an embedded grid in a file, over restarts: results, posture, what the services go on from',
    parse: aFile,
  }),
  mode: option({
    flag: '--mode',
    value: '<mode>',
    help: 'live: by the clock, late scans are old; replay: time is what the scans say (default: replay with --days)',
    parse: (typed, check, flag) => oneOf(['live', 'replay'] as const, typed, check, flag),
  }),
  barSeconds: option({
    flag: '--bar-seconds',
    value: '<seconds>',
    help: 'usual time from scan to scan (default: that of --days, or 5; with --live 60 starts warm from klines)',
    parse: (typed, check, flag) => {
      const seconds = /^\d*\.?\d+$/.test(typed) ? Number(typed) : Number.NaN
      const expected = `seconds above 0 such as 5, at most ${SECONDS_MAX}`
      if (seconds > 0 && seconds <= SECONDS_MAX) return seconds
      return check.wrong(flag, `expected ${expected}, found ${found(typed)}`)
    },
  }),
  ageFrom: option({
    flag: '--age-from',
    value: '<time>',
    help: "what a scan's age counts from: scan (its own time), or publication (behind a bridge; default: scan)",
    parse: (typed, check, flag) => oneOf(['scan', 'publication'] as const, typed, check, flag),
  }),
  survival: option({
    flag: '--survival',
    help: 'with --days: the posture of the survival stack, by the clock, instead of --posture; the forewarner reports to it',
    parse: asTyped<boolean>,
  }),
  bars: option({
    flag: '--bars',
    value: '<n>',
    help: 'end after so many bars in all (default: those of --days, or none)',
    parse: (typed, check, flag) =>
      /^[1-9]\d{0,8}$/.test(typed)
        ? Number(typed)
        : check.wrong(flag, `expected a number from 1 on, found ${found(typed)}`),
  }),
}

/** What a session on a grid goes on with. */
export interface GridChoice {
  /** `embedded`: in this process. */
  readonly url: string
  /** Of an embedded grid. Absent: it goes with the process. */
  readonly gridFile?: string
  readonly mode: TraderMode
  /** Absent: that of the days, or five seconds. */
  readonly barSeconds?: number
  readonly ageFrom: ScanAgeLimits['ageFrom']
  readonly bars?: number
  /** The sensors say the posture, in this process. */
  readonly survival: boolean
}

/** Undefined where no grid is asked for; what is wrong is in `check`. */
export function gridChoice(
  raw: RawOptions<typeof GRID_OPTIONS>,
  { hasDays, isLive = false }: { readonly hasDays: boolean; readonly isLive?: boolean },
  check: OptionCheck,
): GridChoice | undefined {
  const {
    grid: url,
    mode = hasDays ? 'replay' : 'live',
    ageFrom = 'scan',
    survival = false,
    ...own
  } = parseOptions(GRID_OPTIONS, raw, check)
  if (url !== undefined) {
    if (url === EMBEDDED_GRID && !hasDays && !isLive)
      check.wrong('--grid', 'expected --days with an embedded grid: nobody else can publish scans in this process')
    if (own.gridFile !== undefined && url !== EMBEDDED_GRID) check.wrong('--grid-file', 'goes with --grid embedded')
    if (mode === 'live' && hasDays)
      check.wrong(
        '--mode',
        'expected replay with --days: by the clock recorded scans are of the past, and none is traded',
      )
    if (mode === 'replay' && isLive) check.wrong('--mode', 'expected live with --live: prices of now go by the clock')
    if (survival && !hasDays && !(isLive && url === EMBEDDED_GRID))
      check.wrong('--survival', 'goes with --days: otherwise dolphin serve survival says the posture')
    return { url, mode, ageFrom, survival, ...own }
  }
  for (const name of ['gridFile', 'mode', 'barSeconds', 'ageFrom', 'survival', 'bars'] as const) {
    if (raw[name] !== undefined) check.wrong(GRID_OPTIONS[name].flag, 'goes with --grid')
  }
  return undefined
}

function oneOf<const Word extends string>(
  words: readonly Word[],
  typed: string,
  check: OptionCheck,
  flag: string,
): Word | undefined {
  const word = words.find((known) => known === typed)
  if (word !== undefined) return word
  return check.wrong(flag, `expected ${words.join(' or ')}, found ${found(typed)}${didYouMean(typed, words)}`)
}

/** From scan to scan: a day. */
const SECONDS_MAX = 86_400
