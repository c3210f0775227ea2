/** What the exchange allows of one socket. Source: notes on Binance, 2.2. */
export const SUBSCRIBING = Object.freeze({
  namesPerMessage: 200,
  /** Between two messages, of whatever kind, ms: ten a second are allowed, and more end in a ban. */
  messageEveryMs: 200,
  /** An answer takes a fraction of a second; what has none by then is asked for again. */
  answerMs: 10_000,
  /** Before a message that was refused is sent again; twice as long after every further one, up to a minute. */
  refusedMs: 5_000,
  refusedMsMax: 60_000,
})

/**
 * What one socket has been asked for, and is still to be asked: in messages that are small and far enough apart. Nothing is asked
 * for before what is given up is acknowledged to be, so that there are never more than are wanted at once.
 */
export class Subscriptions {
  /** As far as was sent. */
  private readonly asked = new Set<string>()
  private readonly toAsk = new Set<string>()
  private readonly toDrop = new Set<string>()
  private readonly unanswered = new Map<number, Unanswered>()
  private dropsUnanswered = 0
  private sentAtMs = Number.NEGATIVE_INFINITY
  /** Nothing is sent before. */
  private heldUntilMs = Number.NEGATIVE_INFINITY
  private refusedInARow = 0

  ask(stream: string): void {
    if (!this.asked.has(stream) || this.toDrop.has(stream)) this.toAsk.add(stream)
  }

  drop(stream: string): void {
    this.toAsk.delete(stream)
    if (this.asked.has(stream)) this.toDrop.add(stream)
  }

  /** Given up and asked for again: the exchange takes a name that it believes to be subscribed for no news. */
  askAnew(stream: string): void {
    if (this.asked.has(stream)) this.toDrop.add(stream)
    this.toAsk.add(stream)
  }

  /** The message that may be sent now, if any; it counts as sent. */
  message(nowMs: number, nextId: () => number): string | undefined {
    const dueMs = this.dueMs()
    if (dueMs === undefined || nowMs < dueMs) return undefined
    const isDropping = this.toDrop.size > 0
    const streams = firstOf(isDropping ? this.toDrop : this.toAsk, SUBSCRIBING.namesPerMessage)
    for (const stream of streams) {
      if (isDropping) this.toDrop.delete(stream)
      else this.toAsk.delete(stream)
      if (isDropping) this.asked.delete(stream)
      else this.asked.add(stream)
    }
    const id = nextId()
    this.sentAtMs = nowMs
    this.unanswered.set(id, { streams, isDropping, sentAtMs: nowMs })
    if (isDropping) this.dropsUnanswered++
    return JSON.stringify({ method: isDropping ? 'UNSUBSCRIBE' : 'SUBSCRIBE', params: streams, id })
  }

  /** When the next message may be sent, UTC ms; undefined while there is none. */
  dueMs(): number | undefined {
    const waitsForDrop = this.dropsUnanswered > 0
    if (this.toDrop.size === 0 && (this.toAsk.size === 0 || waitsForDrop)) return undefined
    return Math.max(this.sentAtMs + SUBSCRIBING.messageEveryMs, this.heldUntilMs)
  }

  /** An answer. It proves nothing but that the message was read: names that mean nothing are acknowledged, too. */
  acknowledged(id: number): void {
    if (this.taken(id) !== undefined) this.refusedInARow = 0
  }

  /** The streams of the message that was refused, undefined when it was none of ours; they are asked for again later. */
  refused(id: number, nowMs: number): readonly string[] | undefined {
    const refused = this.taken(id)
    if (refused === undefined) return undefined
    this.holdBack(nowMs)
    this.askAgain(refused)
    return refused.streams
  }

  /** What has waited for an answer for too long is asked for again: twice does no harm. */
  giveUpUnanswered(nowMs: number): void {
    for (const [id, message] of this.unanswered) {
      if (nowMs - message.sentAtMs < SUBSCRIBING.answerMs) continue
      this.taken(id)
      this.askAgain(message)
    }
  }

  /** Everything was asked for, and acknowledged. */
  isSettled(): boolean {
    return this.toAsk.size === 0 && this.toDrop.size === 0 && this.unanswered.size === 0
  }

  /** A message that need not be waited for any more. */
  private taken(id: number): Unanswered | undefined {
    const message = this.unanswered.get(id)
    if (message === undefined) return undefined
    this.unanswered.delete(id)
    if (message.isDropping) this.dropsUnanswered--
    return message
  }

  private holdBack(nowMs: number): void {
    const { refusedMs, refusedMsMax } = SUBSCRIBING
    this.heldUntilMs = nowMs + Math.min(refusedMs * 2 ** this.refusedInARow, refusedMsMax)
    this.refusedInARow++
  }

  private askAgain({ streams, isDropping }: Unanswered): void {
    for (const stream of streams) {
      if (isDropping) this.toDrop.add(stream)
      else if (this.asked.has(stream) && !this.toDrop.has(stream)) this.toAsk.add(stream)
    }
  }
}

interface Unanswered {
  readonly streams: readonly string[]
  readonly isDropping: boolean
  readonly sentAtMs: number
}

function firstOf(streams: ReadonlySet<string>, count: number): string[] {
  const first: string[] = []
  for (const stream of streams) {
    if (first.length === count) break
    first.push(stream)
  }
  return first
}
