import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll } from 'vitest'
import { type OpenKlinesOptions, openKlines } from '../../../src/adapters/klines/klines.js'
import { KlineError, type SymbolDay } from '../../../src/ports/klines.js'

/** A bar as the tests write it into files of every form. */
export interface Bar {
  readonly symbol: string
  readonly timeMs: number
  readonly close: string
  readonly volume: string
  readonly taker: string
}

export const HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'

/** The path of a file in a folder of its own that is removed after the tests. */
export function inputFolder(): (files: Record<string, string | Uint8Array>) => string {
  const root = mkdtempSync(join(tmpdir(), 'klines-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  let folders = 0
  return (files) => {
    const folder = join(root, `${folders++}`)
    mkdirSync(folder)
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    return folder
  }
}

/** Every day of every symbol of an archive, by `symbol date`. */
export async function readAll(
  inputs: readonly string[],
  options: OpenKlinesOptions = {},
): Promise<Record<string, SymbolDay>> {
  const archive = await openKlines(inputs, options)
  const days: Record<string, SymbolDay> = {}
  try {
    for (let ms = Date.parse(archive.from); ms <= Date.parse(archive.to); ms += 86_400_000) {
      const date = new Date(ms).toISOString().slice(0, 10)
      for (const symbol of archive.symbols) {
        const day = await archive.read(symbol, date)
        if (day !== undefined) days[`${symbol} ${date}`] = day
      }
    }
  } finally {
    await archive.close()
  }
  return days
}

/** The message of the KlineError that reading ends with, the folder left out. */
export async function refusalOf(folder: string, inputs: readonly string[] = [folder]): Promise<string> {
  const error: unknown = await readAll(inputs).then(
    () => 'no error',
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof KlineError)) throw new Error(`a KlineError expected, found ${String(error)}`)
  return error.message.replaceAll(`${folder}/`, '')
}

export interface ArchiveForm {
  readonly header?: boolean
  readonly unit?: 'ms' | 'µs'
  readonly lineEnd?: '\n' | '\r\n'
}

export function archiveText(
  bars: readonly Bar[],
  { header = true, unit = 'ms', lineEnd = '\n' }: ArchiveForm = {},
): string {
  const stamp = (ms: number) => (unit === 'ms' ? `${ms}` : `${ms}000`)
  const lines = bars.map(
    ({ timeMs, close, volume, taker }) =>
      `${stamp(timeMs)},1,2,0.5,${close},${volume},${stamp(timeMs + 59_999)},7,3,${taker},4,0`,
  )
  return [...(header ? [HEADER] : []), ...lines, ''].join(lineEnd)
}

export function tidyText(bars: readonly Bar[], stamp: (timeMs: number) => string = String): string {
  const lines = bars.map((bar) => `${bar.close},${bar.taker},${bar.symbol},x,${stamp(bar.timeMs)},${bar.volume}`)
  return ['close,taker_buy_volume,symbol,note,timestamp,volume', ...lines, ''].join('\n')
}

export type ParquetUnit = 'MILLIS' | 'MICROS' | 'NANOS' | 'none' | 'text'

/** A tidy Parquet table; a close of '' is null. */
export function tidyParquet(bars: readonly Bar[], unit: ParquetUnit = 'MILLIS', rowGroupSize = 1000): Uint8Array {
  const scale = { MILLIS: 1n, MICROS: 1000n, NANOS: 1_000_000n, none: 1n, text: 1n }[unit]
  const times = bars.map(({ timeMs }) =>
    unit === 'text' ? new Date(timeMs).toISOString() : BigInt(Math.round(timeMs)) * scale,
  )
  const number = (text: string) => (text === '' ? null : Number(text))
  return new Uint8Array(
    parquetWriteBuffer({
      schema: [
        { name: 'schema', num_children: 5 },
        { name: 'volume', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
        unit === 'text'
          ? { name: 'timestamp', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }
          : {
              name: 'timestamp',
              type: 'INT64',
              repetition_type: 'OPTIONAL',
              ...(unit === 'none' ? {} : { logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit } }),
            },
        { name: 'symbol', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'close', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
        { name: 'taker_buy_volume', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
      ],
      columnData: [
        { name: 'volume', data: bars.map(({ volume }) => number(volume)) },
        { name: 'timestamp', data: times },
        { name: 'symbol', data: bars.map(({ symbol }) => symbol) },
        { name: 'close', data: bars.map(({ close }) => number(close)) },
        { name: 'taker_buy_volume', data: bars.map(({ taker }) => number(taker)) },
      ],
      rowGroupSize,
    }),
  )
}

export interface ZipForm {
  readonly stored?: boolean
  readonly comment?: string
  readonly crc?: number
  /** Length the directory declares. */
  readonly declared?: number
  readonly flags?: number
  readonly method?: number
  /** Name in the local header, where it differs. */
  readonly localName?: string
  /** Entries the end record declares. */
  readonly entries?: number
}

/** A ZIP with one entry, or one whose headers lie. */
export function zipOf(name: string, content: string | Uint8Array, form: ZipForm = {}): Uint8Array {
  const bytes = Buffer.from(content)
  const data = form.stored ? bytes : deflateRawSync(bytes)
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(form.flags ?? 0, 2)
  fields.writeUInt16LE(form.method ?? (form.stored ? 0 : 8), 4)
  fields.writeUInt32LE(form.crc ?? crc32(bytes), 10)
  fields.writeUInt32LE(data.length, 14)
  fields.writeUInt32LE(form.declared ?? bytes.length, 18)
  const header = (entryName: string) => {
    const own = Buffer.from(fields)
    own.writeUInt16LE(Buffer.byteLength(entryName), 22)
    return own
  }
  const localName = form.localName ?? name
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), header(localName), Buffer.from(localName), data])
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002\u0014\u0000'),
    header(name),
    Buffer.alloc(14),
    Buffer.from(name),
  ])
  const comment = Buffer.from(form.comment ?? '')
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 0, 'latin1')
  end.writeUInt16LE(form.entries ?? 1, 8)
  end.writeUInt16LE(form.entries ?? 1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([local, central, end, comment])
}
