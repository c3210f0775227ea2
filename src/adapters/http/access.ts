import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Says whether a request carries the token, in a time that tells nothing about how much of it was right. */
export function tokenCheck(token: string): (request: IncomingMessage) => boolean {
  const expected = digest(token)
  return (request) => {
    const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
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
  return !isLoopback(boundTo) || isLoopback((request.headers.host ?? '').replace(/:\d+$/, ''))
}

/**
 * Whether a page of another origin had a browser send this. Browsers say so by themselves and no page can forge it: by
 * `Sec-Fetch-Site`, and by an `Origin` that is not this host. What asks without a browser sends neither. Following a link
 * to this server is no page's doing but a person's.
 */
export function isForeignPage({ headers, method }: Pick<IncomingMessage, 'headers' | 'method'>): boolean {
  const { origin, host = '', 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': shownIn } = headers
  const isLink = method === 'GET' && mode === 'navigate' && shownIn === 'document'
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isLink) return true
  return origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, '') !== host.toLowerCase()
}

/**
 * Who an address counts as. Every program of this machine is one caller, whichever loopback address it uses, and a whole
 * IPv6 subnet is one, since whoever has one address of it has all.
 */
export function callerOf(address: string | undefined): string {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
  if (isLoopback(plain)) return 'loopback'
  if (!plain.includes(':')) return plain
  const [before = '', after = ''] = plain.split('::')
  const [first, last] = [before, after].map((groups) => (groups === '' ? [] : groups.split(':')))
  const zeros = Array<string>(Math.max(0, 8 - first!.length - last!.length)).fill('0')
  return `${[...first!, ...zeros, ...last!].slice(0, 4).join(':')}::/64`
}

function isLoopback(name: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|localhost\.?|\[?::1\]?)$/i.test(name)
}
