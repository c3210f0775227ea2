/**
 * The `/status` document: computed, checked against its contract, and served over HTTP with events, metrics and commands.
 * Contract: `specs/status`.
 *
 * @example
 * ```ts
 * import { checkStatus, StatusStream } from 'dolphin-engine/status'
 *
 * const document: unknown = await (await fetch('http://127.0.0.1:8080/api/v1/status')).json()
 * for (const { rule, field, expected, found } of checkStatus(document)) console.log(rule, field, expected, found)
 *
 * // Again and again: each document is held to those before it as well.
 * const stream = new StatusStream(checkStatus)
 * console.log(stream.next(document, performance.now()))
 * ```
 *
 * @module
 */

export { dashboardPage } from '../adapters/http/dashboard-page.js'
export { type StatusServer, type StatusServerSettings, serveStatus } from '../adapters/http/status-server.js'
export { type JournalInputs, type Mode, modeOf } from '../core/mode/mode.js'
export { checkStatus } from '../core/status/check.js'
export type { StatusViolation } from '../core/status/check-against.js'
export type { SystemHealth } from '../core/status/health-view.js'
export { type SystemState, statusOf } from '../core/status/status.js'
export { StatusStream } from '../core/status/stream.js'
export type * from '../ports/status-surface.js'
export type * from '../ports/vocabulary/status.generated.js'
export type { HostedDecision, HostedExecution, HostedSide } from '../runtime/status/hosted-side.js'
export type { RunningIdentity, RunningSurface } from '../runtime/status/running-surface.js'
export { type SessionIdentity, SessionSurface } from '../runtime/status/session-surface.js'
export { StandingCommands } from '../runtime/status/standing-commands.js'
