import type { PaperExchange } from '../../adapters/paper/paper-exchange.js'
import { sumOf } from '../../core/journal/frame.js'
import type { Timer } from '../../ports/clock.js'
import type { Journal, JournalListener } from '../../ports/journal.js'
import type { Link } from '../../ports/link.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { Venue, VenueEvent, VenueRequest } from '../../ports/venue.js'

/** Two ends of a link that takes `delayMs` of a timer's time; nothing is lost. */
export function delayedLinkPair(timer: Timer, delayMs: number): readonly [Link, Link] {
  const left = new DelayedLink(timer, delayMs)
  const right = new DelayedLink(timer, delayMs)
  left.peer = right
  right.peer = left
  return [left, right]
}

class DelayedLink implements Link {
  peer: DelayedLink | undefined
  private readonly timer: Timer
  private readonly delayMs: number
  private listener: ((text: string) => void) | undefined
  private closed = false

  constructor(timer: Timer, delayMs: number) {
    this.timer = timer
    this.delayMs = delayMs
  }

  send(text: string): void {
    if (!this.closed) this.timer.at(this.timer.epochMs() + this.delayMs, () => this.peer?.listener?.(text))
  }

  listen(listener: (text: string) => void): void {
    this.listener = listener
  }

  async close(): Promise<void> {
    this.closed = true
    this.listener = undefined
  }
}

/** A request without an answer for this long has an unknown outcome. */
const ANSWER_MS_MAX = 3_000

/** A paper exchange on a timer. What it says comes when it is due, never during a call. */
export class TimedExchange implements Venue {
  private readonly exchange: PaperExchange
  private readonly timer: Timer
  private readonly answerMsMax: number
  private listener: ((event: VenueEvent) => void) | undefined
  private wake: { readonly atMs: number; readonly callOff: () => void } | undefined
  /** Unanswered requests, and how to call off their end. */
  private readonly unanswered = new Map<string, () => void>()

  constructor(exchange: PaperExchange, timer: Timer, answerMsMax = ANSWER_MS_MAX) {
    this.exchange = exchange
    this.timer = timer
    this.answerMsMax = answerMsMax
  }

  send(request: VenueRequest): void {
    const { requestId } = request
    const nowMs = this.timer.epochMs()
    const giveUp = (): void => this.giveUp(requestId, `no answer within ${this.answerMsMax} ms`)
    this.unanswered.set(requestId, this.timer.at(nowMs + this.answerMsMax, giveUp))
    this.exchange.handle(request, nowMs)
    this.setWake()
  }

  market(event: MarketEvent): void {
    this.exchange.market(event, this.timer.epochMs())
    this.setWake()
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
  }

  async close(): Promise<void> {
    this.wake?.callOff()
    for (const requestId of [...this.unanswered.keys()]) this.giveUp(requestId, 'the venue was closed')
    this.listener = undefined
  }

  private giveUp(requestId: string, message: string): void {
    if (this.settle(requestId)) this.listener?.({ kind: 'unknown', requestId, message })
  }

  /** False: nobody waits for that answer any more. */
  private settle(requestId: string): boolean {
    this.unanswered.get(requestId)?.()
    return this.unanswered.delete(requestId)
  }

  private setWake(): void {
    const atMs = this.exchange.nextDueMs()
    if (atMs === undefined || (this.wake !== undefined && this.wake.atMs <= atMs)) return
    this.wake?.callOff()
    const callOff = this.timer.at(atMs, () => {
      this.wake = undefined
      for (const event of this.exchange.advanceTo(this.timer.epochMs())) {
        if (!('requestId' in event) || this.settle(event.requestId)) this.listener?.(event)
      }
      this.setWake()
    })
    this.wake = { atMs, callOff }
  }
}

/** A session that is computed again says something else than its journal. */
export class JournalDeparture extends Error {
  override readonly name = 'JournalDeparture'
  constructor(
    readonly record: number,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`record ${record}: expected ${expected}, found ${found}`)
  }
}

/**
 * A journal whose lines count as durable `delayMs` later on a timer, while the files take them at the disk's own pace: a
 * disk's speed would otherwise change what happens in a session that is to be the same every time. Nothing leaves such a
 * session's process, so whatever a crash takes from the files has taken its effects along.
 *
 * Lines that the files have already, from a session that was interrupted, must come again as they are there.
 */
export class TimedJournal implements Journal {
  readonly capacity: number
  private readonly files: Journal
  private readonly timer: Timer
  private readonly delayMs: number
  /** Sums of the lines that the files have already. */
  private readonly there: readonly string[]
  private listener: JournalListener | undefined
  private appended = 0
  private durable = 0
  private isTelling = false
  private failure: string | undefined
  private caughtUp: (() => void) | undefined

  constructor(files: Journal, timer: Timer, options: { readonly delayMs: number; readonly there: readonly string[] }) {
    this.files = files
    this.timer = timer
    this.delayMs = options.delayMs
    this.there = options.there
    this.capacity = files.capacity
    files.listen({
      durable: () => this.caughtUp?.(),
      checkpoint: () => this.listener?.checkpoint?.(),
      failed: (message) => {
        this.failure = message
        this.caughtUp?.()
      },
    })
  }

  get depth(): number {
    return this.appended - this.durable
  }

  /** Lines that came again. */
  get repeated(): number {
    return Math.min(this.appended, this.there.length)
  }

  /** @throws JournalDeparture when a line is not the one that is there. */
  append(line: string): void {
    const before = this.there[this.appended++]
    if (before === undefined) this.files.append(line)
    else if (before !== sumOf(line))
      throw new JournalDeparture(this.appended, `a line whose sum is ${before}`, line.trimEnd())
    if (this.isTelling) return
    this.isTelling = true
    this.timer.at(this.timer.epochMs() + this.delayMs, () => {
      this.isTelling = false
      this.durable = this.appended
      this.listener?.durable(this.durable)
    })
  }

  listen(listener: JournalListener): void {
    this.listener = listener
  }

  /** Waits for the files when they are far behind. Throws when they cannot be written: no journal, no session. */
  async keepUp(): Promise<void> {
    while (this.failure === undefined && this.files.depth > this.files.capacity / 2) {
      await new Promise<void>((resolve) => {
        this.caughtUp = resolve
      })
    }
    if (this.failure !== undefined) throw new Error(this.failure)
  }

  close(): Promise<void> {
    return this.files.close()
  }
}
