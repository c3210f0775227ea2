import { assert } from '../../base/assert.js'
import { dateOfEpochMs, epochDay, MS_PER_DAY } from '../../base/utc-date.js'
import { LEASE_SILENT_MS_MAX } from '../../ports/flow-scheduler.js'
import type { FlowRow, FlowSchedule } from '../../ports/vocabulary/flows.js'

/** Logical dates that a turn makes up for at most; what is older has expired. */
export const CATCH_UP_DATES = 14
/** Runs of a date that are begun by themselves; after that an operator has to. */
export const ATTEMPTS_MAX = 3
const EXPIRED_TOLD_MAX = 30

export interface DueContext {
  /** UTC ms. */
  readonly nowMs: number
  /** First logical stamp that is due at all; null: the flow is new, and only the newest is. */
  readonly since: string | null
  /** Who holds the flow, and for how long that was seen without a sign of life; null: nobody. */
  readonly lease: { readonly owner: string; readonly unchangedMs: number } | null
}

export interface Due {
  /** Oldest first. */
  readonly run: readonly string[]
  /** Open, and too old to be run by themselves, oldest first: at most the 30 newest. */
  readonly expired: readonly string[]
  /** Failed as often as they may. */
  readonly exhausted: readonly string[]
  /** Owner of a lease that is alive: nothing is to be run now. */
  readonly busy: string | null
}

/** What of a flow is due. Source: spec "Schedules". UTC: no day is longer than another. */
export function dueDates(
  schedule: FlowSchedule,
  rows: readonly Pick<FlowRow, 'stamp' | 'status' | 'attempts'>[],
  { nowMs, since, lease }: DueContext,
): Due {
  if (lease !== null && lease.unchangedMs <= LEASE_SILENT_MS_MAX) {
    return { run: [], expired: [], exhausted: [], busy: lease.owner }
  }
  const byStamp = new Map(rows.map((row) => [row.stamp, row]))
  const isDone = (stamp: string) => DONE.has(byStamp.get(stamp)?.status ?? '')
  const isExhausted = (stamp: string) => {
    const row = byStamp.get(stamp)
    return row?.status === 'FAILED' && row.attempts >= ATTEMPTS_MAX
  }
  const newest = newestDue(schedule, nowMs)
  const all = stampsTo(newest, schedule, since)
  const window = all.slice(-(schedule.catchUp === 'newest' ? 1 : CATCH_UP_DATES))
  const open = window.filter((stamp) => !isDone(stamp))
  const older = schedule.catchUp === 'newest' ? [] : all.slice(0, -CATCH_UP_DATES)
  return {
    run: open.filter((stamp) => !isExhausted(stamp)),
    expired: older.filter((stamp) => !isDone(stamp)).slice(-EXPIRED_TOLD_MAX),
    exhausted: open.filter(isExhausted),
    busy: null,
  }
}

/** The newest stamp that is due at a moment, UTC ms. */
export function newestDue(schedule: FlowSchedule, nowMs: number): string {
  if (schedule.kind === 'hours') {
    const slotMs = schedule.every * MS_PER_HOUR
    return slotStamp(Math.floor(nowMs / slotMs) * slotMs)
  }
  return dateOfEpochMs(nowMs - msOfDay(schedule.at) - MS_PER_DAY)
}

/** When a stamp falls due, UTC ms. */
export function dueAtMs(schedule: FlowSchedule, stamp: string): number {
  if (schedule.kind === 'hours') return slotMsOf(stamp)
  return (epochDay(stamp) + 1) * MS_PER_DAY + msOfDay(schedule.at)
}

/** The stamp after one. */
export function stampAfter(schedule: FlowSchedule, stamp: string): string {
  if (schedule.kind === 'hours') return slotStamp(slotMsOf(stamp) + schedule.every * MS_PER_HOUR)
  return dateOfEpochMs((epochDay(stamp) + 1) * MS_PER_DAY)
}

/** Whether a text is a stamp of a schedule. */
export function isStamp(schedule: FlowSchedule, text: string): boolean {
  if (schedule.kind === 'daily') return STAMP.daily.test(text) && roundTrips(`${text}T00`)
  return STAMP.hours.test(text) && roundTrips(text) && Number(text.slice(11)) % schedule.every === 0
}

const STAMP = { daily: /^\d{4}-\d{2}-\d{2}$/, hours: /^\d{4}-\d{2}-\d{2}T\d{2}$/ }
const DONE: ReadonlySet<string> = new Set(['SUCCESS', 'HIBERNATED', 'WAIVED'])
const MS_PER_HOUR = 3_600_000

function roundTrips(slot: string): boolean {
  const ms = slotMsOf(slot)
  return !Number.isNaN(ms) && slotStamp(ms) === slot
}

/** From `since` on, where that is known; as many as are ever looked at. */
function stampsTo(newest: string, schedule: FlowSchedule, since: string | null): readonly string[] {
  if (since === null) return [newest]
  const stamps: string[] = []
  const stepMs = schedule.kind === 'hours' ? schedule.every * MS_PER_HOUR : MS_PER_DAY
  const stampOf = schedule.kind === 'hours' ? slotStamp : dateOfEpochMs
  const newestMs = schedule.kind === 'hours' ? slotMsOf(newest) : epochDay(newest) * MS_PER_DAY
  for (let ms = newestMs; stampOf(ms) >= since; ms -= stepMs) stamps.push(stampOf(ms))
  return stamps.reverse()
}

function msOfDay(at: string): number {
  const [hours, minutes] = at.split(':').map(Number)
  assert(hours !== undefined && minutes !== undefined, 'a time of day is HH:MM')
  return (hours * 60 + minutes) * 60_000
}

function slotStamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13)
}

function slotMsOf(stamp: string): number {
  return Date.parse(`${stamp}:00:00Z`)
}
