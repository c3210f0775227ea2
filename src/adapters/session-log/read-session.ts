import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { positionId } from '../../ports/vocabulary/ids.js'
import type { PerformanceSnapshot, Session, SessionSummary, TradeOpened } from '../../ports/vocabulary/session.js'
import type { Columns } from './columns.js'
import { headerLine, MISSED_COLUMNS, parseRow, TRADE_COLUMNS } from './columns.js'
import { JsonDocument, type Path } from './json-document.js'
import { quoted, SessionLogError } from './refusal.js'
import { MISSED_FILE, SUMMARY_FILE, TRADES_FILE } from './session-log.js'
import { parseSettings, SETTINGS_FILE } from './settings.js'

/**
 * Reads a session folder, also while the session runs: a last row without its end is one that is being written. Throws
 * {@link SessionLogError} with file, line and column of the first thing that is not what the format says.
 */
export async function readSession(folder: string): Promise<Session> {
  const settingsPath = join(folder, SETTINGS_FILE)
  const settings = parseSettings(await read(settingsPath), settingsPath)
  return {
    folder,
    settings,
    trades: await readRows(join(folder, TRADES_FILE), TRADE_COLUMNS),
    missedEntries: await readRows(join(folder, MISSED_FILE), MISSED_COLUMNS),
    summary: await readSummary(join(folder, SUMMARY_FILE)),
  }
}

async function readRows<Row>(path: string, columns: Columns<Row>): Promise<Row[]> {
  const text = await read(path)
  const [header, ...rows] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  const expected = headerLine(columns)
  if (header !== expected) {
    throw new SessionLogError({ file: path, line: 1, column: 1 }, `the header ${quoted(expected)}`, quoted(header))
  }
  return rows.map((line, i) => parseRow(columns, line, { file: path, line: i + 2 }))
}

async function readSummary(path: string): Promise<SessionSummary | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const document = new JsonDocument(text, path)
  document.object([])
  return {
    schema: document.oneOf(['schema'], ['dolphin.session-summary/1']),
    sessionId: document.text(['sessionId']),
    finished: document.oneOf(['finished'], [true, false]),
    updatedAtMs: document.count(['updatedAtMs']),
    missedEntries: document.count(['missedEntries']),
    openTrades: document.list(['openTrades'], (path) => openTrade(document, path)),
    performance: document.take(['performance'], 'an object', isPerformance),
  }
}

function openTrade(document: JsonDocument, path: Path): TradeOpened {
  const decimal = (field: string) => document.matching([...path, field], 'a decimal text', /^\d+(\.\d+)?$/)
  return {
    tradeId: positionId(document.text([...path, 'tradeId'])),
    symbol: document.text([...path, 'symbol']),
    strategy: document.text([...path, 'strategy']),
    direction: document.oneOf([...path, 'direction'], ['LONG', 'SHORT']),
    openedAtMs: document.count([...path, 'openedAtMs']),
    entryBar: document.count([...path, 'entryBar']),
    entryBarAtMs: document.count([...path, 'entryBarAtMs']),
    requestedPrice: decimal('requestedPrice'),
    targetNotionalUsd: decimal('targetNotionalUsd'),
    orderedQuantity: decimal('orderedQuantity'),
  }
}

/** Of the performance only what a comparison reads is checked. */
function isPerformance(value: unknown): value is PerformanceSnapshot {
  return typeof value === 'object' && value !== null && 'netPnl' in value && 'capitalUsd' in value
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new SessionLogError(
      { file: path },
      'a readable file of a session',
      (error as NodeJS.ErrnoException).code ?? String(error),
    )
  }
}
