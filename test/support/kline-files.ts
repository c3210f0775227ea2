import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { writeTable } from '../../src/adapters/parquet/day-writer.js'

/** One bar as Binance's archive has it, as far as anyone reads it. */
export interface Bar {
  readonly symbol: string
  readonly openMs: number
  readonly close: number
  readonly volume: number
  readonly takerBuyVolume: number
}

export interface MarketShape {
  readonly symbols: readonly string[]
  readonly start: string
  readonly days: number
  readonly stepMs: number
}

const DAY_MS = 86_400_000

/** Twelve symbols: the scan needs ten to have an answer. */
export const TWELVE = ['BTC', 'ETH', 'SOL', 'XRP', 'BNB', 'DOGE', 'ADA', 'AVAX', 'LINK', 'SUI', 'LTC', 'BCH'].map(
  (base) => `${base}USDT`,
)

/**
 * Bars of correlated walks with prices of a few decimals, symbol by symbol in time order; the same shape gives the same
 * bars. Prices lie on a grid of ticks, as real ones do.
 */
export function walk({ symbols, start, days, stepMs }: MarketShape): Bar[] {
  const startMs = Date.parse(`${start}T00:00:00Z`)
  const steps = Math.round((days * DAY_MS) / stepMs)
  const random = mulberry32(20_250_510)
  const common = Float64Array.from({ length: steps }, () => random() - 0.5)
  return symbols.flatMap((symbol, i) => {
    const decimals = i % 5
    let price = 10 ** (4 - (i % 4))
    return Array.from(common, (shared, step) => {
      price *= Math.exp(0.002 * shared + 0.001 * (random() - 0.5))
      const volume = Math.round(random() * 1e6) / 1e3
      return {
        symbol,
        openMs: startMs + step * stepMs,
        close: Number(price.toFixed(decimals)),
        volume,
        takerBuyVolume: Math.round(volume * random() * 1e3) / 1e3,
      }
    })
  })
}

export interface ArchiveShape {
  /** As in file names: `1m`. */
  readonly interval: string
  readonly stepMs: number
  readonly period: 'day' | 'month'
  readonly zipped: boolean
  readonly header: boolean
  readonly unit: 'ms' | 'us'
}

const HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'

/** Writes bars as Binance's archive lays them out: `<root>/<SYMBOL>/<interval>/<SYMBOL>-<interval>-<date>.zip`. */
export function writeArchive(root: string, bars: readonly Bar[], shape: ArchiveShape): void {
  const files = new Map<string, Bar[]>()
  for (const bar of bars) {
    const date = new Date(bar.openMs).toISOString().slice(0, shape.period === 'day' ? 10 : 7)
    const stem = join(root, bar.symbol, shape.interval, `${bar.symbol}-${shape.interval}-${date}`)
    const rows = files.get(stem)
    if (rows === undefined) files.set(stem, [bar])
    else rows.push(bar)
  }
  for (const [stem, rows] of files) writeKlines(stem, klineCsv(rows, shape), shape.zipped)
}

/** `stem.csv`, or `stem.zip` with that CSV in it. */
export function writeKlines(stem: string, csv: string, zipped: boolean): string {
  mkdirSync(dirname(stem), { recursive: true })
  const path = `${stem}${zipped ? '.zip' : '.csv'}`
  const name = stem.slice(dirname(stem).length + 1)
  writeFileSync(path, zipped ? zipOf([{ name: `${name}.csv`, bytes: Buffer.from(csv) }]) : csv)
  return path
}

export function klineCsv(bars: readonly Bar[], shape: Pick<ArchiveShape, 'header' | 'unit' | 'stepMs'>): string {
  const time = (ms: number) => (shape.unit === 'us' ? `${ms}000` : `${ms}`)
  const lines = bars.map(({ openMs, close, volume, takerBuyVolume }) => {
    const closeTime = shape.unit === 'us' ? `${openMs + shape.stepMs - 1}999` : `${openMs + shape.stepMs - 1}`
    const money = (quantity: number) => (quantity * close).toFixed(4)
    return `${time(openMs)},${close},${close},${close},${close},${volume},${closeTime},${money(volume)},7,${takerBuyVolume},${money(takerBuyVolume)},0`
  })
  return `${[...(shape.header ? [HEADER] : []), ...lines].join('\n')}\n`
}

/** A tidy table as text; `time` says how a time is written. */
export function writeTidyCsv(path: string, bars: readonly Bar[], time: (ms: number) => string): void {
  const lines = bars.map(
    ({ symbol, openMs, close, volume, takerBuyVolume }) =>
      `${time(openMs)},${symbol},${close},${volume},${takerBuyVolume}`,
  )
  writeFileSync(path, `${['timestamp,symbol,close,volume,taker_buy_volume', ...lines].join('\n')}\n`)
}

/** A tidy table as Parquet, its times a TIMESTAMP in ns or plain integers in ms. */
export async function writeTidyParquet(
  path: string,
  bars: readonly Bar[],
  times: 'timestamp' | 'int64',
): Promise<void> {
  const float = (name: string, cell: (bar: Bar) => number) =>
    ({ name, type: 'float64', values: Float64Array.from(bars, cell) }) as const
  const scale = times === 'timestamp' ? 1_000_000n : 1n
  await writeTable(path, [
    {
      name: 'timestamp',
      type: times === 'timestamp' ? 'timestampNs' : 'int64',
      values: BigInt64Array.from(bars, ({ openMs }) => BigInt(openMs) * scale),
    },
    { name: 'symbol', type: 'string', values: bars.map(({ symbol }) => symbol) },
    float('close', ({ close }) => close),
    float('volume', ({ volume }) => volume),
    float('taker_buy_volume', ({ takerBuyVolume }) => takerBuyVolume),
  ])
}

export interface ZipMember {
  readonly name: string
  readonly bytes: Uint8Array
  readonly stored?: boolean
  /** What the directory claims instead of the truth. */
  readonly flags?: number
  readonly crc?: number
  readonly size?: number
}

/** A ZIP, honest unless a member says otherwise (PKWARE APPNOTE 6.3.10, section 4.3). */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, stored = false, flags = 0, crc = crc32(bytes), size = bytes.length } of members) {
    const packed = stored ? Buffer.from(bytes) : deflateRawSync(bytes)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(flags, 2)
    shared.writeUInt16LE(stored ? 0 : 8, 4)
    shared.writeUInt32LE(crc >>> 0, 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(size, 18)
    shared.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([signature(0x04034b50), shared, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), shared, rest, Buffer.from(name)]))
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(members.length, 4)
  end.writeUInt16LE(members.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, signature(0x06054b50), end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** T. Ettinger's mulberry32: thirty-two bits of state are enough for made-up prices. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
