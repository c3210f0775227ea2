import { clipped } from '../../base/clipped.js'
import { present } from '../../base/present.js'
import { printable } from '../../base/printable.js'
import type { FactorAnswer, FactorSource, FactorSourceName } from '../../ports/factor-source.js'
import { Field, UnlikeAnswer } from './answer-fields.js'
import { getText, type RequestLimits } from './get-text.js'

/** What one source is asked, and how its answer is read. Neither knows a socket. */
export interface FactorQuestion {
  readonly name: FactorSourceName
  /** Path and query, behind the address of the host. */
  target(nowMs: number): string
  /** @throws UnlikeAnswer */
  read(answer: Field): Exclude<FactorAnswer, { readonly kind: 'failed' }>
}

/** A candle of an hour takes 3 KB, a day of takers 30 KB. */
export const REQUEST_LIMITS: RequestLimits = Object.freeze({ timeoutMs: 10_000, bodyBytesMax: 1_000_000 })

/** @param base address of the host, without a slash at its end: as `factorAddress` answers it. */
export function httpFactorSource(
  question: FactorQuestion,
  base: string,
  limits: RequestLimits = REQUEST_LIMITS,
): FactorSource {
  return {
    name: question.name,
    host: new URL(base).host,
    async ask(nowMs, signal) {
      const got = await getText(`${base}${question.target(nowMs)}`, limits, signal)
      if (got.kind === 'lost') return { kind: 'failed', error: got.message }
      const { status, body, retryAfter } = got
      if (status === 200) return readAnswer(question, body)
      const retryAfterMs = retryAfter === undefined ? undefined : retryAfterOf(retryAfter, nowMs)
      return { kind: 'failed', error: `http ${status}${whyOf(body)}`, ...present({ retryAfterMs }) }
    },
  }
}

/** What an answer of 200 says. Never throws: whatever the text is, it is an answer or a refusal that names what is wrong. */
export function readAnswer(question: Pick<FactorQuestion, 'read'>, body: string): FactorAnswer {
  try {
    return question.read(Field.ofText(body))
  } catch (error) {
    if (!(error instanceof UnlikeAnswer)) throw error
    return { kind: 'failed', error: clipped(printable(error.message), ERROR_CHARACTERS_MAX) }
  }
}

/** Documents take 500. */
const ERROR_CHARACTERS_MAX = 300

/** Seconds, or a date; undefined where it is neither. */
export function retryAfterOf(header: string, nowMs: number): number | undefined {
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000
  const dateMs = Date.parse(header)
  return Number.isFinite(dateMs) ? Math.max(0, dateMs - nowMs) : undefined
}

/** What a refusal says for itself, where it is short; a page of HTML says nothing. */
function whyOf(body: string): string {
  const text = printable(body).trim()
  return text === '' || text.startsWith('<') ? '' : `: ${clipped(text, 100)}`
}
