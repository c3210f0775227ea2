import { assert } from '../../../base/assert.js'
import type { EventDraft } from './event-draft.js'

/** So many accepted events may wait to be applied. */
export const QUEUED_MAX = 200_000

const FIRST_CAPACITY = 1_024

/**
 * Accepted events until they are applied, earliest first: by time, then kind, then the venue's number, then `seq`. A heap of
 * places in columns, so that an event costs no object; places that are free stand behind those that are used.
 */
export class EventQueue {
  size = 0
  tsMs = new Float64Array(FIRST_CAPACITY)
  venueId = new Float64Array(FIRST_CAPACITY)
  seq = new Float64Array(FIRST_CAPACITY)
  kind = new Uint8Array(FIRST_CAPACITY)
  symbolIndex = new Uint32Array(FIRST_CAPACITY)
  isBuy = new Uint8Array(FIRST_CAPACITY)
  /** Figures of the kind, as a draft has them. */
  a = new Float64Array(FIRST_CAPACITY)
  b = new Float64Array(FIRST_CAPACITY)
  c = new Float64Array(FIRST_CAPACITY)
  d = new Float64Array(FIRST_CAPACITY)
  readonly text: string[] = []
  private heap = Uint32Array.from({ length: FIRST_CAPACITY }, (_, place) => place)

  /** Time of the earliest; ∞ when none waits. */
  get earliestMs(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.tsMs[this.heap[0]!]!
  }

  push(draft: EventDraft, seq: number): void {
    assert(this.size < QUEUED_MAX, 'an event is queued only while there is room')
    if (this.size === this.heap.length) this.grow()
    const place = this.heap[this.size]!
    this.tsMs[place] = draft.tsMs
    this.venueId[place] = draft.venueId
    this.seq[place] = seq
    this.kind[place] = draft.kind
    this.symbolIndex[place] = draft.symbolIndex
    this.isBuy[place] = draft.isBuy
    this.a[place] = draft.a
    this.b[place] = draft.b
    this.c[place] = draft.c
    this.d[place] = draft.d
    this.text[place] = draft.text
    this.rise(this.size++, place)
  }

  /** Takes the earliest out: its place in the columns, which holds until the next push. */
  pop(): number {
    assert(this.size > 0, 'an event is taken only where one waits')
    const { heap } = this
    const place = heap[0]!
    const last = heap[--this.size]!
    heap[this.size] = place
    if (this.size > 0) this.sink(last)
    return place
  }

  private rise(from: number, place: number): void {
    const { heap } = this
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.precedes(place, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = place
  }

  private sink(place: number): void {
    const { heap, size } = this
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && this.precedes(heap[child + 1]!, heap[child]!)) child++
      if (!this.precedes(heap[child]!, place)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = place
  }

  private precedes(one: number, other: number): boolean {
    const { tsMs, kind, venueId, seq } = this
    if (tsMs[one] !== tsMs[other]) return tsMs[one]! < tsMs[other]!
    if (kind[one] !== kind[other]) return kind[one]! < kind[other]!
    if (venueId[one] !== venueId[other]) return venueId[one]! < venueId[other]!
    return seq[one]! < seq[other]!
  }

  private grow(): void {
    const capacity = Math.min(QUEUED_MAX, 2 * this.heap.length)
    const used = this.heap.length
    this.tsMs = grownFloats(this.tsMs, capacity)
    this.venueId = grownFloats(this.venueId, capacity)
    this.seq = grownFloats(this.seq, capacity)
    this.a = grownFloats(this.a, capacity)
    this.b = grownFloats(this.b, capacity)
    this.c = grownFloats(this.c, capacity)
    this.d = grownFloats(this.d, capacity)
    this.kind = grownBytes(this.kind, capacity)
    this.isBuy = grownBytes(this.isBuy, capacity)
    this.symbolIndex = grownPlaces(this.symbolIndex, capacity)
    this.heap = grownPlaces(this.heap, capacity)
    for (let place = used; place < capacity; place++) this.heap[place] = place
  }
}

function grownFloats(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity)
  grown.set(column)
  return grown
}

function grownBytes(column: Uint8Array, capacity: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(capacity)
  grown.set(column)
  return grown
}

function grownPlaces(column: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(capacity)
  grown.set(column)
  return grown
}
