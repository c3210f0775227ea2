import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { directionName } from '../../base/direction.js'
import type { DecimalText } from '../../base/exact.js'
import { InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { dateOfEpochMs } from '../../base/utc-date.js'
import { type CertificateFiles, readCertificate } from '../../config/certificate.js'
import { loadExecutionConfig } from '../../config/execution-config.js'
import { type InstrumentTable, loadInstruments } from '../../config/instruments.js'
import type { LoadedStrategy } from '../../config/strategy-module.js'
import type { BacktestSettings } from '../../core/backtest/settings.js'
import { type Period, withinPeriod } from '../../core/days/period.js'
import { CHAMPION_HASH, parametersHash } from '../../core/engine/parameters.js'
import { conditionsOf } from '../../core/mode/conditions.js'
import type { Conditions } from '../../core/mode/mode.js'
import { type ExecutionConfig, planSession, type SessionPlan } from '../../core/session/session-plan.js'
import { displayPath, packageVersion } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { JournalKind } from '../../ports/journal.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { FillMode } from '../../ports/vocabulary/paper.js'
import type { LiveMarket, SessionDay, SessionSettings } from '../../ports/vocabulary/session.js'
import { type DaysSurvey, surveyDays } from '../../runtime/session/days-survey.js'
import { codeHash } from '../shell/code-hash.js'
import { daySource, findDays } from './days.js'
import { incompleteDays } from './incomplete-days.js'
import { refuseUnobserved } from './observed-recording.js'
import { loadOwn, ownStrategyOf } from './own-strategy.js'
import { type PreparedRun, prepareRun, type RunSettings } from './run-settings.js'
import { columnWarnings } from './seen-columns.js'

/**
 * Reads everything that the choice names and puts a session over recorded days together. Nothing is written.
 *
 * @throws Mistake
 */
export async function preparePaper(choice: SessionChoice, signal: AbortSignal): Promise<PaperSetup> {
  const parts = await prepareParts(choice)
  const { prepared } = parts
  const days = await surveyDays(
    { source: daySource(prepared), files: withinPeriod(await findDays(choice.inputs), choice.period) },
    signal,
  )
  const setup = await prepareSession(choice, parts, days)
  return {
    ...setup,
    days,
    notices: [
      ...setup.notices,
      ...[...columnWarnings(days.columns, prepared), ...incompleteDays(days.files)].map((text) => `WARNING ${text}`),
      ...unusedFactors(prepared, days),
    ],
  }
}

/** What a choice names, read, before anything is known of the market that is traded. */
export interface SessionFiles {
  readonly prepared: PreparedRun
  readonly run: BacktestSettings
  readonly config: ExecutionConfig
  readonly table: InstrumentTable
}

/** @throws Mistake */
export async function prepareParts(choice: SessionChoice): Promise<SessionFiles> {
  const prepared = prepareRun(choice.run, await loadOwn(choice.run))
  refuseUnobserved(prepared)
  const run = prepared.settings()
  if (run.parameters.close_at_end) {
    throw new InputMistake('exits.close_at_end: a session leaves its position open, as a live one does; expected false')
  }
  const config = await loadExecutionConfig(choice.execution, { iMeanFractions: meansFractions(choice.run) })
  return { prepared, run, config, table: loadInstruments(choice.instruments) }
}

/** The market that a session trades: of recorded days, or of what scanners publish. */
export interface SessionMarket {
  /** What may be traded. */
  readonly symbols: readonly string[]
  /** UTC ms of its first bar, and the usual time from bar to bar. */
  readonly firstBarMs: number
  readonly stepMs: number
  /** Empty where it is not of days. */
  readonly days: readonly SessionDay[]
  /** Absent: those of the choice's file. */
  readonly instruments?: readonly Instrument[]
  /** Absent: its prices are not those of now, or somebody else's scans. */
  readonly live?: LiveMarket
}

/** @throws InputMistake when the session's folder cannot be used. */
export async function prepareSession(
  choice: SessionChoice,
  { prepared, run, config, table }: SessionFiles,
  market: SessionMarket,
): Promise<SessionSetup> {
  const folder = choice.out ?? `paper-${market.days[0]?.date ?? dateOfEpochMs(market.firstBarMs)}`
  await checkFolder(folder, choice.resume)
  const code = codeHash()
  const plan = planSession({
    run,
    config,
    instruments: market.instruments ?? market.symbols.map((symbol) => table.instrument(symbol, 'PAPER')),
    fills: choice.fills,
    seed: choice.seed,
    market,
    build: code.slice(0, BUILD_DIGITS),
    conditions: sessionConditions(choice, { parameters: run.parameters, barSeconds: market.stepMs / 1000 }),
    account: accountOf(market),
  })
  const session = sessionSettings(choice, { prepared, run, market, code, folder, plan, config })
  const bound = market.live === undefined ? {} : { boundTo: boundHash(session) }
  return {
    ...plan,
    decision: { ...plan.decision, ...bound },
    folder: displayPath(folder),
    parent: dirname(resolve(folder)),
    session,
    run,
    symbols: market.symbols,
    ...present({ own: prepared.own, observe: prepared.observe }),
    notices: [
      ...(prepared.notice === undefined ? [] : [prepared.notice]),
      ...withoutCertificate(choice, { parameters: run.parameters, barSeconds: market.stepMs / 1000 }),
    ],
  }
}

/** What a paper session is asked to be. */
export interface SessionChoice {
  /** Strategy and gates: what a bulk run of the same days has. */
  readonly run: RunSettings
  /** Folders or files of days, and which of them. */
  readonly inputs: readonly string[]
  readonly period: Period
  /** The options that decide, as they were given: what the bulk run is to be told. */
  readonly given: SessionSettings['options']
  readonly fills: FillMode
  readonly seed: number
  /** Absent: the packaged ones. */
  readonly execution?: string
  readonly instruments?: string
  /** Absent: named after the first day. */
  readonly out?: string
  readonly resume: boolean
  readonly environment: Conditions['environment']
  readonly certificate?: CertificateFiles
}

/** Everything that a session on paper runs with. */
export interface SessionSetup extends SessionPlan {
  /** The session's folder, as a person would type it, and the two parts that its log is opened with. */
  readonly folder: string
  readonly session: SessionSettings
  readonly parent: string
  readonly run: BacktestSettings
  /** What may be traded. */
  readonly symbols: readonly string[]
  /** Absent: the champion. */
  readonly own?: LoadedStrategy
  /** The folder of the recorded market that it observes, or `live`. Absent: it observes none. */
  readonly observe?: string
  readonly notices: readonly string[]
}

/** A session over recorded days. */
export interface PaperSetup extends SessionSetup {
  readonly days: DaysSurvey
}

/** Whether values that are probably percentages were declared to be none. */
export function meansFractions({ research, iMeanFractions = false }: SessionChoice['run']): boolean {
  return research && iMeanFractions
}

/** Where the journals of a session lie. */
export function journalFolder(folder: string, kind: JournalKind): string {
  return join(folder, 'journal', kind)
}

const BUILD_DIGITS = 16

/** What a session runs under, by its environment and its certificate as it is now. */
export function sessionConditions(
  { environment, certificate = {} }: Pick<SessionChoice, 'environment' | 'certificate'>,
  running: Running,
): Conditions {
  const verdict = certificateVerdict(certificate, running)
  const championHash = parametersHash(running.parameters)
  return conditionsOf(verdict, { environment, parametersHash: championHash, frozenHash: CHAMPION_HASH })
}

/** A session that opens nothing looks like one that finds nothing to open. */
function withoutCertificate(
  { environment, certificate = {} }: Pick<SessionChoice, 'environment' | 'certificate'>,
  running: Running,
): readonly string[] {
  if (environment !== 'STAGING' && environment !== 'LIVE') return []
  const { state, why } = certificateVerdict(certificate, running)
  return state === 'PASS' ? [] : [`WARNING Nothing will open (REDUCEONLY_F1_CERT): the certificate is ${state}: ${why}`]
}

function certificateVerdict(certificate: CertificateFiles, { parameters, barSeconds }: Running) {
  return readCertificate(certificate, { championHash: parametersHash(parameters), barSeconds, nowMs: Date.now() })
}

interface Running {
  readonly parameters: BacktestSettings['parameters']
  readonly barSeconds: number
}

/** A table of another year is a slip that would pass for a session with a breaker. */
function unusedFactors({ factorDates }: PreparedRun, { days }: DaysSurvey): readonly string[] {
  if (factorDates === undefined || days.some(({ date }) => factorDates.has(date))) return []
  return [`WARNING --factors has no row for any day from ${days[0]!.date} to ${days.at(-1)!.date}.`]
}

function sessionSettings(
  choice: SessionChoice,
  facts: {
    readonly prepared: PreparedRun
    readonly run: BacktestSettings
    readonly market: SessionMarket
    readonly code: string
    readonly folder: string
    readonly plan: SessionPlan
    readonly config: ExecutionConfig
  },
): SessionSettings {
  const { run, market, plan, config } = facts
  // What does not decide about the trades of a session that may trade: the build, what it runs under, and what is said of assumptions.
  const { build: _, conditions: __, assumptions: ___, ...decision } = plan.decision
  const { own } = facts.prepared
  const decides = {
    ...present({ ownStrategy: own && { sha256: own.sha256, parameters: own.parameters } }),
    recorded: facts.prepared.recorded,
    run: { ...run.parameters },
    execution: config.execution,
    edge: config.edge,
    decision,
  }
  return {
    schema: 'dolphin.session/1',
    sessionId: basename(resolve(facts.folder)),
    startedAtMs: plan.startedAtMs,
    engineVersion: packageVersion(),
    strategy: run.strategy,
    ...present({ ownStrategy: own && ownStrategyOf(own) }),
    direction: directionName(run.direction),
    initialCapitalUsd: plan.initialCapitalUsd,
    fills: choice.fills,
    seed: choice.seed,
    ...present({ live: market.live }),
    hashes: {
      champion: CHAMPION_HASH,
      parameters: parametersHash(run.parameters),
      config: sha256(canonicalJson({ ...decides, exchange: plan.exchange })),
      code: facts.code,
    },
    days: market.days,
    options: choice.given,
    venue: {
      exchange: isAtExchange(market) ? { instruments: plan.exchange.instruments } : plan.exchange,
      risk: config.risk,
      execution: config.execution,
    },
  }
}

function isAtExchange({ live }: SessionMarket): boolean {
  return live?.fills === 'exchange'
}

/** Of an account that is not ours to open. */
function accountOf({ live }: SessionMarket): { readonly walletBalanceUsd: DecimalText } | undefined {
  return live?.walletBalanceUsd === undefined ? undefined : { walletBalanceUsd: live.walletBalanceUsd }
}

/** What the decision journal of a live session is bound to: everything that the session runs with. */
export function boundHash(settings: SessionSettings): string {
  return sha256(canonicalJson(settings))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * A session is begun in a folder of its own, and continued only when that is said.
 *
 * @throws InputMistake
 */
export async function checkFolder(folder: string, resume: boolean): Promise<void> {
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
