import { DAY_MS, KlineInterval } from '../market/bar.js'

/** A file of the archive, and the span that it holds. */
export interface ArchiveFile {
  /** `BTCUSDT-1m-2026-10-06.zip`. */
  readonly name: string
  readonly symbol: string
  readonly interval: KlineInterval
  /** UTC ms. */
  readonly fromMs: number
  readonly untilMs: number
}

const PATH = /^\/data\/futures\/um\/(daily|monthly)\/klines\/([^/]+)\/([^/]+)\/([^/]+)\.zip$/

/** Reads the path of a file; undefined for any other path. */
export function archiveFileOf(path: string): ArchiveFile | undefined {
  const [, often, symbol, intervalName, stem] = PATH.exec(path) ?? []
  const interval = KlineInterval.of(intervalName ?? '')
  if (symbol === undefined || stem === undefined || interval === undefined) return undefined
  const prefix = `${symbol}-${intervalName}-`
  const date = stem.startsWith(prefix) ? stem.slice(prefix.length) : ''
  const fromMs = Date.parse(often === 'daily' ? `${date}T00:00:00Z` : `${date}-01T00:00:00Z`)
  if (!/^\d{4}-\d{2}(-\d{2})?$/.test(date) || Number.isNaN(fromMs)) return undefined
  const untilMs = often === 'daily' ? fromMs + DAY_MS : nextMonth(fromMs)
  return { name: `${stem}.zip`, symbol, interval, fromMs, untilMs }
}

/** What the archive could have. */
export interface Shelf {
  readonly symbols: readonly string[]
  sinceMs(symbol: string): number
  readonly nowMs: number
}

/** What lies below a prefix, as the store of the archive lists it: at most a thousand keys behind `marker`. */
export function listing(query: URLSearchParams, shelf: Shelf): string {
  const prefix = query.get('prefix') ?? ''
  const marker = query.get('marker') ?? ''
  const root = /^data\/futures\/um\/(daily|monthly)\/klines\//.exec(prefix)
  const found = root === null ? NOTHING : contents(root[0], prefix.slice(root[0].length), shelf)
  const behind = found.keys.filter((key) => key > marker && key.startsWith(prefix))
  const shown = behind.slice(0, KEYS_MAX)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>data.binance.vision</Name>',
    `<Prefix>${prefix}</Prefix><Marker>${marker}</Marker><MaxKeys>${KEYS_MAX}</MaxKeys><Delimiter>/</Delimiter>`,
    `<IsTruncated>${behind.length > shown.length}</IsTruncated>`,
    ...(behind.length > shown.length ? [`<NextMarker>${shown.at(-1)}</NextMarker>`] : []),
    ...shown.map((key) => `<Contents><Key>${key}</Key></Contents>`),
    ...found.folders.map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`),
    '</ListBucketResult>',
  ].join('\n')
}

interface Contents {
  readonly keys: readonly string[]
  readonly folders: readonly string[]
}

const NOTHING: Contents = { keys: [], folders: [] }
const KEYS_MAX = 1_000
const INTERVALS = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '3d', '1w', '1M']

/** Of `BTCUSDT/1m/` the files, of what is shorter the folders. */
function contents(root: string, below: string, shelf: Shelf): Contents {
  const parts = below.split('/')
  if (parts.length === 1) return { keys: [], folders: shelf.symbols.map((name) => `${root}${name}/`) }
  const [symbol = '', interval = ''] = parts
  if (!shelf.symbols.includes(symbol)) return NOTHING
  if (parts.length === 2) return { keys: [], folders: INTERVALS.map((name) => `${root}${symbol}/${name}/`) }
  return { keys: files(`${root}${symbol}/${interval}/${symbol}-${interval}-`, symbol, shelf), folders: [] }
}

function files(stem: string, symbol: string, { sinceMs, nowMs }: Shelf): string[] {
  const isDaily = stem.startsWith('data/futures/um/daily')
  const keys: string[] = []
  const nextOf = (timeMs: number): number => (isDaily ? timeMs + DAY_MS : nextMonth(timeMs))
  const firstMs = sinceMs(symbol) - (sinceMs(symbol) % DAY_MS)
  const begin = isDaily ? firstMs : Date.parse(`${new Date(firstMs).toISOString().slice(0, 7)}-01T00:00:00Z`)
  for (let timeMs = begin; nextOf(timeMs) <= nowMs; timeMs = nextOf(timeMs)) {
    const date = new Date(timeMs).toISOString().slice(0, isDaily ? 10 : 7)
    keys.push(`${stem}${date}.zip`, `${stem}${date}.zip.CHECKSUM`)
  }
  return keys
}

function nextMonth(timeMs: number): number {
  const date = new Date(timeMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}
