import { hash } from '../market/book-version.js'
import type { DeskAnswer, DeskRequest } from './answer-faults.js'

/** Deribit's volatility index: made up of the seed and the time, so that a candle is the same whenever it is asked for. */
export class Volatility {
  private readonly spikesMs: number[] = []

  constructor(private readonly seed: number) {}

  /** From then on it stands a fifth higher. */
  spike(atMs: number): void {
    this.spikesMs.push(atMs)
  }

  answer({ path, query, nowMs, isAbsurd }: DeskRequest): DeskAnswer {
    if (path !== PATH) return refusal(-32_601, 'Method not found')
    const currency = query.get('currency') ?? ''
    if (!CURRENCIES.has(currency)) return invalid('currency')
    const lengthMs = RESOLUTIONS.get(query.get('resolution') ?? '')
    if (lengthMs === undefined) return invalid('resolution')
    const [startMs, endMs] = [whole(query.get('start_timestamp')), whole(query.get('end_timestamp'))]
    if (startMs === undefined) return invalid('start_timestamp')
    if (endMs === undefined || endMs < startMs) return invalid('end_timestamp')
    const data: number[][] = []
    const lastMs = Math.floor(Math.min(endMs, nowMs) / lengthMs) * lengthMs
    const firstMs = Math.ceil(startMs / lengthMs) * lengthMs
    for (let atMs = lastMs; atMs >= firstMs && data.length < CANDLES_MAX; atMs -= lengthMs) {
      data.unshift(this.candle(atMs, Math.min(atMs + lengthMs - 1, nowMs), isAbsurd ? 1_000 : 1))
    }
    const oldestMs = data[0]?.[0] ?? firstMs
    const continuation = oldestMs - lengthMs >= firstMs ? oldestMs - lengthMs : null
    const body = {
      jsonrpc: '2.0',
      result: { data, continuation },
      usIn: nowMs * 1_000,
      usOut: nowMs * 1_000 + 150,
      usDiff: 150,
    }
    return { status: 200, body: JSON.stringify(body) }
  }

  private candle(atMs: number, untilMs: number, factor: number): number[] {
    const [open, close] = [this.pointsAt(atMs) * factor, this.pointsAt(untilMs) * factor]
    return [atMs, open, Math.max(open, close) + 0.05, Math.min(open, close) - 0.05, close].map((cell, i) =>
      i === 0 ? cell : Number(cell.toFixed(2)),
    )
  }

  /** Between 40 and 70 points; within an hour it moves by a hundredth or two. */
  private pointsAt(timeMs: number): number {
    const days = timeMs / 86_400_000
    const slow = 55 + 10 * Math.sin(days) + 4 * Math.sin(2.7 * days + (this.seed % 7))
    const noise = hash(this.seed, Math.floor(timeMs / 60_000)) / 2 ** 32 - 0.5
    const spikes = this.spikesMs.filter((spikeMs) => spikeMs <= timeMs).length
    return (slow + 0.2 * noise) * SPIKE_FACTOR ** spikes
  }
}

const PATH = '/deribit/api/v2/public/get_volatility_index_data'
const RESOLUTIONS: ReadonlyMap<string, number> = new Map([
  ['1', 1_000],
  ['60', 60_000],
  ['3600', 3_600_000],
  ['43200', 43_200_000],
  ['1D', 86_400_000],
])
const CURRENCIES: ReadonlySet<string> = new Set(['BTC', 'ETH'])
const CANDLES_MAX = 1_000
/** Above the tenth that counts as a spike. */
const SPIKE_FACTOR = 1.2

function whole(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function invalid(param: string): DeskAnswer {
  return refusal(-32_602, 'Invalid params', { reason: 'wrong or missing', param })
}

function refusal(code: number, message: string, data?: object): DeskAnswer {
  return { status: 400, body: JSON.stringify({ jsonrpc: '2.0', error: { message, ...(data && { data }), code } }) }
}
