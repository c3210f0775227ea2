/**
 * An append-only sequence of lines that survives a crash. Lines are whole records; the core frames, numbers and checks
 * them (`core/journal`), the adapter keeps bytes.
 *
 * - Order: lines become durable in the order in which they were appended; `durable(n)` says the first n lines appended
 *   since opening are on disk (fsynced), and is called with rising n.
 * - `append` never blocks and never loses a line silently: `depth` counts lines not yet durable, and beyond `capacity`
 *   the caller stops opening risk. Exits are still appended.
 * - A write or fsync that fails is `failed`, once, and nothing appended from then on becomes durable: a journal is never
 *   written again after an fsync error, since what the disk holds is then unknown.
 */
export interface Journal {
  append(line: string): void
  readonly depth: number
  readonly capacity: number
  listen(listener: JournalListener): void
  /** Makes everything appended durable, then lets go of the files. */
  close(): Promise<void>
}

export interface JournalListener {
  durable(lines: number): void
  failed(message: string): void
}

/** One file of a journal. */
export interface JournalSegment {
  /** File name, for messages. */
  readonly name: string
  readonly bytes: Uint8Array
}
