import { found, InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { didYouMean } from '../../base/suggest.js'
import type { ServeChoice } from '../compose/serve-address.js'
import type { SessionChoice } from '../compose/session-settings.js'
import { decidingOptions, NO_COLOR, QUIET, RUN_OPTIONS, runOptions, SESSION_OPTIONS } from '../run-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { aFile, asTyped, option, parseOptions, type RawOptions } from '../shell/option-table.js'
import { SERVE_OPTIONS, sessionStatusOptions } from './serve-options.js'

/** Checks the options. Throws {@link InputMistake} with every wrong one. */
export function paperOptions(raw: RawPaperOptions): PaperOptions {
  if (raw.days === undefined) {
    throw new InputMistake('--days is missing: live prices come from an exchange adapter, and this version has none', {
      hint: 'dolphin paper --days <folder> trades recorded days; dolphin data synth or dolphin data build make some.',
    })
  }
  const check = new OptionCheck()
  const own = parseOptions(OWN_OPTIONS, raw, check)
  const { fills = 'realistic', seed = 1, executor = 'in-process', speed = 'max', execution, out } = own
  const isVirtual = raw.speed === undefined || raw.speed === 'max'
  if (raw.executor === 'process' && isVirtual) {
    check.wrong('--speed', `expected a factor up to ${CLOCK_SPEED_MAX} with --executor process, found "max"`)
  }
  const status = sessionStatusOptions(raw, { byClock: !isVirtual }, check)
  if (raw.days.length === 0) check.wrong('--days', 'expected folders or files of days, found none')
  const { period, run } = runOptions(raw, check)
  check.done()
  const { instruments } = raw
  return {
    ...status,
    run,
    inputs: raw.days,
    period,
    given: decidingOptions(raw),
    fills,
    seed,
    resume: own.resume ?? false,
    speed,
    executor,
    json: own.json ?? false,
    quiet: own.quiet ?? false,
    ...present({ execution, instruments, out }),
  }
}

/** What `dolphin paper` goes on with. */
export interface PaperOptions extends SessionChoice {
  readonly speed: number | 'max'
  readonly executor: 'in-process' | 'process'
  readonly serve: ServeChoice
  readonly json: boolean
  readonly quiet: boolean
}

/** Options of a session on paper that `dolphin paper` alone has. */
const OWN_OPTIONS = {
  days: option({
    flag: '--days',
    value: '<days...>',
    help: 'folders or files of recorded days',
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
  resume: option({ flag: '--resume', help: 'continue the session in --out', parse: asTyped<boolean> }),
  speed: option({
    flag: '--speed',
    value: '<factor>',
    help: `max: virtual time, as fast as it goes; or up to 50 times faster than recorded`,
    standard: 'max',
    parse: (typed, check, flag) => {
      if (typed === 'max') return typed
      const factor = /^\d*\.?\d+$/.test(typed) ? Number(typed) : Number.NaN
      if (!(factor > 0)) return check.wrong(flag, `expected a factor above 0 such as 10, or max, found ${found(typed)}`)
      if (factor <= CLOCK_SPEED_MAX) return factor
      return check.wrong(flag, `expected a factor up to ${CLOCK_SPEED_MAX}, or max, found ${found(typed)}`)
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

export const PAPER_OPTIONS = { ...RUN_OPTIONS, ...OWN_OPTIONS, ...SERVE_OPTIONS }

/** The options of `dolphin paper` as they were typed. */
export type RawPaperOptions = RawOptions<typeof PAPER_OPTIONS>

/** Beyond it the pauses that a machine makes by itself look like a lost link. */
const CLOCK_SPEED_MAX = 50
