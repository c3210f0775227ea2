import type { IngestAnswer, IngestRefusal } from '../../../ports/vocabulary/observation-events.js'
import { EventDraft } from './event-draft.js'
import { FAULT, firstRefusal, KINDS, REFUSALS } from './event-kinds.js'
import { EventQueue, QUEUED_MAX } from './event-queue.js'
import { RecentIds } from './recent-ids.js'
import { refusalSample } from './refusal-sample.js'

/**
 * What is observed, from the door to the queue: each event is read, refused with the first reason that holds, or numbered and
 * queued. Nothing that comes throws, and nothing leaves without being counted. Source: spec, "M1 ingestion".
 */
export class Ingestion {
  readonly queue = new EventQueue()
  /** Of the last advance; NaN before the first. */
  timeMs = Number.NaN
  /** Once the observation has failed, nothing is taken. */
  halted = false
  private seq = 0
  private readonly draft: EventDraft
  private readonly recentIds: readonly RecentIds[]
  private readonly acceptedCounts = new Float64Array(KINDS.length)
  private readonly refusedCounts = new Float64Array((KINDS.length + 1) * REFUSALS.length)
  private readonly samples = new Map<IngestRefusal, string>()

  constructor(symbols: readonly string[]) {
    this.draft = new EventDraft(new Map(symbols.map((symbol, i) => [symbol, i])))
    this.recentIds = symbols.map(() => new RecentIds())
  }

  ingest(event: unknown): IngestAnswer {
    const { draft } = this
    draft.read(event)
    let faults = draft.faults
    if (this.halted) faults |= FAULT.SYSTEM_FAILED
    if (Number.isNaN(this.timeMs)) faults |= FAULT.TIME_NOT_SET
    if (faults === 0) faults = this.faultsInPlace()
    if (faults !== 0) return this.refuse(event, firstRefusal(faults))
    const seq = ++this.seq
    if (draft.used) this.queue.push(draft, seq)
    if (draft.venueId !== Number.NEGATIVE_INFINITY) this.recentIds[draft.symbolIndex]!.add(draft.venueId)
    this.acceptedCounts[draft.kind]!++
    return { accepted: true, seq }
  }

  /** By kind, those that were counted. */
  accepted(): Readonly<Record<string, number>> {
    return counted(this.acceptedCounts, (i) => KINDS[i]!)
  }

  /** By `kind:reason`, those that were counted. */
  refused(): Readonly<Record<string, number>> {
    return counted(this.refusedCounts, (i) => {
      const kind = KINDS[Math.floor(i / REFUSALS.length)] ?? 'UNKNOWN'
      return `${kind}:${REFUSALS[i % REFUSALS.length]}`
    })
  }

  /** The first that was refused for each reason, in few words. */
  refusalSamples(): ReadonlyMap<IngestRefusal, string> {
    return new Map(this.samples)
  }

  /** What is wrong with an event that is right in itself: its time, that it was here before, that there is no room. */
  private faultsInPlace(): number {
    const { tsMs, venueId, symbolIndex } = this.draft
    let faults = 0
    if (tsMs < this.timeMs - OLDER_MS_MAX) faults |= FAULT.TOO_OLD
    if (tsMs > this.timeMs + AHEAD_MS_MAX) faults |= FAULT.TOO_FAR_AHEAD
    if (venueId !== Number.NEGATIVE_INFINITY && this.recentIds[symbolIndex]!.has(venueId)) faults |= FAULT.DUPLICATE
    if (this.queue.size === QUEUED_MAX) faults |= FAULT.QUEUE_FULL
    return faults
  }

  private refuse(event: unknown, refusal: number): IngestAnswer {
    const answer = REFUSED[refusal]!
    this.refusedCounts[this.draft.kind * REFUSALS.length + refusal]!++
    if (!this.samples.has(answer.reason)) this.samples.set(answer.reason, refusalSample(event))
    return answer
  }
}

/** One answer for each reason: a venue that sends nothing right costs no objects. */
const REFUSED = REFUSALS.map((reason) => Object.freeze({ accepted: false as const, reason }))

function counted(counts: Float64Array, nameOf: (i: number) => string): Readonly<Record<string, number>> {
  const named: Record<string, number> = {}
  for (const [i, count] of counts.entries()) if (count > 0) named[nameOf(i)] = count
  return Object.freeze(named)
}

/** An event may be so much older, and so much later, than the time of the last advance. */
const OLDER_MS_MAX = 30_000
const AHEAD_MS_MAX = 5_000
