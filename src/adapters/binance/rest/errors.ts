import { clipped } from '../../../base/clipped.js'
import { printable } from '../../../base/printable.js'
import type { RejectCode } from '../../../ports/venue.js'
import { parseExchangeJson } from '../exchange-json.js'
import type { HttpAnswer } from '../wire.js'
import type { ExchangeError } from './call.js'

/** What an answer of the exchange says of the request. */
export type Judgement =
  | { readonly kind: 'done'; readonly value: unknown }
  /** It was certainly not done. */
  | { readonly kind: 'refused'; readonly error: ExchangeError; readonly follows: Consequence }
  /** It may or may not have been done. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** It was not done, and the same request may be sent again a little later. */
  | { readonly kind: 'busy'; readonly error: ExchangeError }

/** What a refusal says about everything that is sent after it. */
export type Consequence =
  | 'none'
  /** The clock that the request was stamped with may be wrong. */
  | 'clock'
  /** Too much was sent. */
  | 'limit'
  | 'ban'
  /** The key, its rights, its addresses or its signature are not accepted. */
  | 'key'
  /** A firewall before the API took offence. */
  | 'firewall'
  /** The exchange does not serve this country. */
  | 'location'
  /** The exchange allows only what makes positions smaller. */
  | 'reduceOnly'

/**
 * Judges an answer by its status, its code and its text. Only what the exchange says in so many words counts as not done: a
 * text of a proxy, an empty one, or one that is not understood leaves a request unknown. Source: notes on Binance, 1.6.
 */
export function judge(answer: HttpAnswer): Judgement {
  const { status } = answer
  const body = parsed(answer.body)
  const code = codeOf(body)
  const failed = code !== null && code < 0
  if (status >= 200 && status < 300 && !failed) {
    return body === undefined ? unknown(answer, null, proxyText(answer)) : { kind: 'done', value: body }
  }
  const text = messageOf(body) ?? proxyText(answer)
  const meaning = BY_STATUS[status] ?? (failed ? byCode(code, status, text) : byStatus(status, text))
  if (meaning.verdict === 'unknown') return unknown(answer, failed ? code : null, text)
  const error = { httpStatus: status, code: failed ? code : null, message: text, rejectCode: meaning.rejectCode }
  return meaning.verdict === 'busy'
    ? { kind: 'busy', error }
    : { kind: 'refused', error, follows: meaning.follows ?? 'none' }
}

/** What a refusal with a code says about everything that is sent after it. */
export function consequenceOf({ code }: Pick<ExchangeError, 'code'>): Consequence {
  return (code === null ? undefined : BY_CODE.get(code)?.follows) ?? 'none'
}

interface Meaning {
  readonly verdict: 'refused' | 'unknown' | 'busy'
  readonly rejectCode: RejectCode | null
  readonly follows?: Consequence
}

/** A status that says more than the code beside it. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  408: { verdict: 'unknown', rejectCode: null },
  418: refused('RATE_LIMITED', 'ban'),
  429: refused('RATE_LIMITED', 'limit'),
  451: refused('INVALID', 'location'),
}

const UNKNOWN: Meaning = { verdict: 'unknown', rejectCode: null }

/** Codes of one meaning, a row each. One that is not here is a refusal as `INVALID` when its status is of 4xx. */
const ROWS: readonly (readonly [Meaning, readonly number[]])[] = [
  [UNKNOWN, [-1000, -1001, -1006, -1007]],
  [{ verdict: 'busy', rejectCode: 'RATE_LIMITED' }, [-1008]],
  [refused('RATE_LIMITED', 'limit'), [-1003, -1015]],
  [refused('REQUEST_EXPIRED', 'clock'), [-1021, -5028]],
  [
    refused('INVALID', 'key'),
    [-1002, -1005, -1011, -1022, -1099, -1109, -2014, -2015, -2017, -4056, -4057, -4080, -4088, -4109],
  ],
  [refused('INVALID', 'reduceOnly'), [-2023, -4087, -4192, -4202, -4203, -4205, -4206, -4400, -4401, -4402, -4403]],
  [refused('UNKNOWN_SYMBOL'), [-1108, -1121, -1126, -4144, -20121]],
  [refused('NOT_TRADING'), [-1122, -4140, -4141]],
  [refused('BAD_PRECISION'), [-1111, -4014, -4023]],
  [refused('LOT_SIZE'), [-4003, -4004, -4005]],
  [refused('MIN_NOTIONAL'), [-4164]],
  [refused('PRICE_BAND'), [-4016, -4024, -4183, -4184, -4210, -4211]],
  [refused('NO_LIQUIDITY'), [-1112, -2020, -4131, -5021]],
  [refused('INSUFFICIENT_MARGIN'), [-2018, -2019, -2024, -2027, -2028, -4050, -4051]],
  [refused('REDUCE_ONLY'), [-2022, -2026, -4118]],
  [refused('WOULD_TRIGGER'), [-2021, -4142]],
  [refused('WOULD_TAKE'), [-5022]],
  [refused('DUPLICATE_CLIENT_ORDER_ID'), [-4116]],
  // About an order that was asked about, a listen key, or a setting that is so already.
  [refused(null), [-2011, -2013, -1125, -4046, -4047, -4048, -4059, -4067, -4068]],
]

const BY_CODE: ReadonlyMap<number, Meaning> = new Map(
  ROWS.flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)),
)

/** The texts with which the exchange says of an error of its own that nothing was done; near misses do not count. */
const CERTAINLY_NOT_DONE: ReadonlySet<string> = new Set([
  'Service Unavailable.',
  'Internal error; unable to process your request. Please try again.',
])

function byCode(code: number, status: number, text: string): Meaning {
  if (CERTAINLY_NOT_DONE.has(text)) return refused('INVALID')
  const known = BY_CODE.get(code)
  if (known !== undefined) return known
  return status >= 500 ? UNKNOWN : refused('INVALID')
}

/** Of an answer without a code. */
function byStatus(status: number, text: string): Meaning {
  if (status === 403) return refused('INVALID', 'firewall')
  if (status === 503 && CERTAINLY_NOT_DONE.has(text)) return refused('INVALID')
  return status >= 400 && status < 500 ? refused('INVALID') : UNKNOWN
}

function refused(rejectCode: RejectCode | null, follows: Consequence = 'none'): Meaning {
  return { verdict: 'refused', rejectCode, follows }
}

function unknown({ status }: HttpAnswer, code: number | null, text: string): Judgement {
  return { kind: 'unknown', message: `HTTP ${status}${code === null ? '' : `, code ${code}`}: ${text}` }
}

/** Undefined for what is not JSON, or neither an object nor a list: the API answers with nothing else. */
function parsed(body: string): unknown {
  const first = body.trimStart()[0]
  if (first !== '{' && first !== '[') return undefined
  try {
    return parseExchangeJson(body)
  } catch {
    return undefined
  }
}

function codeOf(body: unknown): number | null {
  const { code } = (body ?? {}) as { readonly code?: unknown }
  return typeof code === 'number' ? code : null
}

function messageOf(body: unknown): string | undefined {
  const { msg } = (body ?? {}) as { readonly msg?: unknown }
  return typeof msg === 'string' ? withoutSecrets(clipped(printable(msg), MESSAGE_MAX)) : undefined
}

/** What a proxy wrote is not quoted: it may repeat the request, and so its signature. */
function proxyText({ body }: HttpAnswer): string {
  const text = body.trim()
  if (text === '') return 'an empty answer'
  if (CERTAINLY_NOT_DONE.has(text)) return text
  return /^<(!doctype|html|head|body)/i.test(text)
    ? 'a page of HTML, not of the API'
    : 'an answer that is not of the API'
}

const MESSAGE_MAX = 300

function withoutSecrets(text: string): string {
  return text.replace(/(signature|listenKey)=[^&\s"]+/gi, '$1=…')
}
