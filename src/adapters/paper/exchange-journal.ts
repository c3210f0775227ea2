import type { DecimalText } from '../../base/exact.js'
import type { Journal } from '../../ports/journal.js'
import type { ExchangeChange, ExchangeRecord } from './exchange-record.js'
import type { ExchangeRecovery } from './exchange-recovery.js'

/**
 * The journal of a paper exchange that outlives its process, behind what a recovery has read of it. {@link PaperVenue} appends
 * what changes, and tells nothing that follows from a change before that is durable.
 */
export class ExchangeJournal {
  private readonly journal: Journal
  private readonly format: (record: ExchangeRecord) => string
  private readonly recovery: ExchangeRecovery
  private appended = 0
  private durable = 0
  private failure: string | undefined
  private listener: ExchangeJournalListener | undefined

  constructor({ journal, recovery, format }: ExchangeJournalParts) {
    this.journal = journal
    this.recovery = recovery
    this.format = format
    journal.listen({
      durable: (lines) => {
        this.durable = lines
        this.listener?.durable()
      },
      failed: (message) => {
        this.failure = message
        this.listener?.failed(message)
      },
      checkpoint: () => recovery.checkpoint(),
    })
  }

  /** Opens the account at `atMs`, UTC, where the journal is a new one. Resolves when that is durable; rejects when it cannot be. */
  async begin(startingBalanceUsd: DecimalText, atMs: number): Promise<void> {
    if (this.recovery.records > 0) return
    const begun = new Promise<void>((resolve, reject) => {
      this.listen({ durable: resolve, failed: (message) => reject(new Error(message)) })
    })
    this.append({ type: 'begun', startingBalanceUsd }, atMs)
    await begun
    this.listener = undefined
  }

  /** What has changed in an exchange by `atMs`, UTC ms. */
  changed(change: ExchangeChange, atMs: number): void {
    this.append({ type: 'changed', ...change }, atMs)
  }

  /** What was appended so far, to compare with {@link isDurable}. */
  get position(): number {
    return this.appended
  }

  isDurable(position: number): boolean {
    return this.durable >= position
  }

  /** Of the last record, UTC ms: the exchange's time goes on there or later. */
  get atMs(): number {
    return this.recovery.atMs
  }

  /** One listener; a failure that came before it is told to it. */
  listen(listener: ExchangeJournalListener): void {
    this.listener = listener
    if (this.failure !== undefined) listener.failed(this.failure)
  }

  /** Makes everything appended durable. */
  close(): Promise<void> {
    return this.journal.close()
  }

  private append(body: Body, atMs: number): void {
    // Nothing but the record itself says what caused it: requests and prices are not kept.
    const record: ExchangeRecord = { n: this.recovery.records + 1, atMs, inputs: NO_INPUTS, ...body }
    this.recovery.take(record)
    this.appended++
    this.journal.append(this.format(record))
  }
}

export interface ExchangeJournalParts {
  readonly journal: Journal
  /** What the journal was read into; it goes on with every record. */
  readonly recovery: ExchangeRecovery
  /** A record as its line. */
  format(record: ExchangeRecord): string
}

export interface ExchangeJournalListener {
  /** More is durable than before. */
  durable(): void
  failed(message: string): void
}

type Body = ExchangeRecord extends infer Record
  ? Record extends object
    ? Omit<Record, 'n' | 'atMs' | 'inputs'>
    : never
  : never

const NO_INPUTS = '0'.repeat(16)
