import type { Signer } from '../credentials.js'
import type { RestCall } from './call.js'
import type { Route } from './routes.js'

/**
 * Path and query of a request as they go over the wire. Names and values are percent-encoded before they are signed: there are
 * symbols of Chinese characters, and the exchange judges what it received. The signature comes last.
 */
export function targetOf(route: Route, params: Readonly<Record<string, string>>, stamp?: Stamp): string {
  const query = encoded(params)
  if (stamp === undefined) return query === '' ? route.path : `${route.path}?${query}`
  const times = `recvWindow=${stamp.recvWindowMs}&timestamp=${stamp.timestampMs}`
  const payload = query === '' ? times : `${query}&${times}`
  return `${route.path}?${payload}&signature=${percentEncoded(stamp.signer.sign(payload))}`
}

/** Who signs, and between which times of the exchange the request may be done. */
export interface Stamp {
  readonly signer: Signer
  readonly timestampMs: number
  readonly recvWindowMs: number
}

/** For how long after its stamp the exchange may do it: whatever the stamp, until `validUntilMs`. */
export function recvWindowMs({ validUntilMs }: RestCall, timestampMs: number): number {
  if (validUntilMs === undefined) return RECV_WINDOW_MS
  return Math.max(1, Math.min(validUntilMs - timestampMs, RECV_WINDOW_MAX_MS))
}

/** The exchange's own, and the most it takes; cutting a longer validity down only ends it sooner. */
const RECV_WINDOW_MS = 5_000
const RECV_WINDOW_MAX_MS = 60_000

function encoded(params: Readonly<Record<string, string>>): string {
  let query = ''
  for (const name in params) {
    if (query !== '') query += '&'
    query += `${percentEncoded(name)}=${percentEncoded(params[name]!)}`
  }
  return query
}

/** Most of what is sent needs none. */
const PLAIN = /^[A-Za-z0-9._~-]*$/

function percentEncoded(text: string): string {
  if (PLAIN.test(text)) return text
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}
