import { present } from '../../src/base/present.js'
import { restoreCapital } from '../../src/core/flows/restore-capital.js'
import { dueDates } from '../../src/core/flows/schedule.js'
import type { FlowSchedule, FlowStatus } from '../../src/ports/vocabulary/flows.js'

/** What the harness's golden cases ask of the flows. */
export const FLOW_FUNCTIONS = { due: dueCase, restore_capital: restoreCapitalCase }

interface DueCase {
  readonly schedule:
    | { readonly kind: 'daily'; readonly at: string }
    | { readonly kind: 'every'; readonly hours: number }
  readonly ledger: readonly (readonly [string, FlowStatus, number])[]
  readonly nowMs: number
  readonly since: string | null
  readonly lease: { readonly owner: string; readonly unchangedMs: number } | null
}

function dueCase({ schedule, ledger, ...context }: DueCase): unknown {
  const written: FlowSchedule =
    schedule.kind === 'daily'
      ? { kind: 'daily', at: schedule.at, catchUp: 'all' }
      : { kind: 'hours', every: schedule.hours, catchUp: 'newest' }
  const rows = ledger.map(([stamp, status, attempts]) => ({ stamp, status, attempts }))
  return dueDates(written, rows, context)
}

interface RestoreCapitalCase {
  readonly date: string
  readonly states: readonly (readonly [string, unknown])[]
  readonly override?: number
  readonly initialCapital?: number
}

function restoreCapitalCase({ date, states, override, initialCapital }: RestoreCapitalCase): unknown {
  const recorded = states.map(([day, capital]) => ({ date: day, capital }))
  const restored = restoreCapital(date, recorded, present({ override, initial: initialCapital }))
  if (restored.kind === 'refused') return { error: restored.error }
  return { capital: restored.capital, from: restored.from }
}
