import { assert } from '../../base/assert.js'
import { directionName } from '../../base/direction.js'
import type { TradeDirection, TradeRecord } from '../../ports/vocabulary/session.js'
import type { EntryRecord, Trade } from '../../ports/vocabulary/trades.js'

/** A trade of both runs, or of one of them. */
export type Match =
  | { readonly bulk: Trade; readonly session: TradeRecord }
  | { readonly bulk: Trade; readonly session?: undefined }
  | { readonly bulk?: undefined; readonly session: TradeRecord }

/** What makes two entries the same decision. */
export interface EntryKey {
  readonly symbol: string
  readonly direction: TradeDirection
  /** UTC ms of the bar that decided it. */
  readonly entryBarAtMs: number
}

export function directionOf(entry: EntryRecord): TradeDirection {
  return directionName(entry.direction)
}

/** UTC ms of the bar that a bulk trade was entered on. */
export function barTimeOf(entry: EntryRecord): number {
  assert(entry.entryTimeMs !== null, 'compared days have bar times')
  return entry.entryTimeMs
}

export function isEntryOf(entry: EntryRecord, key: EntryKey): boolean {
  return keyText(entryKey(entry)) === keyText(key)
}

/** Pairs trades of one decision, and keeps what has no partner; by the time of the entry's bar, the bulk run's first. */
export function matchTrades(bulk: readonly Trade[], session: readonly TradeRecord[]): Match[] {
  const waiting = new Map<string, TradeRecord>()
  for (const record of session) if (!waiting.has(keyText(record))) waiting.set(keyText(record), record)
  const taken = new Set<TradeRecord>()
  const matches = bulk.map((trade): Match => {
    const partner = waiting.get(keyText(entryKey(trade)))
    if (partner === undefined || taken.has(partner)) return { bulk: trade }
    taken.add(partner)
    return { bulk: trade, session: partner }
  })
  const alone = session.filter((record) => !taken.has(record)).map((record): Match => ({ session: record }))
  return [...matches, ...alone].sort((a, b) => timeOf(a) - timeOf(b))
}

function entryKey(entry: EntryRecord): EntryKey {
  return { symbol: entry.asset, direction: directionOf(entry), entryBarAtMs: barTimeOf(entry) }
}

function keyText({ symbol, direction, entryBarAtMs }: EntryKey): string {
  return `${symbol} ${direction} ${entryBarAtMs}`
}

function timeOf({ bulk, session }: Match): number {
  return bulk === undefined ? session.entryBarAtMs : barTimeOf(bulk)
}
