import { found } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { didYouMean } from '../../base/suggest.js'
import { packageFile } from '../../files/package-files.js'
import type { ServeChoice } from '../compose/serve-address.js'
import type { SessionChoice } from '../compose/session-settings.js'
import { decidingOptions, NO_COLOR, QUIET, RUN_OPTIONS, runOptions, SESSION_OPTIONS } from '../run-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { aFile, asTyped, option, parseOptions, type RawOptions } from '../shell/option-table.js'
import { GRID_OPTIONS, type GridChoice, gridChoice } from './grid-options.js'
import { SERVE_OPTIONS, sessionStatusOptions } from './serve-options.js'

/** Checks the options. Throws {@link InputMistake} with every wrong one. */
export function paperOptions(given: RawPaperOptions): PaperOptions {
  const raw = given.days === undefined && given.grid === undefined ? { ...given, ...bundled(given) } : given
  const check = new OptionCheck()
  const own = parseOptions(OWN_OPTIONS, raw, check)
  const hasDays = raw.days !== undefined
  const grid = gridChoice(raw, { hasDays }, check)
  const { fills = 'realistic', seed = 1, executor = 'in-process', speed = 'max', execution, out } = own
  const isVirtual = grid === undefined ? raw.speed === undefined || raw.speed === 'max' : grid.mode === 'replay'
  if (grid === undefined && speed !== 'max' && speed > CLOCK_SPEED_MAX)
    check.wrong('--speed', `expected a factor up to ${CLOCK_SPEED_MAX}, or max, found ${found(raw.speed)}`)
  if (raw.executor === 'process' && isVirtual) check.wrong(...processOnVirtualTime(grid))
  if (grid !== undefined && !hasDays && speed !== 'max')
    check.wrong('--speed', 'goes with --days: scans of others come at the pace of their scanner')
  const status = sessionStatusOptions(raw, { byClock: !isVirtual || grid !== undefined }, check)
  if (raw.days?.length === 0) check.wrong('--days', 'expected folders or files of days, found none')
  const { period, run } = runOptions(raw, check)
  for (const wrong of hasDays ? [] : ofDaysAlone(raw)) check.wrong(...wrong)
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
    ...present({ grid, execution, instruments, out }),
  }
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
function ofDaysAlone(raw: RawPaperOptions): [flag: string, message: string][] {
  const days = (['from', 'to', 'rename'] as const).filter((name) => raw[name] !== undefined)
  const said = (['posture', 'factors', 'forewarner'] as const).filter((name) => raw[name] !== undefined)
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
  ...SESSION_OPTIONS,
  execution: option({
    flag: '--execution',
    value: '<yaml>',
    help: 'execution configuration (default: the packaged configs/execution.yml)',
    parse: aFile,
  }),
  out: option({
    flag: '--out',
    value: '<folder>',
    help: "the session's folder (default: paper-<first day>)",
    parse: (typed, check, flag) => (typed === '' ? check.wrong(flag, 'expected a folder, found ""') : typed),
  }),
  resume: option({
    flag: '--resume',
    help: 'continue the session in --out, whatever ended its process',
    parse: asTyped<boolean>,
  }),
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
  executor: option({
    flag: '--executor',
    value: '<where>',
    help: 'in-process, or process: one of its own, started again when it dies',
    standard: 'in-process',
    parse: (typed, check, flag) => {
      if (typed === 'in-process' || typed === 'process') return typed
      const near = didYouMean(typed, ['in-process', 'process'])
      return check.wrong(flag, `expected in-process or process, found ${found(typed)}${near}`)
    },
  }),
  json: option({ flag: '--json', help: 'the summary as JSON', parse: asTyped<boolean> }),
  quiet: QUIET,
  color: NO_COLOR,
}

export const PAPER_OPTIONS = { ...RUN_OPTIONS, ...OWN_OPTIONS, ...GRID_OPTIONS, ...SERVE_OPTIONS }

/** The options of `dolphin paper` as they were typed. */
export type RawPaperOptions = RawOptions<typeof PAPER_OPTIONS>

/** Beyond it the pauses that a machine makes by itself look like a lost link. */
const CLOCK_SPEED_MAX = 50
