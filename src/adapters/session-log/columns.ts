import type { CsvCell } from '../../base/csv.js'
import type { DecimalText } from '../../base/exact.js'
import { type PositionId, positionId } from '../../ports/vocabulary/ids.js'
import type { EntryRejectReason, FillPurpose } from '../../ports/vocabulary/messages.js'
import type { DailyStats, MissedEntry, TradeDirection, TradeRecord } from '../../ports/vocabulary/session.js'
import { rowCells, rowText } from './csv.js'
import { quoted, SessionLogError, type SessionPlace } from './refusal.js'

/** Columns of any field; a `Column<Row, K>` of one field is used only through that field, so the union is sound. */
export type Columns<Row> = readonly { [K in keyof Row]-?: Column<Row, K> }[keyof Row][]

interface CellKind<T> {
  readonly expected: string
  readonly write: (value: T) => string
  /** Undefined where the text is not one. */
  readonly read: (text: string) => T | undefined
}

interface Column<Row, K extends keyof Row> {
  readonly name: string
  readonly field: K
  readonly kind: CellKind<Row[K]>
}

const text: CellKind<string> = {
  expected: 'a text',
  write: (value) => value,
  read: (cell) => (cell === '' ? undefined : cell),
}

const anyText: CellKind<string> = { ...text, read: (cell) => cell }

const decimal: CellKind<DecimalText> = {
  expected: 'a decimal such as -12.5',
  write: (value) => value,
  read: (cell) => (/^-?\d+(\.\d+)?$/.test(cell) ? cell : undefined),
}

const count: CellKind<number> = {
  expected: 'a whole number of at least 0',
  write: String,
  read: (cell) => (/^\d{1,15}$/.test(cell) ? Number(cell) : undefined),
}

const float: CellKind<number> = {
  expected: 'a number',
  write: String,
  read: (cell) => (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(cell) ? Number(cell) : undefined),
}

const date: CellKind<string> = {
  expected: 'a date YYYY-MM-DD',
  write: (value) => value,
  read: (cell) => (/^\d{4}-\d{2}-\d{2}$/.test(cell) ? cell : undefined),
}

function orAbsent<T>(kind: CellKind<T>): CellKind<T | null> {
  return {
    expected: `${kind.expected} or an empty cell`,
    write: (value) => (value === null ? '' : kind.write(value)),
    read: (cell) => (cell === '' ? null : kind.read(cell)),
  }
}

function oneOf<T extends string>(...known: readonly T[]): CellKind<T> {
  return {
    expected: `one of ${known.join(', ')}`,
    write: (value) => value,
    read: (cell) => known.find((name) => name === cell),
  }
}

const position: CellKind<PositionId> = { ...text, read: (cell) => positionId(cell) }

const direction = oneOf<TradeDirection>('LONG', 'SHORT')

const purpose = oneOf<FillPurpose>(
  'ENTRY',
  'REDUCE',
  'EXIT',
  'TAKE_PROFIT',
  'CATASTROPHIC_STOP',
  'FAIL_SAFE',
  'LIQUIDATION',
  'FOREIGN',
)

const rejectReason = oneOf<EntryRejectReason>(
  'REJECT_NO_PERMISSION',
  'REJECT_PERMISSION_LATE',
  'REJECT_PERMISSION_MISMATCH',
  'REJECT_MODE_REDUCE_ONLY',
  'REJECT_MODE_KILL',
  'REJECT_LATCHED',
  'REJECT_STALE_SCAN',
  'REJECT_POSITION_EXISTS',
  'REJECT_INSTRUMENT',
  'REJECT_RISK_LIMIT',
  'REJECT_LOT_OR_NOTIONAL',
  'REJECT_VENUE',
)

/** `trades.csv`: the source's names first, then what explains a result. Money is USD, times are UTC. */
export const TRADE_COLUMNS: Columns<TradeRecord> = [
  { name: 'trade_id', field: 'tradeId', kind: position },
  { name: 'symbol', field: 'symbol', kind: text },
  { name: 'strategy', field: 'strategy', kind: text },
  { name: 'direction', field: 'direction', kind: direction },
  { name: 'entry_time_ns', field: 'entryTimeNs', kind: decimal },
  { name: 'entry_price', field: 'entryPrice', kind: decimal },
  { name: 'exit_time_ns', field: 'exitTimeNs', kind: decimal },
  { name: 'exit_price', field: 'exitPrice', kind: decimal },
  { name: 'realized_pnl', field: 'realizedPnl', kind: decimal },
  { name: 'net_pnl', field: 'netPnl', kind: decimal },
  { name: 'quantity', field: 'quantity', kind: decimal },
  { name: 'entry_value', field: 'entryValueUsd', kind: decimal },
  { name: 'exit_value', field: 'exitValueUsd', kind: decimal },
  { name: 'entry_fees', field: 'entryFeesUsd', kind: decimal },
  { name: 'exit_fees', field: 'exitFeesUsd', kind: decimal },
  { name: 'funding', field: 'fundingUsd', kind: decimal },
  { name: 'entry_bar', field: 'entryBar', kind: count },
  { name: 'entry_bar_ms', field: 'entryBarAtMs', kind: count },
  { name: 'exit_bar', field: 'exitBar', kind: count },
  { name: 'entry_requested_price', field: 'entryRequestedPrice', kind: decimal },
  { name: 'exit_requested_price', field: 'exitRequestedPrice', kind: orAbsent(decimal) },
  { name: 'target_notional', field: 'targetNotionalUsd', kind: decimal },
  { name: 'ordered_quantity', field: 'orderedQuantity', kind: decimal },
  { name: 'capital', field: 'capitalUsd', kind: decimal },
  { name: 'entry_slippage_bps', field: 'entrySlippageBps', kind: float },
  { name: 'exit_slippage_bps', field: 'exitSlippageBps', kind: orAbsent(float) },
  { name: 'purpose', field: 'purpose', kind: purpose },
  { name: 'reason', field: 'reason', kind: text },
]

/** `missed.csv`: entries that a strategy asked for and that did not happen. */
export const MISSED_COLUMNS: Columns<MissedEntry> = [
  { name: 'strategy', field: 'strategy', kind: text },
  { name: 'symbol', field: 'symbol', kind: text },
  { name: 'direction', field: 'direction', kind: direction },
  { name: 'entry_bar', field: 'entryBar', kind: count },
  { name: 'entry_bar_ms', field: 'entryBarAtMs', kind: count },
  { name: 'requested_price', field: 'requestedPrice', kind: decimal },
  { name: 'target_notional', field: 'targetNotionalUsd', kind: decimal },
  { name: 'reason', field: 'reason', kind: rejectReason },
  { name: 'detail', field: 'detail', kind: anyText },
]

/** `daily.csv`: one row per UTC day of the session. Return and drawdown are fractions of capital, 0.01 is 1 %. */
export const DAILY_COLUMNS: Columns<DailyStats> = [
  { name: 'date', field: 'date', kind: date },
  { name: 'trades', field: 'trades', kind: count },
  { name: 'wins', field: 'wins', kind: count },
  { name: 'losses', field: 'losses', kind: count },
  { name: 'realized_pnl', field: 'realizedPnl', kind: decimal },
  { name: 'fees', field: 'feesUsd', kind: decimal },
  { name: 'funding', field: 'fundingUsd', kind: decimal },
  { name: 'net_pnl', field: 'netPnl', kind: decimal },
  { name: 'capital_start', field: 'capitalStartUsd', kind: decimal },
  { name: 'capital_end', field: 'capitalEndUsd', kind: decimal },
  { name: 'return_fraction', field: 'returnPct', kind: float },
  { name: 'drawdown_fraction_max', field: 'drawdownPctMax', kind: float },
]

export function headerLine<Row>(columns: Columns<Row>): string {
  return rowText(columns.map(({ name }) => name))
}

export function rowLine<Row>(columns: Columns<Row>, row: Row): string {
  return rowText(columns.map((column) => writeCell(column, row)))
}

function writeCell<Row, K extends keyof Row>({ field, kind }: Column<Row, K>, row: Row): string {
  return kind.write(row[field])
}

/** A row of the file. Throws {@link SessionLogError} at the first cell that is not what its column holds. */
export function parseRow<Row>(columns: Columns<Row>, line: string, place: SessionPlace): Row {
  const cells = rowCells(line, place)
  if (cells.length !== columns.length) {
    throw new SessionLogError(place, `${columns.length} cells as in the header`, String(cells.length))
  }
  const fields = columns.map((column, i) => [column.field, readCell(column, cells[i]!, place)])
  return Object.fromEntries(fields) as Row
}

function readCell<Row, K extends keyof Row>(
  { name, kind }: Column<Row, K>,
  cell: CsvCell,
  place: SessionPlace,
): Row[K] {
  const value = kind.read(cell.text)
  if (value !== undefined) return value
  throw new SessionLogError({ ...place, column: cell.column }, `${name} to be ${kind.expected}`, quoted(cell.text))
}
