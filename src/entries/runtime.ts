/**
 * A whole session in one process, without the command line: {@link runSession} runs both sides over the venue, links, journals
 * and log that it is handed, on virtual time or by a clock. `dolphin paper` is made of it.
 *
 * Strategies, engine and both sides' settings come from `dolphin-engine`, day files from `dolphin-engine/parquet`, an exchange
 * from `dolphin-engine/paper`, journals and logs from `dolphin-engine/journal`.
 *
 * @example
 * ```ts
 * import { parquetDays, findDayFiles } from 'dolphin-engine/parquet'
 * import { loadExecutionConfig, loadInstruments, planSession, surveyDays } from 'dolphin-engine/runtime'
 *
 * // `examples/paper-session.mjs` goes on from here to `runSession`.
 * const market = await surveyDays({ source: parquetDays, files: await findDayFiles(['days']) })
 * const plan = planSession({
 *   run: { initialCapital: 25_000 },
 *   config: await loadExecutionConfig(),
 *   instruments: market.symbols.map((symbol) => loadInstruments().instrument(symbol, 'PAPER')),
 *   fills: 'realistic', seed: 1, market, build: '0123456789abcdef',
 * })
 * ```
 *
 * @module
 */

export { systemClock } from '../adapters/clock/system-clock.js'
export { statfsDisk } from '../adapters/disk/statfs-disk.js'
export { delayedLinkPair } from '../adapters/link-memory/delayed-link.js'
export { memoryLinkPair } from '../adapters/link-memory/memory-link.js'
export { loadExecutionConfig } from '../config/execution-config.js'
export { type InstrumentTable, loadInstruments } from '../config/instruments.js'
export { type Period, withinPeriod } from '../core/days/period.js'
export type { HarnessSettings } from '../core/decision/settings.js'
export type { CertificateVerdict } from '../core/mode/certificate.js'
export { conditionsOf, type RunsUnder } from '../core/mode/conditions.js'
export {
  championOf,
  type EdgeConfig,
  type ExecutionConfig,
  type PaperConfig,
  planSession,
  type SessionPlan,
  type SessionWish,
} from '../core/session/session-plan.js'
export type * from '../ports/clock.js'
export type * from '../ports/disk.js'
export type * from '../ports/prices.js'
export type * from '../ports/session-log.js'
export {
  type DaysReplay,
  type DayTaker,
  type ReplayOptions as DaysReplayOptions,
  replayDays,
} from '../runtime/backtest/replay-days.js'
export { type HostedVenue, SideHost, type SideHostPorts } from '../runtime/host/side-host.js'
export { type ReplayOptions, replayPrices } from '../runtime/services/scan/replay-prices.js'
export type { AssumptionParts } from '../runtime/session/assumption-watch.js'
export { type DaysSurvey, type RecordedDays, surveyDays } from '../runtime/session/days-survey.js'
export { priceSteps } from '../runtime/session/price-steps.js'
export { runSession, type SessionResult } from '../runtime/session/session.js'
export type { BarSettings } from '../runtime/session/session-bars.js'
export type { SessionFigures } from '../runtime/session/session-books.js'
export type {
  JournalStanding,
  OutsideInput,
  RemoteExecution,
  SessionParts,
  SideJournal,
  SideParts,
  WatchedDecision,
} from '../runtime/session/session-parts.js'
export { type SessionPoint, SessionRecovery, type SessionRecoveryParts } from '../runtime/session/session-recovery.js'
export { type SessionStep, sessionSteps } from '../runtime/session/session-steps.js'
export { JournalDeparture, LineSums, sideJournal } from '../runtime/session/timed-journal.js'
export { type KeptPace, PacedTime, type PacedTimeSettings } from '../runtime/time/paced-time.js'
export { type PlayingTime, type PlayingTimeSettings, playingTime } from '../runtime/time/playing-time.js'
export { type ClockScale, clockTimer, scaledClock } from '../runtime/time/scaled-clock.js'
export { VirtualTime } from '../runtime/time/virtual-time.js'
