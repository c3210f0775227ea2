import type { Clock } from '../../../ports/clock.js'

/** An answer of 200 as it comes, or that there is no such file. */
export type Got = { readonly kind: 'found'; readonly body: AsyncIterable<Uint8Array> } | { readonly kind: 'absent' }

export interface PoliteGetOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Absent: `fetch` of this program's platform. */
  readonly fetch?: typeof fetch
}

/** The file cannot be had now; `message` says why, and names the host. */
export class CannotGet extends Error {
  override readonly name = 'CannotGet'
}

/** The file had begun to come. */
export class BrokeOff extends CannotGet {}

const TRIES_MAX = 5
const FIRST_WAIT_MS = 1_000
/** A server that asks for more than this is not waited for. */
const WAIT_MS_MAX = 120_000
/** Without a byte for so long a connection counts as dead. */
const SILENCE_MS = 30_000

/**
 * Gets a file over HTTP, patiently: a server that is busy is asked again after as long as it says (`Retry-After`), or else twice as
 * long each time. Redirects are not followed: a file comes from the host that was named.
 *
 * @throws CannotGet after five tries, and for refusals that another try would not change; the signal's reason.
 */
export async function politeGet(url: string, options: PoliteGetOptions): Promise<Got> {
  const { clock, signal, fetch: ask = fetch } = options
  let why = ''
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    signal.throwIfAborted()
    let waitMs = FIRST_WAIT_MS * 2 ** (tries - 1)
    const silence = new Silence()
    try {
      const answer = await ask(url, { signal: AbortSignal.any([signal, silence.signal]), redirect: 'error' })
      if (answer.status === 404) {
        await answer.body?.cancel()
        return { kind: 'absent' }
      }
      if (answer.ok && answer.body !== null)
        return { kind: 'found', body: watched(answer.body, { silence, url, signal }) }
      await answer.body?.cancel()
      why = `it answers ${answer.status}`
      if (!isBusy(answer.status)) break
      waitMs = Math.max(waitMs, retryAfterMs(answer.headers.get('retry-after')))
    } catch (error) {
      signal.throwIfAborted()
      why = causeOf(error)
    } finally {
      // What is found goes on to be watched while it is read.
      silence.heard()
    }
    if (waitMs > WAIT_MS_MAX) break
    if (tries < TRIES_MAX) await clock.sleep(waitMs, signal)
  }
  throw new CannotGet(`${new URL(url).host}: ${why}`)
}

/** A connection that says nothing for a while is given up. */
class Silence {
  private readonly controller = new AbortController()
  private timer: NodeJS.Timeout | undefined

  constructor() {
    this.begin()
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  begin(): void {
    this.heard()
    this.timer = setTimeout(() => this.controller.abort(new Error(`nothing for ${SILENCE_MS / 1_000} s`)), SILENCE_MS)
  }

  heard(): void {
    clearTimeout(this.timer)
  }
}

/** A connection that is cut on the way is the network's failure, not the reader's. */
async function* watched(
  body: AsyncIterable<Uint8Array>,
  { silence, url, signal }: { readonly silence: Silence; readonly url: string; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array, void, void> {
  try {
    silence.begin()
    for await (const chunk of body) {
      silence.heard()
      yield chunk
      silence.begin()
    }
  } catch (error) {
    signal.throwIfAborted()
    throw new BrokeOff(`${new URL(url).host}: it broke off: ${causeOf(error)}`)
  } finally {
    silence.heard()
  }
}

function isBusy(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** Seconds; a date is left to the usual waiting. */
function retryAfterMs(header: string | null): number {
  return header !== null && /^\d+$/.test(header) ? Number(header) * 1_000 : 0
}

/** `fetch` says of every failure that it failed; why is in its cause. */
function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown }
  const { code, message } = (cause ?? error) as { readonly code?: string; readonly message?: string }
  return code ?? message ?? String(error)
}
