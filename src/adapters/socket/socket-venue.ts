import type { Venue, VenueEvent, VenueRequest } from '../../ports/venue.js'
import { connectLines, type LineSocket } from './line-socket.js'

export interface SocketVenueSettings {
  /** Times faster than real time: answers are waited for that much shorter. Default 1. */
  readonly speed?: number
}

/**
 * A venue in another process, at a Unix domain socket. Every request is answered exactly once: by the venue, or with
 * `unknown` when it was not sent, the connection was cut, or no answer came within 3 s. Answers later than that are
 * dropped; what they would have said, a query or the next snapshot says.
 *
 * @throws SocketPathError when the path is too long.
 */
export function connectVenue(path: string, settings: SocketVenueSettings = {}): Venue {
  return new SocketVenue(connectLines(path), ANSWER_MS_MAX / (settings.speed ?? 1))
}

/** A request without an answer for this long has an unknown outcome. */
const ANSWER_MS_MAX = 3_000

class SocketVenue implements Venue {
  private readonly lines: LineSocket
  private readonly answerMsMax: number
  private readonly waiting = new Map<string, NodeJS.Timeout>()
  private listener: ((event: VenueEvent) => void) | undefined
  private closed = false

  constructor(lines: LineSocket, answerMsMax: number) {
    this.lines = lines
    this.answerMsMax = answerMsMax
    lines.listen({
      line: (text) => this.receive(text),
      connected: () => this.tell({ kind: 'connection', connected: true }),
      disconnected: () => {
        this.tell({ kind: 'connection', connected: false })
        for (const requestId of [...this.waiting.keys()]) this.giveUp(requestId, 'the connection was cut')
      },
    })
  }

  send(request: VenueRequest): void {
    const { requestId } = request
    if (this.closed || this.waiting.has(requestId)) return
    const timer = setTimeout(() => this.giveUp(requestId, `no answer within ${this.answerMsMax} ms`), this.answerMsMax)
    this.waiting.set(requestId, timer)
    if (!this.lines.send(JSON.stringify(request))) setImmediate(() => this.giveUp(requestId, 'not connected'))
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
    if (this.lines.connected)
      setImmediate(() => this.lines.connected && listener({ kind: 'connection', connected: true }))
  }

  async close(): Promise<void> {
    if (this.closed) return
    for (const requestId of [...this.waiting.keys()]) this.giveUp(requestId, 'closed')
    this.closed = true
    this.listener = undefined
    await this.lines.close()
  }

  private receive(text: string): void {
    const event = parseEvent(text)
    if (event === undefined) {
      this.lines.cut()
      return
    }
    // The venue's own connection to its exchange, if it has one, is told of as ours.
    if ('requestId' in event && !this.settle(event.requestId)) return
    this.tell(event)
  }

  private giveUp(requestId: string, message: string): void {
    if (this.settle(requestId)) this.tell({ kind: 'unknown', requestId, message })
  }

  /** False: nobody waits for that answer (any more). */
  private settle(requestId: string): boolean {
    clearTimeout(this.waiting.get(requestId))
    return this.waiting.delete(requestId)
  }

  private tell(event: VenueEvent): void {
    this.listener?.(event)
  }
}

const ANSWERS: readonly string[] = ['acknowledged', 'rejected', 'unknown', 'found', 'notFound', 'snapshot']
const STREAM: readonly string[] = ['order', 'fill', 'funding', 'quote', 'instrument', 'connection']

function parseEvent(text: string): VenueEvent | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { kind, requestId } = value as Record<string, unknown>
    if (typeof kind !== 'string') return undefined
    const known = ANSWERS.includes(kind) ? typeof requestId === 'string' : STREAM.includes(kind)
    return known ? (value as VenueEvent) : undefined
  } catch {
    return undefined
  }
}
