import type { TimeInput } from '../../../../src/adapters/binance/machine.js'
import type { Notice } from '../../../../src/adapters/binance/notice.js'
import type { RestCall, RestOutcome } from '../../../../src/adapters/binance/rest/call.js'
import {
  type RestEffect,
  type RestInput,
  RestMachine,
  type RestMachineOptions,
} from '../../../../src/adapters/binance/rest/rest-machine.js'
import type { HttpRequest, WireEvent } from '../../../../src/adapters/binance/wire.js'
import { assert } from '../../../../src/base/assert.js'

/** 2026-11-30T12:00:00Z, when a minute begins. */
export const NOON_MS = Date.UTC(2026, 10, 30, 12)

export const signer = { apiKey: 'k'.repeat(64), sign: () => 'signed' }

/** A request as it arrives at the exchange of the rig. */
export interface Arrival {
  readonly request: HttpRequest
  readonly path: string
  readonly query: URLSearchParams
  readonly sentMs: number
  readonly arrivedMs: number
}

/** What becomes of it; `null`: nothing is ever heard. */
export type Reply =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | { readonly lost: string; readonly mayHaveArrived: boolean }
  | null

/** A machine on virtual time, before an exchange whose clock and delays are chosen. */
export class RestRig {
  nowMs: number
  /** Clock of the exchange − clock of the machine. */
  offsetMs = 0
  /** There, and back again. */
  delayMs: () => readonly [number, number] = () => [20, 20]
  /** Of everything but questions for the time, unless `time` is undefined. */
  reply: (arrival: Arrival) => Reply = () => ({ body: {} })
  time: ((arrival: Arrival) => Reply) | undefined = ({ arrivedMs }) => ({ body: { serverTime: arrivedMs } })
  readonly machine: RestMachine
  readonly arrivals: Arrival[] = []
  readonly sent: HttpRequest[] = []
  readonly outcomes: RestOutcome[] = []
  /** When the outcome of a call was told. */
  readonly toldMs = new Map<string, number>()
  readonly notices: Notice[] = []
  private readonly pending: { readonly atMs: number; readonly act: () => void }[] = []

  constructor({ startMs = NOON_MS, ...options }: RestMachineOptions & { readonly startMs?: number } = {}) {
    this.nowMs = startMs
    this.machine = new RestMachine({ signer, ...options })
  }

  call(call: Partial<RestCall> & Pick<RestCall, 'callId' | 'route'>): void {
    const defaults = { params: {}, priority: 'truth', deadlineMs: this.nowMs + 10_000 } as const
    this.put({ kind: 'call', call: { ...defaults, ...call } })
  }

  at(atMs: number, act: () => void): void {
    this.pending.push({ atMs, act })
    this.pending.sort((a, b) => a.atMs - b.atMs)
  }

  /** The machine sleeps: time passes, and it is told of nothing. */
  sleep(ms: number): void {
    this.nowMs += ms
  }

  run(untilMs: number): void {
    for (;;) {
      const dueMs = this.machine.nextDueMs() ?? Number.POSITIVE_INFINITY
      const eventMs = this.pending[0]?.atMs ?? Number.POSITIVE_INFINITY
      const nextMs = Math.max(Math.min(dueMs, eventMs), this.nowMs)
      if (nextMs > untilMs) break
      this.nowMs = nextMs
      if (eventMs <= nextMs) this.pending.shift()!.act()
      else this.put({ kind: 'time' })
    }
    this.nowMs = Math.max(this.nowMs, untilMs)
  }

  outcome(callId: string): RestOutcome {
    const found = this.outcomes.filter((outcome) => outcome.callId === callId)
    assert(found.length === 1, `one outcome of ${callId}, found ${found.length}`)
    return found[0]!
  }

  put(input: RestInput | WireEvent | TimeInput): void {
    for (const effect of this.machine.handle(input, this.nowMs)) this.take(effect)
    const dueMs = this.machine.nextDueMs()
    assert(dueMs === undefined || dueMs > this.nowMs, 'a machine waits for what is to come')
  }

  private take(effect: RestEffect): void {
    if (effect.kind === 'outcome') {
      this.outcomes.push(effect.outcome)
      this.toldMs.set(effect.outcome.callId, this.nowMs)
    } else if (effect.kind === 'notice') this.notices.push(effect)
    else if (effect.kind === 'http') this.carry(effect.request)
  }

  private carry(request: HttpRequest): void {
    this.sent.push(request)
    const [thereMs, backMs] = this.delayMs()
    const sentMs = this.nowMs
    this.at(sentMs + thereMs, () => {
      const [path, query] = request.target.split('?') as [string, string | undefined]
      const arrivedMs = this.nowMs + this.offsetMs
      const arrival = { request, path, query: new URLSearchParams(query), sentMs, arrivedMs }
      const isTime = path === '/fapi/v1/time' && this.time !== undefined
      if (!isTime) this.arrivals.push(arrival)
      const reply = isTime ? this.time!(arrival) : this.reply(arrival)
      if (reply !== null) this.at(this.nowMs + backMs, () => this.put(eventOf(request, reply)))
    })
  }
}

function eventOf({ httpId }: HttpRequest, reply: NonNullable<Reply>): WireEvent {
  if ('lost' in reply) {
    return { kind: 'httpLost', httpId, mayHaveArrived: reply.mayHaveArrived, message: reply.lost }
  }
  const { status = 200, headers = {}, body = {} } = reply
  return { kind: 'httpAnswer', httpId, status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
}
