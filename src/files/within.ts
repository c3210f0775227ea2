/**
 * Runs something that may take so long, ms; then it is called off, and the wait for it ends whether or not it heeds that. A signal
 * alone is not enough: `fetch` holds it weakly, and forgets it when garbage is collected while a body is read.
 *
 * @throws DOMException `TimeoutError` when it took too long; what it throws.
 */
export async function within<T>(limitMs: number, run: (limit: TimeLimit) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const callOffs: (() => Promise<unknown>)[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DOMException(`it took longer than ${limitMs} ms`, 'TimeoutError')
      controller.abort(error)
      // Whatever becomes of calling it off: nobody waits for it any more.
      for (const callOff of callOffs) callOff().catch(() => {})
      reject(error)
    }, limitMs)
  })
  const limit: TimeLimit = { signal: controller.signal, callOff: (callOff) => callOffs.push(callOff) }
  try {
    return await Promise.race([run(limit), tooLong])
  } finally {
    clearTimeout(timer)
  }
}

export interface TimeLimit {
  /** Aborted when it took too long. */
  readonly signal: AbortSignal
  /** What ends it when it took too long, beside the signal. */
  callOff(callOff: () => Promise<unknown>): void
}

/** The parts of an answer's body. Reading it ends when the limit has passed, also where `fetch` has forgotten the signal. */
export async function* bodyParts({ body }: Response, limit: TimeLimit): AsyncGenerator<Uint8Array, void, void> {
  if (body === null) return
  const reader = body.getReader()
  limit.callOff(() => reader.cancel())
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value as Uint8Array
  } finally {
    // Nothing more of it is wanted; one that has ended is not troubled by it.
    await reader.cancel().catch(() => {})
  }
}
