/**
 * dolphin-engine/runtime: a whole session in one process, without the command line. `runSession` runs both sides over the
 * venue, links, journals and log that it is handed, on virtual time or by a clock; `dolphin paper` is made of it.
 *
 * Here are the session, its clocks, its safety surface, and adapters for everything that it needs in one process. Strategies,
 * engine and both sides' settings come from `dolphin-engine`, day files from `dolphin-engine/parquet`.
 */

export { systemClock } from './adapters/clock/system-clock.js'
export { statfsDisk } from './adapters/disk/statfs-disk.js'
export { DASHBOARD_PAGE } from './adapters/http/dashboard-page.generated.js'
export { type StatusServer, type StatusServerSettings, serveStatus } from './adapters/http/status-server.js'
export { openFileJournal } from './adapters/journal/file-journal.js'
export { MemoryJournal } from './adapters/journal/memory-journal.js'
export { delayedLinkPair } from './adapters/link-memory/delayed-link.js'
export { memoryLinkPair } from './adapters/link-memory/memory-link.js'
export { PaperExchange } from './adapters/paper/paper-exchange.js'
export { PaperVenue, type PaperVenueOptions } from './adapters/paper/paper-venue.js'
export { MemorySessionLog } from './adapters/session-log/memory-session-log.js'
export { FileSessionLog } from './adapters/session-log/session-log.js'
export { loadExecutionConfig } from './config/execution-config.js'
export { type InstrumentTable, loadInstruments } from './config/instruments.js'
export { type Period, withinPeriod } from './core/days/period.js'
export { journalFormat } from './core/journal/journal-format.js'
export { conditionsOf } from './core/mode/conditions.js'
export {
  championOf,
  type ExecutionConfig,
  planSession,
  type SessionPlan,
  type SessionWish,
} from './core/session/session-plan.js'
export type { Clock, Timer } from './ports/clock.js'
export type * from './ports/played-market.js'
export type * from './ports/prices.js'
export type * from './ports/session-log.js'
export type * from './ports/status-surface.js'
export type * from './ports/vocabulary/paper.js'
export { type DaysReplay, replayDays } from './runtime/backtest/replay-days.js'
export { SideHost, type SideHostPorts } from './runtime/host/side-host.js'
export { type ReplayOptions, replayPrices } from './runtime/services/scan/replay-prices.js'
export { type DaysSurvey, type RecordedDays, surveyDays } from './runtime/session/days-survey.js'
export { priceSteps } from './runtime/session/price-steps.js'
export {
  type JournalStanding,
  type RemoteExecution,
  runSession,
  type SessionParts,
  type SessionResult,
  type SideParts,
} from './runtime/session/session.js'
export type { SessionFigures } from './runtime/session/session-books.js'
export { type SessionStep, sessionSteps } from './runtime/session/session-steps.js'
export { JournalDeparture } from './runtime/session/timed-journal.js'
export { SessionSurface } from './runtime/status/session-surface.js'
export { StandingCommands } from './runtime/status/standing-commands.js'
export { type ClockScale, clockTimer, scaledClock } from './runtime/time/scaled-clock.js'
export { VirtualTime } from './runtime/time/virtual-time.js'
