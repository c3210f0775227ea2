import type { KlineEvent, KlinesAsked, MarketDataEvent } from '../../../ports/market-data.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import { isCount, isDecimal } from '../streams/payload.js'

/** Asks for the closed candles of one symbol after the other, a few calls at a time: what they weigh is the scheduler's business. */
export class KlineDesk {
  private readonly requests: Request[] = []
  private readonly underWay = new Map<string, { readonly request: Request; readonly symbol: string }>()
  private calls = 0

  /** @returns what is told at once: of no symbol there is nothing to wait for. */
  ask(asked: KlinesAsked, nowMs: number): readonly MarketDataEvent[] {
    const request: Request = {
      ...{ asked, waiting: [...asked.symbols], open: asked.symbols.length, untilMs: nowMs + asked.patienceMs },
      ...{ without: [], message: undefined },
    }
    if (request.open === 0) return [toldOf(request, nowMs)]
    this.requests.push(request)
    return []
  }

  /** The call to make now, if there is one. */
  due(): RestCall | undefined {
    if (this.underWay.size >= UNDER_WAY_MAX) return undefined
    const request = this.requests.find(({ waiting }) => waiting.length > 0)
    if (request === undefined) return undefined
    const symbol = request.waiting.shift()!
    const { interval, count } = request.asked
    const callId = `candles:${++this.calls}`
    this.underWay.set(callId, { request, symbol })
    // The last of them is still open.
    const params = { symbol, interval, limit: String(count + 1) }
    return { callId, route: 'klines', params, priority: 'data', deadlineMs: request.untilMs }
  }

  /** @returns undefined where the call was not its own. */
  take(outcome: RestOutcome, { nowMs, exchangeMs }: KlineMoment): KlinesTaken | undefined {
    const found = this.underWay.get(outcome.callId)
    if (found === undefined) return undefined
    this.underWay.delete(outcome.callId)
    const { request, symbol } = found
    const isAnswer = outcome.kind === 'done'
    const klines = isAnswer ? read(outcome.value, { symbol, interval: request.asked.interval, receivedMs: nowMs }) : []
    if (!isAnswer || klines === undefined) {
      request.without.push(symbol)
      request.message ??= isAnswer ? 'the answer is no list of candles' : messageOf(outcome)
    }
    const events: MarketDataEvent[] = (klines ?? []).filter(({ closeMs }) => closeMs < exchangeMs)
    request.open--
    if (request.open === 0) {
      this.requests.splice(this.requests.indexOf(request), 1)
      events.push(toldOf(request, nowMs))
    }
    return { events, malformed: klines === undefined ? symbol : undefined }
  }
}

export interface KlineMoment {
  readonly nowMs: number
  /** The exchange's clock. */
  readonly exchangeMs: number
}

export interface KlinesTaken {
  readonly events: readonly MarketDataEvent[]
  /** Of which symbol the answer could not be read. */
  readonly malformed: string | undefined
}

/** Few enough that others come in between. */
const UNDER_WAY_MAX = 6

interface Request {
  readonly asked: KlinesAsked
  readonly waiting: string[]
  /** Symbols that are not over yet. */
  open: number
  readonly untilMs: number
  readonly without: string[]
  message: string | undefined
}

function toldOf({ asked, without, message }: Request, receivedMs: number): MarketDataEvent {
  const { requestId } = asked
  return { kind: 'klinesTold', requestId, without, ...(message !== undefined && { message }), receivedMs }
}

function messageOf(outcome: Exclude<RestOutcome, { readonly kind: 'done' }>): string {
  return outcome.kind === 'refused' ? outcome.error.message : outcome.message
}

type Of = Pick<KlineEvent, 'symbol' | 'interval' | 'receivedMs'>

/** Oldest first; undefined where the answer is no list of candles. */
function read(answer: unknown, of: Of): readonly KlineEvent[] | undefined {
  if (!Array.isArray(answer)) return undefined
  const klines: KlineEvent[] = []
  for (const row of answer as readonly unknown[]) {
    if (!Array.isArray(row)) return undefined
    const [openMs, open, high, low, close, volume, closeMs] = row as readonly unknown[]
    if (!isCount(openMs) || !isCount(closeMs)) return undefined
    const figures = [open, high, low, close, volume]
    if (!figures.every(isDecimal)) return undefined
    const [o, h, l, c, baseVolume] = figures.map(Number) as [number, number, number, number, number]
    if (![o, h, l, c, baseVolume].every(Number.isFinite)) return undefined
    klines.push({ kind: 'kline', ...of, openMs, closeMs, open: o, high: h, low: l, close: c, baseVolume })
  }
  return klines.sort((one, other) => one.openMs - other.openMs)
}
