import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MemorySessionLog } from '../../adapters/session-log/memory-session-log.js'
import { SessionLogError } from '../../adapters/session-log/refusal.js'
import { parseSettings, SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { DataRefused } from '../../base/mistakes.js'
import { compareRuns } from '../../core/compare/compare.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { type PaperDay, PaperDays } from '../../core/paper-record/paper-days.js'
import type { ExecutionConfig } from '../../core/session/session-plan.js'
import { displayPath } from '../../files/package-files.js'
import type { Fill } from '../../ports/vocabulary/orders.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { LiveMarket, SessionSettings, TradeDirection } from '../../ports/vocabulary/session.js'
import { SessionBooks } from '../../runtime/session/session-books.js'
import { JournalBacktest } from './journal-backtest.js'
import { type AnyRecord, firstRecord, judge, type Replay, readJournal } from './journal-reading.js'
import { exchangeReplay, executionReplay, holdTo } from './journal-replay.js'
import { decisionReplay } from './recovered-decision.js'
import type { RunSettings } from './run-settings.js'
import { boundHash, journalFolder } from './session-settings.js'

/**
 * The days of a session that traded on paper at live prices, out of its own journals. Each is read whole and replayed, and its states
 * are held to those that its process had; the settings must be those that the decision journal is bound to; every fill must be in all
 * three journals alike. What was decided is compared with the backtest of the same bars.
 *
 * @throws Mistake that says what is not as it must be; Interrupted.
 */
export async function liveRecord(folder: string, demanded: DemandedRecord): Promise<readonly PaperDay[]> {
  const settings = await settingsOf(folder)
  const { stepMs } = liveMarketOf(folder, settings, demanded)
  const days = new PaperDays(stepMs)
  const run = demanded.runOf(settings, join(displayPath(folder), SETTINGS_FILE))
  const fills = { decision: new Map(), execution: new Map(), exchange: new Map() } as const
  await readWhole(journalFolder(folder, 'execution'), executionReplay, (record) => {
    const executed = record as unknown as ExecutionRecord
    days.executed(executed)
    if (executed.type === 'fill') keep(fills.execution, executed.fill)
  })
  await readWhole(journalFolder(folder, 'exchange'), exchangeReplay, (record) => {
    if (record.type === 'changed') for (const fill of record.fills as readonly Fill[]) keep(fills.exchange, fill)
  })
  const backtest = await JournalBacktest.of(settings, run)
  try {
    const decided = await readDecision(folder, { settings, run, days, backtest, fills: fills.decision })
    for (const { date, why } of backtest.refused) days.refused(date, why)
    tellUnexplained(days, decided)
  } finally {
    await backtest.close()
  }
  refuseStrayFills(folder, fills)
  return days.days()
}

/** What a record must be of. */
export interface DemandedRecord {
  /** Of the parameters that would trade, first 16 hex digits of their SHA-256. */
  readonly parametersHash: string
  /** Where the prices must have been from. */
  readonly exchange: string
  /** From bar to bar, ms. */
  readonly stepMs: number
  readonly direction: TradeDirection
  /** Which order books would decide. */
  readonly books: 'live' | 'none'
  /** How orders are placed and protected, and how much may be risked. */
  readonly execution: ExecutionConfig['execution']
  readonly risk: ExecutionConfig['risk']
  /** The run of a session's options; `place` is the file that says them. */
  runOf(settings: SessionSettings, place: string): RunSettings
}

async function settingsOf(folder: string): Promise<SessionSettings> {
  const file = join(folder, SETTINGS_FILE)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DataRefused({ place: displayPath(folder), message: `expected the folder of a session: ${error.code}` })
  })
  try {
    return parseSettings(text, displayPath(file))
  } catch (error) {
    throw error instanceof SessionLogError ? new DataRefused(error.message) : error
  }
}

/** Returns how it traded at live prices. */
function liveMarketOf(folder: string, settings: SessionSettings, demanded: DemandedRecord): LiveMarket {
  const { live, hashes, fills, direction, ownStrategy, venue, options } = settings
  const books = options.books === 'live' ? 'on live order books' : 'without live order books'
  const [stepS, demandedS] = [(live?.stepMs ?? 0) / 1000, demanded.stepMs / 1000]
  const rows: readonly (readonly [is: boolean, expected: string, found: string])[] = [
    [live !== undefined, 'a session at live prices', 'one of recorded days or of scans'],
    [live?.fills === 'paper', 'a session on paper', 'one that traded at an exchange'],
    [live?.exchange === demanded.exchange, `prices of ${demanded.exchange}`, `prices of ${live?.exchange}`],
    [live?.stepMs === demanded.stepMs, `bars of ${demandedS} s, as would be traded`, `bars of ${stepS} s`],
    [fills === 'realistic', 'realistic fills', fills],
    [ownStrategy === undefined, 'the champion', `a strategy of somebody's own (${ownStrategy?.file})`],
    [
      (options.books === 'live') === (demanded.books === 'live'),
      `a session ${demanded.books === 'live' ? 'on' : 'without'} live order books, as would be traded`,
      `one ${books}`,
    ],
    [direction === demanded.direction, `${demanded.direction}, as would be traded`, direction],
    [
      hashes.parameters === demanded.parametersHash,
      `parameters ${demanded.parametersHash}, which would trade`,
      hashes.parameters,
    ],
    ...(['execution', 'risk'] as const).map((part): [boolean, string, string] => [
      canonicalJson(venue[part] ?? null) === canonicalJson(demanded[part]),
      `the ${part} configuration that would trade`,
      'another one',
    ]),
  ]
  const wrong = rows.find(([is]) => !is)
  if (wrong === undefined) return live!
  throw new DataRefused({ place: displayPath(folder), message: `expected ${wrong[1]}, found ${wrong[2]}` })
}

interface Deciding {
  readonly settings: SessionSettings
  readonly run: RunSettings
  readonly days: PaperDays
  readonly backtest: JournalBacktest
  readonly fills: Map<string, string>
}

interface Decided {
  readonly bulk: BacktestReport
  readonly books: SessionBooks
  readonly log: MemorySessionLog
  /** UTC ms of the last record. */
  readonly atMs: number
}

async function readDecision(folder: string, deciding: Deciding): Promise<Decided> {
  const { settings, run, days, backtest, fills } = deciding
  const place = journalFolder(folder, 'decision')
  const begun = (await firstRecord(place))?.record
  const bound = boundHash(settings)
  if (begun?.boundTo !== bound) {
    const message = `expected the settings that the decision journal is bound to (${begun?.boundTo ?? 'none'}), found others (${bound})`
    throw new DataRefused({ place: join(displayPath(folder), SETTINGS_FILE), message })
  }
  const log = new MemorySessionLog()
  const books = new SessionBooks(settings, log)
  let atMs = 0
  const replay = await decisionReplay(place, begun, run)
  await readWhole(
    place,
    () => replay,
    (record) => {
      const decided = record as unknown as DecisionRecord
      atMs = record.atMs
      days.decided(decided)
      backtest.take(decided)
      books.record(decided)
      if (decided.type === 'report' && decided.report.type === 'FILL_REPORT') {
        const { tradeId, instrument, filledPrice: price, quantity, side } = decided.report.body
        keep(fills, { tradeId, symbol: instrument.symbol, price, quantity, side })
      }
    },
  )
  return { bulk: backtest.finish(), books, log, atMs }
}

function tellUnexplained(days: PaperDays, { bulk, books, log, atMs }: Decided): void {
  const comparison = compareRuns({
    bulk: bulk.trades,
    bulkOpen: bulk.openPosition,
    session: log.trades,
    sessionOpen: books.figures(atMs).open,
    missedEntries: log.missedEntries,
    sessionStoppedAtMs: atMs,
  })
  for (const { explained, symbol, direction, entryBarAtMs, notes } of comparison.trades) {
    const at = new Date(entryBarAtMs).toISOString()
    if (!explained) days.unexplained(entryBarAtMs, `${direction} ${symbol} of ${at}: ${notes.join('; ')}`)
  }
}

/** Every record of a journal, replayed; a last write that a crash cut off is none. */
async function readWhole(
  folder: string,
  replayOf: (folder: string) => Replay,
  take: (record: AnyRecord) => void,
): Promise<void> {
  const replay = replayOf(folder)
  const reading = await readJournal(folder, {
    label: 'Replaying',
    quiet: true,
    opened: holdTo(folder, replay),
    take(records) {
      for (const record of records) {
        replay.take(record)
        take(record)
      }
      return true
    },
  })
  judge(folder, reading)
  if (reading.durableFault === null) return
  const message = `whether the journal goes as far as it was durable cannot be checked: ${reading.durableFault}`
  throw new DataRefused({ place: displayPath(folder), message })
}

type Fills = Map<string, string>

function keep(fills: Fills, fill: Pick<Fill, 'symbol' | 'tradeId' | 'price' | 'quantity' | 'side'>): void {
  fills.set(`${fill.symbol} ${fill.tradeId}`, `${fill.side} ${fill.quantity} at ${fill.price}`)
}

/** What one side knows, the one before it must know alike: exchange, execution side, decision side. */
function refuseStrayFills(
  folder: string,
  { decision, execution, exchange }: { readonly [Kind in 'decision' | 'execution' | 'exchange']: Fills },
): void {
  const pairs = [
    ['decision', decision, 'execution', execution],
    ['execution', execution, 'exchange', exchange],
  ] as const
  for (const [kind, fills, before, known] of pairs) {
    for (const [id, fill] of fills) {
      if (known.get(id) === fill) continue
      const message = `expected fill ${id} of the ${kind} journal in the ${before} journal as ${fill}, found ${known.get(id) ?? 'none'}`
      throw new DataRefused({ place: displayPath(folder), message })
    }
  }
}
