import type { AlertLevel } from '../../../ports/vocabulary/alerts.js'
import type { Notice } from '../notice.js'
import type { ExchangeError } from './call.js'
import type { Consequence } from './errors.js'

/** What refusals of the exchange make a person know; the same is said once a minute at most. */
export class RestNotices {
  private readonly saidMs = new Map<string, number>()

  /** `untilMs`: until when nothing leaves, or nothing but exits; local time. */
  of(follows: Consequence, about: About): Notice | undefined {
    const text = TEXTS[follows]
    if (text === undefined) return undefined
    return this.once(text.code, about.nowMs, { level: text.level, message: text.message(about) })
  }

  /** The exchange's time has been asked for in vain. */
  unreachable(nowMs: number, why: string): Notice | undefined {
    const message = `The exchange does not answer when it is asked for its time: ${why}.`
    return this.once('UNREACHABLE', nowMs, { level: 'WARNING', message })
  }

  /** A ban that was told has its end. */
  banOver(): Notice {
    const message = 'The ban of this address is over: requests leave again.'
    return { kind: 'notice', code: 'BAN_OVER', level: 'INFO', message }
  }

  private once(code: string, nowMs: number, said: Omit<Notice, 'kind' | 'code'>): Notice | undefined {
    if (nowMs < (this.saidMs.get(code) ?? Number.NEGATIVE_INFINITY) + AGAIN_MS) return undefined
    this.saidMs.set(code, nowMs)
    return { kind: 'notice', code, ...said }
  }
}

interface About {
  readonly error: ExchangeError
  readonly nowMs: number
  readonly untilMs: number
}

const AGAIN_MS = 60_000

interface Text {
  readonly code: string
  readonly level: AlertLevel
  message(about: About): string
}

const TEXTS: Readonly<Record<Consequence, Text | undefined>> = {
  none: undefined,
  ban: {
    code: 'BANNED',
    level: 'CRITICAL',
    message: ({ untilMs, error }) =>
      `The exchange has banned this address until ${utc(untilMs)}, and nothing leaves before: ${said(error)}.`,
  },
  limit: {
    code: 'RATE_LIMITED',
    level: 'WARNING',
    message: ({ untilMs, error }) =>
      `The exchange refuses more requests; nothing but exits leaves until ${utc(untilMs)}: ${said(error)}.`,
  },
  clock: {
    code: 'CLOCK_WRONG',
    level: 'WARNING',
    message: ({ error }) => `The exchange found a request out of its time; its clock is measured anew: ${said(error)}.`,
  },
  key: {
    code: 'KEY_REFUSED',
    level: 'CRITICAL',
    message: ({ error }) =>
      `The exchange does not accept the key, its rights, this address or the signature: ${said(error)}. Check them with the exchange.`,
  },
  firewall: {
    code: 'FIREWALL',
    level: 'ERROR',
    message: ({ untilMs, error }) =>
      `A firewall before the exchange refuses this address; nothing but exits leaves until ${utc(untilMs)}: ${said(error)}.`,
  },
  location: {
    code: 'LOCATION_REFUSED',
    level: 'CRITICAL',
    message: ({ error }) => `The exchange does not serve the country of this address: ${said(error)}.`,
  },
  reduceOnly: {
    code: 'REDUCE_ONLY_ACCOUNT',
    level: 'CRITICAL',
    message: ({ error }) => `The exchange lets this account make positions smaller alone: ${said(error)}.`,
  },
}

function said({ httpStatus, code, message }: ExchangeError): string {
  return `${code === null ? `HTTP ${httpStatus}` : `code ${code}`}, ${message.replace(/\.$/, '')}`
}

function utc(ms: number): string {
  return new Date(ms).toISOString()
}
