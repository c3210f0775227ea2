import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { DataRefused } from '../../base/mistakes.js'
import { isSymbolName } from '../../base/symbol-name.js'
import { reason } from '../../files/reason.js'
import type { ListedContract } from '../../ports/market-data.js'
import type { FrameRow, LiquidationRow } from '../../ports/market-recording.js'
import type { LevelRows } from '../../ports/vocabulary/depth.js'
import { type RawLine, rawLine } from './raw-line.js'

/** A row of a raw recording. `n` counts the rows of all kinds but `listed`, from 1 on. */
export type RawRow =
  /** Before the first frame of a symbol: the decimals that the exchange writes its prices and quantities with. */
  | { readonly table: 'listed'; readonly row: ListedContract }
  | { readonly table: 'frames'; readonly row: FrameRow }
  | { readonly table: 'liquidations'; readonly row: LiquidationRow }
  | { readonly table: 'quotes'; readonly row: QuoteRow }

/** The best quotes as the exchange tells them beside its book: `bookTicker`. */
export interface QuoteRow {
  readonly n: number
  readonly E_ms: number
  readonly symbol: string
  /** The update of the book that they are as of. */
  readonly u: number
  readonly bid: string
  readonly bid_qty: string
  readonly ask: string
  readonly ask_qty: string
}

export interface RawReading {
  /** Of a recording that does not tell; absent: what the file's name begins with. */
  readonly symbol?: string | undefined
  /** The file ends within a line, or its compression does: whoever wrote it was killed. What came before is read. */
  cutShort?(line: number): void
  /** Bytes of the file that were read, and of how many; for people. */
  progress?(bytes: number): void
}

/**
 * Reads a recording of one market as its streams came, a message a line, plain or packed (`.gz`, `.br`).
 *
 * @throws DataRefused naming file and line, what was expected and what was found.
 */
export async function* rawRecording(path: string, reading: RawReading = {}): AsyncGenerator<RawRow, void, void> {
  const rows = new RowMaker(path, reading.symbol)
  let line = 0
  for await (const { text, isWhole } of linesOf(path, reading)) {
    line++
    if (text === '') continue
    const said = rawLine(text)
    if (said.kind === 'wrong') {
      if (isWhole) throw refused(path, line, said.expected, said.found)
      reading.cutShort?.(line)
      return
    }
    yield* rows.of(said, line)
  }
}

class RowMaker {
  private n = 0
  private symbol: string | undefined
  /** Snapshots that came before the first change of their symbol, or before anything told whose they are. */
  private readonly early = new Map<string | undefined, Extract<RawLine, { kind: 'snapshot' }>>()
  private readonly scales = new Map<string, LevelScale>()
  /** The `E` of each symbol's last change. */
  private readonly lastMs = new Map<string, number>()

  constructor(
    private readonly path: string,
    symbol: string | undefined,
  ) {
    this.symbol = symbol
  }

  *of(said: Exclude<RawLine, { kind: 'wrong' }>, line: number): Generator<RawRow, void, void> {
    switch (said.kind) {
      case 'other':
        return
      case 'snapshot': {
        const symbol = said.symbol ?? this.symbol ?? symbolOfName(this.path)
        if (symbol !== undefined && this.lastMs.has(symbol)) yield* this.frame(said, line)
        else this.early.set(symbol, said)
        return
      }
      case 'diff': {
        const isFirst = !this.lastMs.has(this.symbolOf(said.symbol, line))
        yield* this.frame(said, line)
        if (isFirst) yield* this.held(this.symbolOf(said.symbol, line), line)
        return
      }
      case 'quote': {
        const { eventMs, u, bid, bidQuantity, ask, askQuantity } = said
        const symbol = this.symbolOf(said.symbol, line)
        const quote = { u, bid, bid_qty: bidQuantity, ask, ask_qty: askQuantity }
        yield { table: 'quotes', row: { n: ++this.n, E_ms: eventMs, symbol, ...quote } }
        return
      }
      case 'liquidation': {
        const { atMs, receivedMs, side, price, orderPrice, baseQuantity } = said
        const symbol = this.symbolOf(said.symbol, line)
        const order = { side, price, order_price: orderPrice, base_qty: baseQuantity }
        yield {
          table: 'liquidations',
          row: { n: ++this.n, T_ms: atMs, received_ms: receivedMs, symbol, ...order },
        }
      }
    }
  }

  /** A book waits for a snapshot from its first change on: one that came before is as good then. */
  private *held(symbol: string, line: number): Generator<RawRow, void, void> {
    const snapshot = this.early.get(symbol) ?? this.early.get(undefined)
    this.early.delete(symbol)
    this.early.delete(undefined)
    if (snapshot !== undefined) yield* this.frame({ ...snapshot, symbol }, line)
  }

  private *frame(said: Extract<RawLine, { kind: 'diff' | 'snapshot' }>, line: number): Generator<RawRow, void, void> {
    const { receivedMs, u, bids, asks } = said
    const symbol = this.symbolOf(said.symbol, line)
    // A snapshot is asked for and then waited for: what counts is when it came, and that was not before what had come.
    const eventMs =
      said.kind === 'diff' ? said.eventMs : Math.max(said.eventMs, this.lastMs.get(symbol) ?? said.eventMs)
    if (said.kind === 'diff') this.lastMs.set(symbol, eventMs)
    if (!this.scales.has(symbol)) {
      // What has no level yet cannot tell the scale, and is of no use to a book either.
      const scale = scaleOf([bids, asks])
      if (scale === undefined) return
      this.scales.set(symbol, scale)
      yield { table: 'listed', row: { symbol, ...scale } }
    }
    const ids = said.kind === 'diff' ? { U: said.U, u, pu: said.pu } : { U: null, u, pu: null }
    yield { table: 'frames', row: { n: ++this.n, E_ms: eventMs, received_ms: receivedMs, symbol, ...ids, bids, asks } }
  }

  private symbolOf(told: string | undefined, line: number): string {
    if (told !== undefined) {
      this.symbol ??= told
      return told
    }
    this.symbol ??= symbolOfName(this.path)
    if (this.symbol === undefined)
      throw refused(this.path, line, 'a symbol in the line or at the beginning of the file name', 'neither')
    return this.symbol
  }
}

function symbolOfName(path: string): string | undefined {
  const word = /^[^-_.]+/.exec(basename(path))?.[0]
  return word !== undefined && isSymbolName(word) ? word.toUpperCase() : undefined
}

interface LevelScale {
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

/** The exchange writes all prices of a symbol with the same number of decimals, and all quantities. */
function scaleOf(sides: readonly LevelRows[]): LevelScale | undefined {
  for (const levels of sides) {
    if (!Array.isArray(levels)) continue
    for (const level of levels as readonly unknown[]) {
      if (!Array.isArray(level) || !DECIMAL.test(String(level[0])) || !DECIMAL.test(String(level[1]))) continue
      return { priceDecimals: decimals(level[0]), quantityDecimals: decimals(level[1]) }
    }
  }
  return undefined
}

const DECIMAL = /^\d+(?:\.\d+)?$/

function decimals(text: string): number {
  return text.split('.')[1]?.length ?? 0
}

interface TextLine {
  readonly text: string
  /** Its end was there. */
  readonly isWhole: boolean
}

async function* linesOf(path: string, { cutShort, progress }: RawReading): AsyncGenerator<TextLine, void, void> {
  let [begun, line] = ['', 0]
  try {
    for await (const chunk of textOf(path, progress)) {
      const lines = (begun + chunk).split('\n')
      begun = lines.pop()!
      for (const text of lines) {
        line++
        yield { text: text.endsWith('\r') ? text.slice(0, -1) : text, isWhole: true }
      }
    }
  } catch (error) {
    if (!isCutShort(error))
      throw new DataRefused({ place: { file: path }, message: `cannot be read: ${reason(error)}` })
    cutShort?.(line + 1)
    return
  }
  if (begun !== '') yield { text: begun, isWhole: false }
}

function textOf(path: string, progress: RawReading['progress']): AsyncIterable<string> {
  const bytes = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  if (progress !== undefined) bytes.on('data', (chunk) => progress(chunk.length))
  const unpacked: Readable = path.endsWith('.gz')
    ? pipeline(bytes, createGunzip(), () => {})
    : path.endsWith('.br')
      ? pipeline(bytes, createBrotliDecompress(), () => {})
      : bytes
  return unpacked.setEncoding('utf8')
}

const CHUNK_BYTES = 1 << 18

/** What zlib says at the end of a file that is not whole. */
function isCutShort(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' || /unexpected end of file/.test(reason(error))
}

function refused(file: string, line: number, expected: string, found: string): DataRefused {
  return new DataRefused({ place: { file, line }, message: `expected ${expected}, found ${found}` })
}
