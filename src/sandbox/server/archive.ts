import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Bar, DAY_MS, type KlineInterval } from '../market/bar.js'
import type { SymbolMarket } from '../market/symbol-market.js'
import type { SandboxExchange } from '../sandbox-exchange.js'
import { type ArchiveFile, archiveFileOf, listing } from './archive-names.js'
import { zipOf } from './stored-zip.js'

/** The public archive of klines: a ZIP a day or a month, with its checksum beside it, and what lies in a folder. */
export class Archive {
  private readonly exchange: SandboxExchange
  /** The files of the last requests: a file and its checksum are asked for one after the other. */
  private readonly made = new Map<string, Buffer>()

  constructor(exchange: SandboxExchange) {
    this.exchange = exchange
  }

  /** Whether a request is for the archive. */
  has(target: string): boolean {
    return target.startsWith('/data/') || target.startsWith('/?')
  }

  answer(target: string, response: ServerResponse): void {
    const { archiveDelayMs } = this.exchange.faults.plan
    if (archiveDelayMs === 0) this.answerNow(target, response)
    else setTimeout(() => this.answerNow(target, response), archiveDelayMs).unref()
  }

  private answerNow(target: string, response: ServerResponse): void {
    const { market, faults } = this.exchange
    const { exchangeMs } = market.floor.clock
    if (target.startsWith('/?')) {
      const query = new URLSearchParams(target.slice(2))
      const shelf = {
        symbols: market.floor.listing.symbols,
        sinceMs: (s: string) => market.sinceMs(s),
        nowMs: exchangeMs,
      }
      send(response, 200, 'application/xml', listing(query, shelf))
      return
    }
    const path = pathOf(target)
    const isChecksum = path.endsWith('.CHECKSUM')
    const file = archiveFileOf(isChecksum ? path.slice(0, -'.CHECKSUM'.length) : path)
    const bytes = file && this.bytesOf(file)
    if (file === undefined || bytes === undefined) send(response, 404, 'application/xml', NO_SUCH_KEY)
    else if (isChecksum) send(response, 200, 'text/plain', this.checksum(file, bytes))
    else {
      const kept = faults.plan.archiveTruncated ? bytes.subarray(0, bytes.length >> 1) : bytes
      send(response, 200, 'application/zip', kept)
    }
  }

  /** Undefined for a file that is not there: of a symbol that is not listed, before it was, or of a day that is not over. */
  private bytesOf(file: ArchiveFile): Buffer | undefined {
    const { market } = this.exchange
    const symbol = market.find(file.symbol)
    if (symbol === undefined || file.untilMs > market.floor.clock.exchangeMs) return undefined
    if (file.untilMs <= market.sinceMs(file.symbol)) return undefined
    const known = this.made.get(file.name)
    if (known !== undefined) return known
    const bars = market.klines(file.symbol, file.interval, { ...file, limit: BARS_MAX })
    if (bars.length === 0) return undefined
    const csv = `${HEADER}\n${bars.map((bar) => `${line(bar, symbol, file.interval)}\n`).join('')}`
    const bytes = zipOf(file.name.replace(/zip$/, 'csv'), Buffer.from(csv), new Date(file.untilMs + DAY_MS / 4))
    this.made.set(file.name, bytes)
    if (this.made.size > MADE_MAX) this.made.delete(this.made.keys().next().value!)
    return bytes
  }

  private checksum({ name }: ArchiveFile, bytes: Buffer): string {
    const content = this.exchange.faults.plan.archiveChecksumWrong ? Buffer.from(name) : bytes
    return `${createHash('sha256').update(content).digest('hex')}  ${name}\n`
  }
}

/** Of a month of minutes, and more. */
const BARS_MAX = 50_000
const MADE_MAX = 16
const HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'
const NO_SUCH_KEY = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code></Error>'

/** As it was asked for where it is no percent-encoding: there is nothing of that name. */
function pathOf(target: string): string {
  const path = target.split('?')[0]!
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function line(bar: Bar, { priceDecimals, quantityDecimals }: SymbolMarket, interval: KlineInterval): string {
  const prices = [bar.open, bar.high, bar.low, bar.close].map((price) => price.toFixed(priceDecimals))
  const volume = bar.volume.toFixed(quantityDecimals)
  const closeMs = interval.endOf(bar.openMs) - 1
  const taker = [bar.takerBuyVolume.toFixed(quantityDecimals), bar.takerBuyQuoteVolume.toFixed(5)]
  return [bar.openMs, ...prices, volume, closeMs, bar.quoteVolume.toFixed(5), bar.trades, ...taker, 0].join(',')
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}
