import { hash } from '../market/book-version.js'
import type { DeskAnswer, DeskRequest } from './answer-faults.js'

/** The index of alternative.me: one value a day, made up of the seed, texts throughout, the newest first. */
export class FearAndGreed {
  constructor(private readonly seed: number) {}

  answer({ path, query, nowMs, isAbsurd }: DeskRequest): DeskAnswer {
    if (path !== '/fng/' && path !== '/fng') return { status: 404, body: '<html><body>404 Not Found</body></html>' }
    const limit = query.get('limit') ?? '1'
    if (!/^\d{1,6}$/.test(limit)) return told({ data: [], metadata: { error: 'Invalid limit.' } })
    const days = Math.min(Number(limit) === 0 ? DAYS_MAX : Number(limit), DAYS_MAX)
    const today = Math.floor(nowMs / DAY_MS)
    const data = Array.from({ length: days }, (_, i) => {
      const value = this.valueOf(today - i) + (isAbsurd ? 1_000 : 0)
      const newest = i === 0 ? { time_until_update: String(Math.floor((DAY_MS - (nowMs % DAY_MS)) / 1_000)) } : {}
      const timestamp = String(((today - i) * DAY_MS) / 1_000)
      return { value: String(value), value_classification: classification(value), timestamp, ...newest }
    })
    return told({ data, metadata: { error: null } })
  }

  private valueOf(day: number): number {
    return 5 + (hash(this.seed ^ 0xfea2, day) % 91)
  }
}

const DAY_MS = 86_400_000
/** The oldest day that is told where all are asked for. */
const DAYS_MAX = 1_000

function told(body: { readonly data: readonly object[]; readonly metadata: object }): DeskAnswer {
  return { status: 200, body: JSON.stringify({ name: 'Fear and Greed Index', ...body }) }
}

function classification(value: number): string {
  if (value < 25) return 'Extreme Fear'
  if (value < 45) return 'Fear'
  if (value <= 55) return 'Neutral'
  return value <= 75 ? 'Greed' : 'Extreme Greed'
}
