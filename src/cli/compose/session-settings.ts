import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { directionName } from '../../base/direction.js'
import { Exact } from '../../base/exact.js'
import { InputMistake } from '../../base/mistakes.js'
import { type ExecutionConfig, loadExecutionConfig } from '../../config/execution-config.js'
import { loadInstruments } from '../../config/instruments.js'
import type { BacktestSettings } from '../../core/backtest/settings.js'
import { DECISION_DEFAULTS, type DecisionSettings } from '../../core/decision/settings.js'
import { CHAMPION_HASH, parametersHash } from '../../core/engine/parameters.js'
import type { ExecutionSettings } from '../../core/execution/settings.js'
import { displayPath, packageVersion } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { PaperSettings } from '../../ports/vocabulary/paper.js'
import type { SessionSettings } from '../../ports/vocabulary/session.js'
import { type PaperDays, surveyDays } from '../../runtime/session/days-survey.js'
import type { PaperOptions } from '../paper/options.js'
import { codeHash } from '../shell/code-hash.js'
import { type PreparedRun, prepareRun } from './backtest.js'
import { sessionConditions } from './conditions.js'

/** Everything that a paper session runs with. */
export interface PaperSetup {
  /** The session's folder, as a person would type it, and the two parts that its log is opened with. */
  readonly folder: string
  readonly session: SessionSettings
  readonly parent: string
  readonly days: PaperDays
  readonly run: BacktestSettings
  readonly decision: DecisionSettings
  readonly execution: ExecutionSettings
  readonly exchange: PaperSettings
  /** Fraction of the notional at each settlement; absent: none is settled. */
  readonly fundingRate?: string
  readonly notices: readonly string[]
}

/** Time before the first bar in which both sides find each other and compare notes. */
export const WARM_UP_MS = 30_000

/** Where the journals of a session lie. */
export function journalFolder(folder: string, side: 'decision' | 'execution'): string {
  return join(folder, 'journal', side)
}

/**
 * Reads everything that the options name and puts a session together. Nothing is written.
 *
 * @throws Mistake, DayError
 */
export async function preparePaper(options: PaperOptions, signal: AbortSignal): Promise<PaperSetup> {
  const prepared = prepareRun(options.run)
  const run = prepared.settings()
  if (run.parameters.close_at_end) {
    throw new InputMistake('exits.close_at_end: a session leaves its position open, as a live one does; expected false')
  }
  const config = await loadExecutionConfig(options.execution)
  const table = loadInstruments(options.instruments)
  const days = await surveyDays(options.run, signal)
  const folder = options.out ?? `paper-${days.days[0]!.date}`
  await checkFolder(folder, options.resume)
  const code = codeHash()
  const instruments = days.symbols.map((symbol) => table.instrument(symbol, 'PAPER'))
  const common = { instruments, build: code.slice(0, 16) }
  const capital = new Exact(run.initialCapital).toFixed()
  const decision: DecisionSettings = {
    ...DECISION_DEFAULTS,
    ...common,
    idPrefix: 'P',
    initialBalanceUsd: capital,
    risk: config.risk,
    timings: config.decision,
    link: config.execution.link,
    market: marketLimits(options, days.stepMs),
    conditions: sessionConditions(options.status, { parameters: run.parameters, barSeconds: days.stepMs / 1000 }),
  }
  const exchange = exchangeSettings(options, config, { instruments, capital })
  const execution = { ...config.execution, ...common }
  return {
    folder: displayPath(folder),
    parent: dirname(resolve(folder)),
    session: sessionSettings(options, {
      prepared,
      run,
      days,
      code,
      capital,
      folder,
      decided: { config, exchange, decision },
    }),
    days,
    run,
    decision,
    execution,
    exchange,
    ...(options.fills === 'realistic' ? { fundingRate: config.paper.fundingRate } : {}),
    notices: [...(prepared.notice === undefined ? [] : [prepared.notice]), ...unusedFactors(prepared, days)],
  }
}

/** A table of another year is a slip that would pass for a session with a breaker. */
function unusedFactors({ factorDates }: PreparedRun, { days }: PaperDays): readonly string[] {
  if (factorDates === undefined || days.some(({ date }) => factorDates.has(date))) return []
  return [`WARNING --factors has no row for any day from ${days[0]!.date} to ${days.at(-1)!.date}.`]
}

/**
 * When prices count as stale. Recorded bars come at their own pace: what a live feed's silence is told by is here some
 * steps without a bar. At bar prices nothing is: a gap in a recording is no failure of a feed, and the bulk run knows none.
 */
function marketLimits({ fills }: PaperOptions, stepMs: number): DecisionSettings['market'] {
  const limits = DECISION_DEFAULTS.market
  const scanAgeMaxMs = fills === 'bar-price' ? 100 * MS_PER_YEAR : Math.max(limits.scanAgeMaxMs, STALE_STEPS * stepMs)
  return { ...limits, scanAgeMaxMs }
}

const STALE_STEPS = 2.5
const MS_PER_YEAR = 31_557_600_000

function exchangeSettings(
  { fills, seed }: PaperOptions,
  { paper: { fundingRate: _, ...paper } }: ExecutionConfig,
  { instruments, capital }: { readonly instruments: PaperSettings['instruments']; readonly capital: string },
): PaperSettings {
  const common = { instruments, startingBalanceUsd: capital, seed, fillMode: fills, leverage: paper.leverage }
  return fills === 'bar-price' ? common : { ...paper, ...common }
}

function sessionSettings(
  options: PaperOptions,
  facts: {
    readonly prepared: PreparedRun
    readonly run: BacktestSettings
    readonly days: PaperDays
    readonly code: string
    readonly capital: string
    readonly folder: string
    readonly decided: {
      readonly config: ExecutionConfig
      readonly exchange: PaperSettings
      readonly decision: DecisionSettings
    }
  },
): SessionSettings {
  const { run, days, decided } = facts
  // What does not decide about the trades of a session that may trade: the build, and what it runs under.
  const { build: _, conditions: __, ...decision } = decided.decision
  const decides = {
    recorded: facts.prepared.recorded,
    run: { ...run.parameters },
    execution: decided.config.execution,
    decision,
  }
  return {
    schema: 'dolphin.session/1',
    sessionId: basename(resolve(facts.folder)),
    startedAtMs: days.firstBarMs - WARM_UP_MS,
    engineVersion: packageVersion(),
    strategy: run.strategy,
    direction: directionName(run.direction),
    initialCapitalUsd: facts.capital,
    fills: options.fills,
    seed: options.seed,
    hashes: {
      champion: CHAMPION_HASH,
      parameters: parametersHash(run.parameters),
      config: sha256(canonicalJson({ ...decides, exchange: decided.exchange })),
      code: facts.code,
    },
    days: days.days,
    options: options.given,
    venue: { exchange: decided.exchange, risk: decided.config.risk, execution: decided.config.execution },
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A session is begun in a folder of its own, and continued only when that is said. */
async function checkFolder(folder: string, resume: boolean): Promise<void> {
  const place = '--out'
  const names: readonly string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new InputMistake({ place, message: `${displayPath(folder)}: ${reason(error)}` })
  })
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(basename(resolve(folder)))) {
    const expected = 'a folder named by 1 to 64 letters, digits, dots, underscores and hyphens'
    throw new InputMistake({ place, message: `expected ${expected}, found ${displayPath(folder)}` })
  }
  const holdsSession = names.includes(SETTINGS_FILE)
  if (resume && !holdsSession) {
    throw new InputMistake({ place, message: `expected a session to continue, found none in ${displayPath(folder)}` })
  }
  if (!resume && holdsSession) {
    throw new InputMistake(
      { place, message: `${displayPath(folder)} holds a session already` },
      { hint: 'Continue it with --resume, or name another folder.' },
    )
  }
  if (!resume && names.length > 0) {
    throw new InputMistake({
      place,
      message: `expected a new or an empty folder, found files in ${displayPath(folder)}`,
    })
  }
}
