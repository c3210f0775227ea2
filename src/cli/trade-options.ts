import type { Endpoints } from '../adapters/binance/endpoints.js'
import { endpointsOf } from '../adapters/binance/endpoints.js'
import { found } from '../base/mistakes.js'
import { present } from '../base/present.js'
import { isExample } from '../ports/vocabulary/report.js'
import { EMBEDDED_GRID } from './compose/grid-address.js'
import { LIVE } from './compose/observed-now.js'
import type { ServeChoice } from './compose/serve-address.js'
import type { SessionChoice } from './compose/session-settings.js'
import { aGrid } from './grid-option.js'
import {
  checkExternalFactors,
  LIVE_BAR_OPTION,
  LIVE_FACTORS_OPTION,
  LIVE_OPTIONS,
  type LiveChoice,
  liveChoice,
  withLiveBooks,
} from './live-options.js'
import { decidingOptions, NO_COLOR, QUIET, type RawRunOptions, RUN_OPTIONS, runOptions } from './run-options.js'
import { GRID_OPTIONS } from './session-grid-options.js'
import { RUNNING_OPTIONS } from './session-options.js'
import { SERVE_OPTIONS } from './session-serve-options.js'
import { OptionCheck } from './shell/option-check.js'
import { asTyped, option, parseOptions, type RawOptions } from './shell/option-table.js'

/** Checks the options of `dolphin trade` and `dolphin live check`. Throws {@link InputMistake} with every wrong one. */
export function tradeOptions(given: RawTradeOptions): TradeOptions {
  const raw = withLiveBooks(given)
  const check = new OptionCheck()
  const own = parseOptions(OWN_OPTIONS, raw, check)
  const { out, executor = 'in-process', execution, resume = false, record = [], iMeanIt, environment } = own
  if (raw.out === undefined) check.wrong('--out', "expected the session's folder, found none")
  if (raw.environment === undefined)
    check.wrong('--environment', "expected STAGING (the exchange's demo, no money) or LIVE, found none")
  if (environment === 'LIVE' && isExample({ file: raw.strategy ?? '' }))
    check.wrong('--strategy', `expected no example where money is traded, found ${raw.strategy}`)
  if (raw.observe !== undefined && raw.observe !== LIVE)
    check.wrong(RUN_OPTIONS.observe.flag, `expected ${LIVE}, found ${found(raw.observe)}`)
  const at = placeOf(own, check)
  const live = liveChoice(own, at, check)
  const { grid = EMBEDDED_GRID, gridFile, survival = false, bars } = own
  if (gridFile !== undefined && grid !== EMBEDDED_GRID) check.wrong('--grid-file', 'goes with --grid embedded')
  if (survival && grid !== EMBEDDED_GRID)
    check.wrong('--survival', 'goes with --grid embedded: otherwise dolphin serve survival says the posture')
  const { externalFactors } = own
  checkExternalFactors({ externalFactors, factors: raw.factors, isOwnGrid: grid === EMBEDDED_GRID }, check)
  if (environment === 'STAGING' && iMeanIt !== undefined) check.wrong('--i-mean-it', 'goes with --environment LIVE')
  const { run } = runOptions(raw, check)
  check.done()
  const { certificate, certificateKeyFile, serve, tokenFile, killSwitch } = own
  return {
    session: {
      run,
      given: decidingOptions(raw),
      inputs: [],
      period: {},
      fills: 'realistic',
      seed: 1,
      resume,
      environment: environment!,
      certificate: { certificate, certificateKeyFile },
      out: out!,
      ...present({ execution, instruments: raw.instruments }),
    },
    withCapital: (capital) => withCapital(raw, capital),
    live: { ...live, ...present({ externalFactors }) },
    environment: environment!,
    executor,
    grid: { url: grid, ...present({ file: gridFile }) },
    survival,
    serve: present({ serve, tokenFile, killSwitch }),
    record,
    json: own.json ?? false,
    quiet: own.quiet ?? false,
    ...present({ bars, iMeanIt }),
  }
}

/** What `dolphin trade` goes on with. */
export interface TradeOptions {
  readonly session: SessionChoice & { readonly out: string }
  /** The session with that capital, USD, unless a person has said which. */
  withCapital(usd: string): Pick<SessionChoice, 'run' | 'given'>
  readonly live: LiveChoice
  readonly environment: TradeEnvironment
  readonly executor: 'in-process' | 'process'
  readonly grid: { readonly url: string; readonly file?: string }
  readonly survival: boolean
  readonly serve: ServeChoice
  /** Folders of paper sessions. */
  readonly record: readonly string[]
  /** The account that a person has named. */
  readonly iMeanIt?: string
  readonly bars?: number
  readonly json: boolean
  readonly quiet: boolean
}

export type TradeEnvironment = 'STAGING' | 'LIVE'

const { serve, tokenFile, killSwitch, certificate, certificateKeyFile } = SERVE_OPTIONS
const { gridFile, survival, bars } = GRID_OPTIONS
// What is of recorded days, or what a venue says itself, is no choice here.
const { from: _, to: __, rename: ___, assets: ____, ...RUN } = RUN_OPTIONS

const OWN_OPTIONS = {
  environment: option({
    flag: '--environment',
    value: '<name>',
    help: "STAGING: the exchange's demo; LIVE: money, once every gate holds",
    parse: (typed, check, flag) => check.oneOf(flag, typed, ['STAGING', 'LIVE'] as const),
  }),
  ...LIVE_OPTIONS,
  ...LIVE_BAR_OPTION,
  ...LIVE_FACTORS_OPTION,
  ...RUNNING_OPTIONS,
  grid: option({
    flag: '--grid',
    value: '<where>',
    help: 'embedded, or hazelcast://host:port, where others say posture, boost and forewarner (default: embedded)',
    parse: (typed, check, flag) => aGrid(typed, (message) => check.wrong(flag, message)),
  }),
  ...{ gridFile, survival, bars },
  ...{ serve, tokenFile, killSwitch, certificate, certificateKeyFile },
  record: option({
    flag: '--record',
    value: '<folder...>',
    help: 'folders of sessions of dolphin paper --live, of which LIVE demands 30 clean days',
    parse: asTyped<readonly string[]>,
  }),
  iMeanIt: option({
    flag: '--i-mean-it',
    value: '<alias>',
    help: 'LIVE: the alias of the account whose money is meant; dolphin live check says it',
    parse: (typed, check, flag) =>
      typed === '' ? check.wrong(flag, 'expected the alias of an account, found ""') : typed,
  }),
  quiet: QUIET,
  color: NO_COLOR,
}

export const TRADE_OPTIONS = { ...RUN, ...OWN_OPTIONS }

/** The options as they were typed. */
export type RawTradeOptions = RawOptions<typeof TRADE_OPTIONS>

/** Money is at production alone, and a rehearsal anywhere else. */
function placeOf(
  { environment, exchangeAt }: { readonly environment?: TradeEnvironment; readonly exchangeAt?: Endpoints },
  check: OptionCheck,
): Endpoints {
  const at = exchangeAt ?? endpointsOf(environment === 'LIVE' ? 'production' : 'demo')
  if (environment === 'STAGING' && at.name === 'production')
    check.wrong('--exchange-at', `expected demo, or the address of a sandbox, with STAGING, found ${found(at.name)}`)
  return at
}

function withCapital(raw: RawRunOptions, capital: string): Pick<SessionChoice, 'run' | 'given'> {
  const asked = raw.capital === undefined ? { ...raw, capital } : raw
  const check = new OptionCheck()
  const { run } = runOptions(asked, check)
  check.done()
  return { run, given: decidingOptions(asked) }
}
