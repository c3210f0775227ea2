import { unreachable } from '../../../base/assert.js'
import { parseExchangeJson } from '../exchange-json.js'
import type { RestOutcome } from '../rest/call.js'
import { isPayload, parsedJson } from './payload.js'
import type { UserStreamEffect } from './stream-effects.js'

export type AccountEvent = Extract<UserStreamEffect, { kind: 'user' }>['event']

/** Bare, as its path sends it, or wrapped with the name of its stream; `answer` is of a message that we sent. */
export function readAccountEvent(text: string): AccountEvent | 'answer' | 'malformed' {
  const value = parsedJson(text, parseExchangeJson)
  if (!isPayload(value)) return 'malformed'
  if (typeof value.e === 'string') return value as AccountEvent
  if (isPayload(value.data) && typeof value.data.e === 'string') return value.data as AccountEvent
  return 'id' in value ? 'answer' : 'malformed'
}

/** The key that a call was answered with, if any. */
export function readListenKey(outcome: RestOutcome): string | undefined {
  if (outcome.kind !== 'done' || !isPayload(outcome.value)) return undefined
  const { listenKey } = outcome.value
  return typeof listenKey === 'string' && listenKey !== '' ? listenKey : undefined
}

/** The exchange has said that there is no such key. Source: notes on Binance, 1.6. */
export function isKeyGone(outcome: RestOutcome): boolean {
  return outcome.kind === 'refused' && outcome.error.code === NO_SUCH_KEY
}

/** Why there is no key, for a person; never what was answered, which may hold one. */
export function whyNoKey(outcome: RestOutcome): string {
  switch (outcome.kind) {
    case 'done':
      return 'the answer has none'
    case 'refused':
      return `refused with ${outcome.error.code ?? `HTTP ${outcome.error.httpStatus}`}`
    case 'unknown':
      return 'no answer'
    case 'notSent':
      return `not sent: ${outcome.why}`
    default:
      return unreachable(outcome)
  }
}

const NO_SUCH_KEY = -1125
