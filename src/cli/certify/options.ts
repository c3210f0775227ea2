import type { CutCount } from '../../core/backtest/cut-plan.js'
import { NO_COLOR, QUIET, RUN_OPTIONS, runOptions } from '../run-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { asTyped, option, parseOptions, type RawOptions } from '../shell/option-table.js'

/** Checks what a certificate is to be made with. Throws {@link InputMistake} with every wrong option. */
export function certifyOptions(inputs: readonly string[], raw: RawCertifyOptions): CertifyOptions {
  const check = new OptionCheck()
  const { from: _, to: __, factors: ___, assets: ____, rename: _____, ...own } = CERTIFY_OPTIONS
  const { out = 'certificate.json', ...parsed } = parseOptions(own, raw, check)
  const run = runOptions(raw, check)
  if (inputs.length === 0) {
    check.wrong('<days…>', 'expected a folder or files of days YYYY-MM-DD.parquet, found none')
  }
  check.done()
  const { validDays = 30, cuts = 'usual', minTrades = 1, maxDrawdown = 0.3, minProfitFactor } = parsed
  return { ...run, inputs, out, limits: { validDays, cuts, minTrades, maxDrawdown, minProfitFactor } }
}

/** What a certificate is about, and what it demands. */
export interface CertifyOptions extends ReturnType<typeof runOptions> {
  readonly inputs: readonly string[]
  readonly out: string
  readonly limits: Limits
}

export interface Limits {
  readonly validDays: number
  /** Bars at which causality is probed. */
  readonly cuts: CutCount
  readonly minTrades: number
  /** Fraction of 1. */
  readonly maxDrawdown: number
  readonly minProfitFactor: number | undefined
}

export const CERTIFY_OPTIONS = {
  out: option({
    flag: '--out',
    value: '<file>',
    help: 'the certificate (default: certificate.json)',
    parse: asTyped<string>,
  }),
  check: option({
    flag: '--check',
    value: '<file>',
    help: 'say what a certificate is worth now, instead of making one',
    parse: asTyped<string>,
  }),
  keyFile: option({
    flag: '--key-file',
    value: '<file>',
    help: 'signing key, readable by its owner only (default: $DOLPHIN_CERTIFICATE_KEY)',
    parse: asTyped<string>,
  }),
  validDays: option({
    flag: '--valid-days',
    value: '<n>',
    help: 'days until it expires',
    standard: '30',
    parse: (typed, check, flag) => check.number(flag, typed, { above: 0 }),
  }),
  from: RUN_OPTIONS.from,
  to: RUN_OPTIONS.to,
  assets: RUN_OPTIONS.assets,
  rename: RUN_OPTIONS.rename,
  factors: RUN_OPTIONS.factors,
  cuts: option({
    flag: '--cuts',
    value: '<n>',
    help: 'bars at which causality is probed (default: those of all decisions, up to 10000)',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 1, max: 100_000, integer: true }),
  }),
  minTrades: option({
    flag: '--min-trades',
    value: '<n>',
    help: 'least number of trades',
    standard: '1',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 0, integer: true }),
  }),
  maxDrawdown: option({
    flag: '--max-drawdown',
    value: '<share>',
    help: 'largest drawdown, 0 to 1',
    standard: '0.3',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 0, max: 1 }),
  }),
  minProfitFactor: option({
    flag: '--min-profit-factor',
    value: '<x>',
    help: 'least profit factor without the simulated edge (default: none is demanded)',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 0 }),
  }),
  json: option({
    flag: '--json',
    help: 'the certificate, or the verdict, as JSON on stdout',
    parse: asTyped<boolean>,
  }),
  quiet: QUIET,
  color: NO_COLOR,
}

/** The options of `dolphin certify` as they were typed. */
export type RawCertifyOptions = RawOptions<typeof CERTIFY_OPTIONS>
