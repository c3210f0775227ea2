import { LinkEndpoint, type LinkOutcome } from '../../../src/core/link/link-endpoint.js'
import type { LinkState, Message } from '../../../src/ports/vocabulary/messages.js'

export type Name = 'D' | 'X'

interface Flying {
  readonly to: Name
  readonly text: string
  readonly atMs: number
}

export interface End {
  endpoint: LinkEndpoint
  isUp: boolean
  /** Session numbers that reached the disk. */
  session: number
  readonly states: LinkState[]
  readonly heard: Message[]
  /** How long its process did not run, each time that the endpoint told so, ms. */
  readonly stalls: number[]
}

/** Two endpoints and a wire whose every property a test may change, on virtual time in steps of 10 ms. */
export class LinkPair {
  nowMs = 1_000_000
  latencyMs = 20
  /** What becomes of a text on its way; it is carried unchanged by default. */
  wire: (text: string, to: Name) => readonly { readonly text: string; readonly delayMs: number }[] = (text) => [
    { text, delayMs: this.latencyMs },
  ]
  /** Sessions become durable at once. */
  isDiskFast = true
  clockOffsetMs: Record<Name, number> = { D: 0, X: 0 }
  flying: Flying[] = []
  /** Until when an end's process does not run: what comes waits, and is read after the timers that are due by then. */
  readonly stalledUntilMs: Record<Name, number> = { D: 0, X: 0 }
  readonly ends: Record<Name, End> = { D: this.newEnd('D', 0), X: this.newEnd('X', 0) }

  start(...names: readonly Name[]): this {
    for (const name of names) {
      const end = this.ends[name]
      end.isUp = true
      this.take(name, end.endpoint.start(this.clock(name)))
    }
    return this
  }

  advance(ms: number): this {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += 10
      for (const name of ['D', 'X'] as const) if (this.stalledUntilMs[name] === this.nowMs) this.time(name)
      const due = this.flying.filter((each) => this.arrives(each)).sort((a, b) => a.atMs - b.atMs)
      this.flying = this.flying.filter((each) => !due.includes(each))
      for (const { to, text } of due) this.deliver(to, text)
      for (const name of ['D', 'X'] as const) if (this.runs(name)) this.time(name)
    }
    return this
  }

  /** The process of each does not run for `ms`, a multiple of 10, from now on; whoever else does runs. */
  stall(ms: number, ...names: readonly Name[]): this {
    for (const name of names) this.stalledUntilMs[name] = this.nowMs + ms
    return this
  }

  deliver(to: Name, text: string): void {
    if (this.ends[to].isUp) this.take(to, this.ends[to].endpoint.receive(text, this.clock(to)))
  }

  /** An exit command from D to X; its text. */
  say(exitId: string): string | undefined {
    const body = { exitId, positionId: null, trigger: 'SAFETY', reason: '', requestedPrice: null } as const
    const text = this.ends.D.endpoint.send({ type: 'EARLY_EXIT_NOW', body }, this.clock('D'))
    if (text !== undefined) this.carry('D', text)
    return text
  }

  /** The process dies and starts again from what was durable. */
  restart(name: Name): void {
    const { session } = this.ends[name]
    this.ends[name] = { ...this.newEnd(name, session), heard: this.ends[name].heard }
    this.start(name)
  }

  resync(name: Name): void {
    this.take(name, this.ends[name].endpoint.resyncByOperator(this.clock(name)))
  }

  states(): readonly [LinkState, LinkState] {
    return [this.ends.D.endpoint.state, this.ends.X.endpoint.state]
  }

  syncDisk(name: Name): void {
    const { endpoint } = this.ends[name]
    this.ends[name].session = endpoint.session
    this.take(name, endpoint.sessionDurable(endpoint.session, this.clock(name)))
  }

  clock(name: Name): number {
    return this.nowMs + this.clockOffsetMs[name]
  }

  private arrives({ to, atMs }: Flying): boolean {
    return atMs <= this.nowMs && this.runs(to)
  }

  private runs(name: Name): boolean {
    return this.stalledUntilMs[name] <= this.nowMs
  }

  private time(name: Name): void {
    if (this.ends[name].isUp) this.take(name, this.ends[name].endpoint.time(this.clock(name)))
  }

  private take(name: Name, outcomes: readonly LinkOutcome[]): void {
    const end = this.ends[name]
    for (const outcome of outcomes) {
      if (outcome.kind === 'send') this.carry(name, outcome.text)
      else if (outcome.kind === 'message') end.heard.push(outcome.message)
      else if (outcome.kind === 'state') end.states.push(outcome.to)
      else if (outcome.kind === 'stalled') end.stalls.push(outcome.ms)
      else if (outcome.kind === 'session' && this.isDiskFast) this.syncDisk(name)
    }
  }

  private carry(from: Name, text: string): void {
    const to = from === 'D' ? 'X' : 'D'
    for (const each of this.wire(text, to)) this.flying.push({ to, text: each.text, atMs: this.nowMs + each.delayMs })
  }

  private newEnd(side: Name, session: number): End {
    const stand = () => ({ symbol: null, positionQuantity: '0', positionId: null, openOrders: [], reports: 0 })
    const endpoint = new LinkEndpoint({ side, build: '0123456789abcdef', stand }, session)
    return { endpoint, isUp: false, session, states: [], heard: [], stalls: [] }
  }
}
