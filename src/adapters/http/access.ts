import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Says whether a request carries the token, in a time that tells nothing about how much of it was right. */
export function tokenCheck(token: string): (request: IncomingMessage) => boolean {
  const expected = digest(token)
  return (request) => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    return given !== undefined && timingSafeEqual(digest(given), expected)
  }
}

/** Digests are of one length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}

/**
 * A page of somebody else's can make a browser ask 127.0.0.1 under a name of its own (DNS rebinding); the name it then
 * sends is not ours. Servers on other addresses are asked by whatever name leads to them.
 */
export function isOwnName(request: IncomingMessage, boundTo: string): boolean {
  if (!LOOPBACK.has(boundTo)) return true
  const host = request.headers.host ?? ''
  return LOOPBACK.has(host.replace(/:\d+$/, ''))
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]', '::1'])

/** Token bucket per caller: `burst` at once, then `perSecond`. */
export class RateLimit {
  private readonly buckets = new Map<string, { tokens: number; atMs: number }>()

  constructor(
    private readonly limits: { readonly perSecond: number; readonly burst: number },
    private readonly nowMs: () => number,
  ) {}

  /** Seconds to wait; 0: go on. */
  take(caller: string): number {
    const { perSecond, burst } = this.limits
    const nowMs = this.nowMs()
    if (this.buckets.size > MAX_CALLERS) this.forgetFull(nowMs)
    const bucket = this.buckets.get(caller) ?? { tokens: burst, atMs: nowMs }
    const tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond)
    const allowed = tokens >= 1
    this.buckets.set(caller, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs })
    return allowed ? 0 : Math.ceil((1 - tokens) / perSecond)
  }

  /** Callers whose bucket has filled again are as good as unknown. */
  private forgetFull(nowMs: number): void {
    const { perSecond, burst } = this.limits
    for (const [caller, { tokens, atMs }] of this.buckets) {
      if (tokens + ((nowMs - atMs) / 1000) * perSecond >= burst) this.buckets.delete(caller)
    }
  }
}

const MAX_CALLERS = 10_000
