import { readdirSync } from 'node:fs'
import { ExchangeJournal } from '../../adapters/paper/exchange-journal.js'
import type { ExchangeRecord } from '../../adapters/paper/exchange-record.js'
import { ExchangeRecovery } from '../../adapters/paper/exchange-recovery.js'
import { PaperExchange } from '../../adapters/paper/paper-exchange.js'
import { DataRefused, InputMistake } from '../../base/mistakes.js'
import { isSegmentName, recordLine } from '../../core/journal/frame.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { Journal, JournalReader } from '../../ports/journal.js'
import type { PaperSettings } from '../../ports/vocabulary/paper.js'

/**
 * A paper exchange that outlives its process: as its journal in `folder` left it, or a new one. `PaperVenue` is made of both
 * parts, on a time that begins at `atMs` or later.
 *
 * @param startedAtMs UTC ms, of a new one.
 * @param open opens the journal in `folder`, of kind `exchange`, and reads it.
 * @throws DataRefused when the journal is of an account that was opened otherwise; what `open` throws.
 */
export async function keptExchange(
  {
    folder,
    settings,
    startedAtMs,
  }: { readonly folder: string; readonly settings: PaperSettings; readonly startedAtMs: number },
  open: (reader: JournalReader<ExchangeRecord>) => Promise<Journal>,
): Promise<KeptExchange> {
  const exchange = new PaperExchange(settings)
  const recovery = new ExchangeRecovery()
  const files = await open(recovery)
  const journal = new ExchangeJournal({ journal: files, recovery, format: recordLine })
  try {
    const { startingBalanceUsd: begun } = recovery
    if (begun !== null && begun !== settings.startingBalanceUsd) {
      throw refused(
        folder,
        `expected an account opened with ${settings.startingBalanceUsd} USD, found one with ${begun}`,
      )
    }
    try {
      recovery.restore(exchange)
    } catch (error) {
      throw refused(folder, reason(error))
    }
    await journal.begin(settings.startingBalanceUsd, startedAtMs)
    return { exchange, journal, atMs: journal.atMs }
  } catch (error) {
    await journal.close()
    throw error
  }
}

export interface KeptExchange {
  readonly exchange: PaperExchange
  readonly journal: ExchangeJournal
  /** The last time in the journal, UTC ms. */
  readonly atMs: number
}

/**
 * Refuses sides that remember an exchange which is not there: an order of theirs would be unknown, and a position gone.
 *
 * @throws DataRefused
 */
export function refuseWithoutExchange(folders: { readonly exchange: string; readonly decision: string }): void {
  if (!holdsJournal(folders.decision) || holdsJournal(folders.exchange)) return
  throw new DataRefused(
    { place: displayPath(folders.exchange), message: "expected the journal of the session's exchange, found none" },
    {
      hint: 'A session that was begun at --speed max goes on at --speed max; one by the clock of an older version does not.',
    },
  )
}

/**
 * Refuses a session that remembers where it would be computed.
 *
 * @throws InputMistake
 */
export function refuseKeptExchange(
  folder: string,
  { place, expected, found }: { readonly place: string; readonly expected: string; readonly found: string },
): void {
  if (!holdsJournal(folder)) return
  const message = `the session goes by the clock, as it was begun: expected ${expected}, found ${found}`
  throw new InputMistake({ place, message })
}

/** Whether a journal was begun in the folder. */
export function holdsJournal(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => isSegmentName(name.replace(/\.gz$/, '')))
  } catch {
    return false
  }
}

function refused(folder: string, message: string): DataRefused {
  return new DataRefused({ place: displayPath(folder), message })
}
