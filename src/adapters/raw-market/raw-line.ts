import { found } from '../../base/mistakes.js'
import type { LevelRows } from '../../ports/vocabulary/depth.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'

/**
 * What one line of a raw recording says. Two forms are known: `<received, ns> <JSON of the exchange>`, as collectors write it,
 * and `E|U|u|pu|bids|asks` with levels `price:quantity`, to which the bundled recording is cut (its snapshot has neither `U`
 * nor `pu`). What cannot be read at all is `wrong`; of a message with odd contents whoever keeps the book judges.
 */
export function rawLine(line: string): RawLine {
  const cut = CUT.exec(line)
  if (cut !== null) return cutLine(cut)
  const blank = line.indexOf(' ')
  const time = line.slice(0, blank)
  if (!NANOSECONDS.test(time)) return { kind: 'wrong', expected: EXPECTED, found: found(line) }
  let message: Message
  try {
    message = JSON.parse(line.slice(blank + 1))
  } catch {
    return { kind: 'wrong', expected: 'JSON behind the time', found: found(line.slice(blank + 1)) }
  }
  if (typeof message !== 'object' || message === null)
    return { kind: 'wrong', expected: 'an object behind the time', found: found(message) }
  // Nanoseconds since 1970 are beyond what float64 counts.
  const receivedMs = Number(time.slice(0, -6))
  const data = isObject(message.data) ? message.data : message
  return messageLine(data, receivedMs)
}

export type RawLine =
  | (RawUpdate & { readonly kind: 'diff'; readonly U: number; readonly pu: number })
  | (RawUpdate & { readonly kind: 'snapshot' })
  | {
      readonly kind: 'quote'
      readonly symbol: string | undefined
      readonly u: number
      readonly eventMs: number
      readonly bid: string
      readonly bidQuantity: string
      readonly ask: string
      readonly askQuantity: string
    }
  | {
      readonly kind: 'liquidation'
      readonly symbol: string | undefined
      readonly receivedMs: number
      readonly atMs: number
      readonly side: OrderSide
      readonly price: number
      readonly orderPrice: number
      readonly baseQuantity: number
    }
  /** Of no use to a book: trades, marks, whatever else was recorded. */
  | { readonly kind: 'other' }
  | { readonly kind: 'wrong'; readonly expected: string; readonly found: string }

interface RawUpdate {
  /** Undefined where the line does not tell. */
  readonly symbol: string | undefined
  /** Its `E`. */
  readonly eventMs: number
  readonly receivedMs: number
  readonly u: number
  readonly bids: LevelRows
  readonly asks: LevelRows
}

const EXPECTED = 'nanoseconds since 1970, a blank and JSON, or E|U|u|pu|bids|asks'
const NANOSECONDS = /^\d{16,20}$/
const CUT = /^(\d+)\|(\d*)\|(\d+)\|(\d*)\|([^|]*)\|([^|]*)$/

function cutLine([, E, U, u, pu, b, a]: RegExpExecArray): RawLine {
  const eventMs = Number(E)
  const update = {
    ...{ symbol: undefined, eventMs, receivedMs: eventMs, u: Number(u) },
    ...{ bids: cutLevels(b!), asks: cutLevels(a!) },
  }
  return U === '' ? { kind: 'snapshot', ...update } : { kind: 'diff', ...update, U: Number(U), pu: Number(pu) }
}

function cutLevels(text: string): LevelRows {
  return text === '' ? [] : text.split(' ').map((level) => level.split(':') as [string, string])
}

/** What was parsed: its fields may be anything. */
type Message = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Message {
  return typeof value === 'object' && value !== null
}

function messageLine(data: Message, receivedMs: number): RawLine {
  if (data.lastUpdateId !== undefined) {
    const { lastUpdateId, bids, asks } = data
    const eventMs = typeof data.E === 'number' ? data.E : receivedMs
    const symbol = textOf(data.symbol ?? data.s)
    return {
      ...{ kind: 'snapshot', symbol, eventMs, receivedMs, u: numberOf(lastUpdateId) },
      ...{ bids: bids as LevelRows, asks: asks as LevelRows },
    }
  }
  switch (data.e) {
    case 'depthUpdate': {
      const { E, s, U, u, pu, b, a } = data
      // Without its time nothing could be said of a change, not even when it did not count.
      if (!Number.isSafeInteger(E)) return { kind: 'wrong', expected: 'the time `E` of a change', found: found(E) }
      return {
        ...{ kind: 'diff', symbol: textOf(s), eventMs: numberOf(E), receivedMs },
        ...{ U: numberOf(U), u: numberOf(u), pu: numberOf(pu), bids: b as LevelRows, asks: a as LevelRows },
      }
    }
    case 'bookTicker':
      return {
        ...{ kind: 'quote', symbol: textOf(data.s), u: numberOf(data.u), eventMs: numberOf(data.E) },
        ...{ bid: String(data.b), bidQuantity: String(data.B), ask: String(data.a), askQuantity: String(data.A) },
      }
    case 'forceOrder':
      return liquidationLine(data, receivedMs)
    default:
      return { kind: 'other' }
  }
}

function liquidationLine({ o }: Message, receivedMs: number): RawLine {
  if (!isObject(o)) return { kind: 'wrong', expected: 'an order `o` of the liquidation', found: found(o) }
  const [price, orderPrice, baseQuantity] = [Number(o.ap), Number(o.p), Number(o.z)]
  if (!(price > 0 && baseQuantity > 0) || (o.S !== 'BUY' && o.S !== 'SELL') || typeof o.T !== 'number')
    return { kind: 'wrong', expected: 'a liquidation with S, ap, z and T', found: found(o) }
  return {
    ...{ kind: 'liquidation', symbol: textOf(o.s), receivedMs, atMs: o.T },
    ...{ side: o.S, price, orderPrice, baseQuantity },
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** NaN where it is none: a book takes that for malformed, as it does with a live frame. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}
