import type { Timer } from '../../../ports/clock.js'
import type { Signer } from '../credentials.js'
import { Driven } from '../machine.js'
import type { Notice } from '../notice.js'
import type { Wire } from '../wire.js'
import type { RestOutcome } from './call.js'
import { type RestInput, RestMachine, type RestTold } from './rest-machine.js'
import type { RestUsage } from './rest-usage.js'
import type { RouteName } from './routes.js'

/** Asks the REST API for whoever only looks: no order leaves through it. */
export class RestQuestions {
  private readonly machine: RestMachine
  private readonly driven: Driven<RestInput, RestTold | Notice>
  private readonly timer: Timer
  private readonly waiting = new Map<string, (outcome: RestOutcome) => void>()
  private asked = 0

  constructor({ wire, timer, signer }: RestQuestionsOptions) {
    this.timer = timer
    this.machine = new RestMachine(signer === undefined ? {} : { signer })
    this.driven = new Driven<RestInput, RestTold | Notice>({
      machine: this.machine,
      wire,
      timer,
      tell: (told) => {
        if (told.kind !== 'outcome') return
        const { callId } = told.outcome
        this.waiting.get(callId)?.(told.outcome)
        this.waiting.delete(callId)
      },
    })
  }

  /** Resolves with what became of it, within its patience. */
  ask(
    route: Extract<RouteName, Question>,
    params: Readonly<Record<string, string>> = {},
    patienceMs = PATIENCE_MS,
  ): Promise<RestOutcome> {
    const callId = `question:${++this.asked}`
    return new Promise((resolve) => {
      this.waiting.set(callId, resolve)
      const deadlineMs = this.timer.epochMs() + patienceMs
      this.driven.put({ kind: 'call', call: { callId, route, params, priority: 'truth', deadlineMs } })
    })
  }

  /** How the clocks stand to each other and what of the allowance is used, as of the last answer. */
  usage(): RestUsage {
    return this.machine.usage(this.driven.nowMs())
  }

  close(): Promise<void> {
    return this.driven.close()
  }
}

export interface RestQuestionsOptions {
  readonly wire: Wire
  readonly timer: Timer
  /** Absent: only what everybody may know is asked. */
  readonly signer?: Signer
}

/** Routes that change nothing. */
type Question =
  | 'time'
  | 'exchangeInfo'
  | 'positionMode'
  | 'multiAssetsMode'
  | 'feeBurn'
  | 'apiRestrictions'
  | 'symbolConfig'
  | 'account'
  | 'balance'

const PATIENCE_MS = 10_000
