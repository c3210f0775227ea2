import { endpointsOf } from '../../adapters/binance/endpoints.js'
import { found } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { packageFile } from '../../files/package-files.js'
import { EMBEDDED_GRID } from '../compose/grid-address.js'
import { LIVE } from '../compose/observed-now.js'
import type { ServeChoice } from '../compose/serve-address.js'
import type { SessionChoice } from '../compose/session-settings.js'
import {
  checkExternalFactors,
  LIVE_FACTORS_OPTION,
  LIVE_OPTIONS,
  type LiveChoice,
  liveChoice,
  withLiveBooks,
} from '../live-options.js'
import { decidingOptions, NO_COLOR, QUIET, RUN_OPTIONS, runOptions, SESSION_OPTIONS } from '../run-options.js'
import { GRID_OPTIONS, type GridChoice, gridChoice } from '../session-grid-options.js'
import { RUNNING_OPTIONS } from '../session-options.js'
import { SERVE_OPTIONS, sessionStatusOptions } from '../session-serve-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { asTyped, option, parseOptions, type RawOptions } from '../shell/option-table.js'

/** Checks the options. Throws {@link InputMistake} with every wrong one. */
export function paperOptions(given: RawPaperOptions): PaperOptions {
  const raw = defaulted(given)
  const check = new OptionCheck()
  const own = parseOptions(OWN_OPTIONS, raw, check)
  const hasDays = raw.days !== undefined
  const grid = gridChoice(raw, { hasDays, isLive: raw.live === true }, check)
  const live = liveOf(raw, grid, check)
  const { fills = 'realistic', seed = 1, executor = 'in-process', speed = 'max', execution, out } = own
  const isVirtual = grid === undefined ? raw.speed === undefined || raw.speed === 'max' : grid.mode === 'replay'
  if (grid === undefined && speed !== 'max' && speed > CLOCK_SPEED_MAX)
    check.wrong('--speed', `expected a factor up to ${CLOCK_SPEED_MAX}, or max, found ${found(raw.speed)}`)
  if (raw.executor === 'process' && isVirtual) check.wrong(...processOnVirtualTime(grid))
  if (live !== undefined && raw.out === undefined)
    check.wrong('--out', "expected the session's folder: a live one is gone on with, found none")
  if (grid !== undefined && !hasDays && speed !== 'max')
    check.wrong('--speed', 'goes with --days: scans of others come at the pace of their scanner')
  const status = sessionStatusOptions(raw, { byClock: !isVirtual || grid !== undefined }, check)
  if (raw.days?.length === 0) check.wrong('--days', 'expected folders or files of days, found none')
  checkObserve(raw, { isLive: live !== undefined, hasDays }, check)
  const { period, run } = runOptions(raw, check)
  for (const wrong of hasDays ? [] : ofDaysAlone(raw, live)) check.wrong(...wrong)
  check.done()
  const { instruments } = raw
  return {
    ...status,
    run,
    inputs: raw.days ?? [],
    period,
    given: decidingOptions(raw),
    fills,
    seed,
    resume: own.resume ?? false,
    speed,
    executor,
    json: own.json ?? false,
    quiet: own.quiet ?? false,
    ...present({ grid, live, execution, instruments, out }),
  }
}

/** Live prices go through a grid, too: of this process, where no other is named. */
function defaulted(given: RawPaperOptions): RawPaperOptions {
  if (given.live === true) return withLiveBooks(given.grid === undefined ? { ...given, grid: EMBEDDED_GRID } : given)
  return given.days === undefined && given.grid === undefined ? { ...given, ...bundled(given) } : given
}

function liveOf(raw: RawPaperOptions, grid: GridChoice | undefined, check: OptionCheck): LiveChoice | undefined {
  const { exchangeAt, ...followed } = parseOptions(LIVE_OPTIONS, raw, check)
  if (raw.live !== true) {
    for (const name of ['exchangeAt', 'symbols', 'top'] as const)
      if (raw[name] !== undefined) check.wrong(LIVE_OPTIONS[name].flag, 'goes with --live')
    if (raw.externalFactors !== undefined) check.wrong(LIVE_FACTORS_OPTION.externalFactors.flag, 'goes with --live')
    if (raw.books !== undefined) check.wrong(RUN_OPTIONS.books.flag, 'goes with --live')
    return undefined
  }
  if (raw.days !== undefined) check.wrong('--live', 'does not go with --days: those are played')
  if (raw.assets !== undefined) check.wrong('--assets', 'expected --symbols with --live')
  const { externalFactors, factors } = raw
  checkExternalFactors({ externalFactors, factors, isOwnGrid: grid?.url === EMBEDDED_GRID }, check)
  const live = liveChoice(
    { ...followed, ...present({ barSeconds: grid?.barSeconds }) },
    exchangeAt ?? endpointsOf('production'),
    check,
  )
  return { ...live, ...present({ externalFactors }) }
}

/** A recording is of the time of recorded days; what happens now is observed now. */
function checkObserve(
  { observe }: RawPaperOptions,
  { isLive, hasDays }: { readonly isLive: boolean; readonly hasDays: boolean },
  check: OptionCheck,
): void {
  const { flag } = RUN_OPTIONS.observe
  if (observe === undefined || (isLive && observe === LIVE)) return
  if (isLive) check.wrong(flag, `expected ${LIVE} with --live, found ${found(observe)}`)
  else if (observe === LIVE) check.wrong(flag, `${LIVE} goes with --live`)
  else if (!hasDays) check.wrong(flag, 'goes with --days: scans of others say nothing of when they were recorded')
}

/** What a newcomer sees without naming anything: the last bundled days, through everything that there is. */
function bundled({ from }: RawPaperOptions): Pick<RawPaperOptions, 'days' | 'grid' | 'from'> {
  return { days: [packageFile('fixtures', 'days')], grid: 'embedded', from: from ?? BUNDLED_FROM }
}

/** Of the bundled days the last three. */
const BUNDLED_FROM = '2025-06-01'

function processOnVirtualTime(grid: GridChoice | undefined): [flag: string, message: string] {
  return grid === undefined
    ? ['--speed', `expected a factor up to ${CLOCK_SPEED_MAX} with --executor process, found "max"`]
    : [
        '--executor',
        'expected in-process where scans are replayed: between two of them time stands, and only in this process; with --days and --speed 20, or with --mode live on the scans of others, it goes by the clock',
      ]
}

/** Without days there is nothing to choose of them, and who says how much may be risked is the grid. */
function ofDaysAlone(raw: RawPaperOptions, live: LiveChoice | undefined): [flag: string, message: string][] {
  const days = (['from', 'to', 'rename'] as const).filter((name) => raw[name] !== undefined)
  // Live prices through a grid of this process: it is this process that says them.
  const isOwn = live !== undefined && raw.grid === EMBEDDED_GRID
  const said = isOwn ? [] : (['posture', 'factors', 'forewarner'] as const).filter((name) => raw[name] !== undefined)
  return [
    ...days.map((name): [string, string] => [`--${name}`, 'goes with --days']),
    ...said.map((name): [string, string] => [
      `--${name}`,
      'goes with --days: otherwise the grid says it, see dolphin serve',
    ]),
  ]
}

/** What `dolphin paper` goes on with. */
export interface PaperOptions extends SessionChoice {
  readonly speed: number | 'max'
  readonly executor: 'in-process' | 'process'
  /** Absent: the bars of days go straight to the sides. */
  readonly grid?: GridChoice
  /** The prices of now, scanned in this process. */
  readonly live?: LiveChoice
  readonly serve: ServeChoice
  readonly json: boolean
  readonly quiet: boolean
}

/** Options of a session on paper that `dolphin paper` alone has. */
const OWN_OPTIONS = {
  days: option({
    flag: '--days',
    value: '<days...>',
    help: 'folders or files of recorded days (default without --grid: the last bundled ones, through an embedded grid)',
    parse: asTyped<readonly string[]>,
  }),
  live: option({
    flag: '--live',
    help: 'trade the prices of now: they are followed and scanned here, and a paper exchange is shown the real quotes',
    parse: asTyped<boolean>,
  }),
  ...SESSION_OPTIONS,
  ...RUNNING_OPTIONS,
  speed: option({
    flag: '--speed',
    value: '<factor>',
    help: `max: virtual time, as fast as it goes; or up to 50 times faster than recorded`,
    standard: 'max',
    parse: (typed, check, flag) => {
      if (typed === 'max') return typed
      const factor = /^\d*\.?\d+$/.test(typed) ? Number(typed) : Number.NaN
      if (!(factor > 0)) return check.wrong(flag, `expected a factor above 0 such as 10, or max, found ${found(typed)}`)
      return factor
    },
  }),
  quiet: QUIET,
  color: NO_COLOR,
}

export const PAPER_OPTIONS = {
  ...RUN_OPTIONS,
  ...OWN_OPTIONS,
  ...LIVE_OPTIONS,
  ...LIVE_FACTORS_OPTION,
  ...GRID_OPTIONS,
  ...SERVE_OPTIONS,
}

/** The options of `dolphin paper` as they were typed. */
export type RawPaperOptions = RawOptions<typeof PAPER_OPTIONS>

/** Beyond it the pauses that a machine makes by itself look like a lost link. */
const CLOCK_SPEED_MAX = 50
