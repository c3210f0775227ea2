import { existsSync } from 'node:fs'
import { extname, join } from 'node:path'
import { found } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { didYouMean } from '../../base/suggest.js'
import type { FillMode } from '../../ports/vocabulary/paper.js'
import type { SessionChoice } from '../compose/session-settings.js'
import { decidingOptions, NO_COLOR, QUIET, RUN_OPTIONS, runOptions, SESSION_OPTIONS } from '../run-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { asTyped, option, parseOptions, type RawOptions } from '../shell/option-table.js'

/**
 * Checks the options. A session may stand where days do (`dolphin compare may`); days without one are traded on paper first.
 * Throws {@link InputMistake} with every wrong one.
 */
export function compareOptions(args: readonly string[], raw: RawCompareOptions): CompareOptions {
  const check = new OptionCheck()
  const isSession = raw.session === undefined && args.length === 1 && existsSync(join(args[0]!, 'settings.json'))
  const { bulk = 'bar-price', csv, all, json, quiet, session, fills, seed } = parseOptions(COMPARE_OPTIONS, raw, check)
  const given = isSession ? args[0] : raw.session
  if (given === undefined && args.length === 0) {
    check.wrong('<days…>', 'expected the folder of a paper session, or days to trade, found none')
  }
  if (given !== undefined) {
    for (const name of ['from', 'to', 'assets', 'rename', 'strategy', 'param', 'observe', 'fills', 'seed'] as const) {
      if (raw[name] !== undefined) {
        check.wrong(OWN_SESSION[name].flag, 'is for days without a session; this one has run already')
      }
    }
  }
  check.done()
  return {
    days: isSession ? [] : args,
    session: isSession ? args[0]! : (session ?? ownSession(args, raw, { fills, seed })),
    bulk,
    all: all ?? false,
    json: json ?? false,
    quiet: quiet ?? false,
    ...present({ csv }),
  }
}

export interface CompareOptions {
  /** Folders or files; none: where the session had them from. */
  readonly days: readonly string[]
  /** The folder of a session, or what to run one with. */
  readonly session: string | SessionChoice
  readonly bulk: 'bar-price' | 'simulated'
  readonly all: boolean
  readonly csv?: string
  readonly json: boolean
  readonly quiet: boolean
}

/** What a session of its own is run with. */
const { from, to, assets, rename, strategy, param, observe } = RUN_OPTIONS
const OWN_SESSION = { from, to, assets, rename, strategy, param, observe, ...SESSION_OPTIONS }

export const COMPARE_OPTIONS = {
  session: option({
    flag: '--session',
    value: '<folder>',
    help: 'the folder of the paper session (default: trade the days on paper first)',
    parse: (typed, check, flag) =>
      typed === '' ? check.wrong(flag, 'expected the folder of a session, found ""') : typed,
  }),
  bulk: option({
    flag: '--bulk',
    value: '<fills>',
    help: 'fills of the bulk run: bar-price (free of cost) or simulated',
    standard: 'bar-price',
    parse: (typed, check, flag) => {
      if (typed === 'bar-price' || typed === 'simulated') return typed
      const near = didYouMean(typed, ['bar-price', 'simulated'])
      return check.wrong(flag, `expected bar-price or simulated, found ${found(typed)}${near}`)
    },
  }),
  ...OWN_SESSION,
  all: option({ flag: '--all', help: 'also the trades that do not differ', parse: asTyped<boolean> }),
  csv: option({
    flag: '--csv',
    value: '<file>',
    help: 'every trade with its exact amounts, name.csv',
    parse: (typed, check, flag) =>
      extname(typed).toLowerCase() === '.csv'
        ? typed
        : check.wrong(flag, `expected a file name.csv, found ${found(typed)}`),
  }),
  json: option({
    flag: '--json',
    help: 'the comparison as JSON on stdout, with exact amounts',
    parse: asTyped<boolean>,
  }),
  quiet: QUIET,
  color: NO_COLOR,
}

/** The options of `dolphin compare` as they were typed. */
export type RawCompareOptions = RawOptions<typeof COMPARE_OPTIONS>

/** The champion, or the strategy that is named, on paper over the days, as `dolphin paper` trades it where nothing else is said. */
function ownSession(
  inputs: readonly string[],
  raw: RawCompareOptions,
  { fills = 'realistic', seed = 1 }: { readonly fills: FillMode | undefined; readonly seed: number | undefined },
): SessionChoice {
  const check = new OptionCheck()
  const asked = Object.fromEntries(
    (['from', 'to', 'assets', 'rename', 'strategy', 'param', 'observe'] as const).flatMap((name) =>
      raw[name] === undefined ? [] : [[name, raw[name]]],
    ),
  )
  const days = runOptions(asked, check)
  check.done()
  return { ...days, inputs, given: decidingOptions(asked), fills, seed, resume: false, environment: 'PAPER' }
}
