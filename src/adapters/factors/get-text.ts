import { bodyParts, type TimeLimit, within } from '../../files/within.js'

export type Got =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly retryAfter?: string }
  | { readonly kind: 'lost'; readonly message: string }

/** Limits of one request. */
export interface RequestLimits {
  readonly timeoutMs: number
  readonly bodyBytesMax: number
}

/**
 * One GET, of a deadline for all of it and of an answer that is at most so long. Redirects are not followed: a value comes from
 * the host that was named. Never rejects.
 */
export async function getText(url: string, limits: RequestLimits, signal: AbortSignal): Promise<Got> {
  const { timeoutMs, bodyBytesMax } = limits
  try {
    return await within(timeoutMs, async (limit) => {
      const response = await fetch(url, {
        redirect: 'error',
        signal: AbortSignal.any([signal, limit.signal]),
        headers: { accept: 'application/json' },
      })
      const body = await bodyOf(response, limit, bodyBytesMax)
      if (body === undefined) return { kind: 'lost', message: `its answer is longer than ${bodyBytesMax / 1_000} kB` }
      const retryAfter = response.headers.get('retry-after')
      return { kind: 'answered', status: response.status, body, ...(retryAfter === null ? {} : { retryAfter }) }
    })
  } catch (error) {
    if (signal.aborted) return { kind: 'lost', message: 'stopped' }
    const isLate = (error as Error).name === 'TimeoutError'
    return { kind: 'lost', message: isLate ? `no answer within ${timeoutMs / 1_000} s` : causeOf(error) }
  }
}

/** Undefined where it is longer than that; what follows is not read. */
async function bodyOf(response: Response, limit: TimeLimit, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const part of bodyParts(response, limit)) {
    bytes += part.byteLength
    if (bytes > bytesMax) return undefined
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** `fetch` says of every failure that it failed; why is in its cause. Codes alone: a message might quote the address. */
function causeOf(error: unknown): string {
  const { code } = ((error as { readonly cause?: unknown }).cause ?? error) as { readonly code?: unknown }
  return typeof code === 'string' ? (LOSSES[code] ?? code.slice(0, 60)) : 'the connection failed'
}

const LOSSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'its name cannot be found (ENOTFOUND)',
  EAI_AGAIN: 'names cannot be looked up (EAI_AGAIN)',
}
