import type { Side } from '../src/ports/sides.js'
import type { Figure } from './measure.js'

/** Where the time of a way goes: what each side does, event by event, and what framing its records takes. */
export class Stages {
  /** Of the way at hand, by stage: ms. */
  private readonly current = new Map<string, number>()
  private readonly ways = new Map<string, Map<string, number[]>>()
  private isUnderWay = false
  private decidedMs = 0
  private event = ''

  /** A way begins when the strategy has decided. */
  begin(): void {
    this.current.clear()
    this.isUnderWay = true
    this.decidedMs = performance.now()
  }

  /** The order has left. */
  end(kind: string): void {
    if (!this.isUnderWay) return
    this.isUnderWay = false
    const ways = this.ways.get(kind) ?? new Map<string, number[]>()
    this.ways.set(kind, ways)
    for (const [stage, ms] of this.current) {
      const times = ways.get(stage) ?? []
      times.push(ms * 1e3)
      ways.set(stage, times)
    }
  }

  /** The side, its events timed; of a bar's, what comes after the strategy's decision. */
  side<Event extends { readonly kind: string }, Record>(name: string, side: Side<Event, Record>): Side<Event, Record> {
    return {
      handle: (event) => {
        const startMs = performance.now()
        const effects = side.handle(event)
        this.event = `${name} ${event.kind}`
        this.add(this.event, performance.now() - (event.kind === 'bar' ? this.decidedMs : startMs))
        return effects
      },
      nextDueMs: () => side.nextDueMs(),
      stateHash: () => side.stateHash(),
      checkpoint: () => side.checkpoint(),
    }
  }

  framed<Record>(format: (record: Record) => string): (record: Record) => string {
    return (record) => {
      const startMs = performance.now()
      const text = format(record)
      this.add(`${this.event}, its records framed`, performance.now() - startMs)
      return text
    }
  }

  /** The median of each stage. What is missing to the way's own median is hosts, link, virtual time and these clocks. */
  figures(kind: string): Figure[] {
    return [...(this.ways.get(kind) ?? [])].map(([stage, times]) => ({
      name: `${kind}: ${stage}, p50`,
      value: times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)]!,
      unit: 'µs',
    }))
  }

  private add(stage: string, ms: number): void {
    if (this.isUnderWay) this.current.set(stage, (this.current.get(stage) ?? 0) + ms)
  }
}
