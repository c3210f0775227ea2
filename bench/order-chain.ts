import { systemClock } from '../src/adapters/clock/system-clock.js'
import { memoryLinkPair } from '../src/adapters/link-memory/memory-link.js'
import { DecisionSide } from '../src/core/decision/decision-side.js'
import type { DecisionInput } from '../src/core/decision/event.js'
import type { DecisionRecord } from '../src/core/decision/records.js'
import { DECISION_DEFAULTS } from '../src/core/decision/settings.js'
import { ExecutionSide } from '../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../src/core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../src/core/execution/settings.js'
import { recordLine } from '../src/core/journal/frame.js'
import { CHAMPION_RISK } from '../src/core/risk/risk-config.js'
import type { Journal } from '../src/ports/journal.js'
import type { Link } from '../src/ports/link.js'
import type { ExecutionInput } from '../src/ports/sides.js'
import type { Venue } from '../src/ports/venue.js'
import type { Alert } from '../src/ports/vocabulary/alerts.js'
import { hostedVenue } from '../src/runtime/host/hosted-venue.js'
import { SideHost } from '../src/runtime/host/side-host.js'
import { BUILD, InAndOut, instrument } from '../test/support/in-and-out.js'
import { LIVE_TIME } from '../test/support/live-session.js'

/** Both sides by the machine's clock over a venue, with a strategy that is in on one bar and out on the next. */
export class OrderChain {
  private readonly decision: SideHost<DecisionInput, DecisionRecord>
  private readonly execution: SideHost<ExecutionInput, ExecutionRecord>
  private readonly strategy = new InAndOut(
    () => {
      this.decided = moment()
    },
    () => {
      this.isDropped = true
      this.permitted(undefined)
      this.toldDropped()
    },
  )
  private readonly symbol: string
  private decided = moment()
  private permitted: (at: Moment | undefined) => void = () => {}
  private bars = 0
  private wasOpen = false
  private isDropped = false
  private toldDropped = (): void => {}

  constructor({ venue, symbol, decision, execution }: ChainParts) {
    this.symbol = symbol
    const common = { instruments: [instrument(symbol)], build: BUILD }
    const capital = '1000000'
    const [decisionEnd, executionEnd] = memoryLinkPair()
    const ports = { timer: LIVE_TIME, format: recordLine, recorded: () => {}, alerted, broken }
    const risk = { ...CHAMPION_RISK, lossBreaker: { consecutiveLossesMax: null, lossPctMax: null } }
    const decides = { ...DECISION_DEFAULTS, ...common, risk, idPrefix: `B${++chains}`, initialBalanceUsd: capital }
    this.decision = new SideHost<DecisionInput, DecisionRecord>(new DecisionSide(decides, [this.strategy]), {
      ...ports,
      journal: decision,
      link: decisionEnd,
    })
    this.execution = new SideHost<ExecutionInput, ExecutionRecord>(
      new ExecutionSide({ ...EXECUTION_DEFAULTS, ...common }),
      { ...ports, journal: execution, link: this.watched(executionEnd), venue: hostedVenue(venue) },
    )
  }

  /** Both sides find each other and compare notes; in and out once. */
  async begin(): Promise<void> {
    this.execution.start()
    this.decision.start()
    for (const isOpen of [true, false]) {
      while (this.strategy.isOpen !== isOpen) {
        this.post()
        await systemClock.sleep(BEGIN_MS)
      }
    }
  }

  /** When a bar was decided, and when the execution side was told to act on it; undefined where the entry came to nothing. */
  async bar(): Promise<{ readonly decided: Moment; readonly permitted: Moment } | undefined> {
    this.wasOpen = this.strategy.isOpen
    this.isDropped = false
    const permitted = await new Promise<Moment | undefined>((resolve) => {
      this.permitted = resolve
      this.post()
    })
    return permitted === undefined ? undefined : { decided: this.decided, permitted }
  }

  /** Resolves when the entry that was permitted has come to nothing, if it does. */
  dropped(): Promise<undefined> {
    return new Promise((resolve) => {
      this.toldDropped = () => resolve(undefined)
      if (this.isDropped) resolve(undefined)
    })
  }

  /** Resolves when the strategy has been told that its order is filled; false when it has come to nothing. */
  async isFilled(): Promise<boolean> {
    while (this.strategy.isOpen === this.wasOpen && !this.isDropped) await systemClock.sleep(1)
    return !this.isDropped
  }

  async stop(): Promise<void> {
    await this.decision.stop()
    await this.execution.stop()
  }

  private post(): void {
    this.decision.post({
      kind: 'bar',
      bar: {
        bar: ++this.bars,
        timestampMs: LIVE_TIME.epochMs(),
        symbols: [this.symbol],
        prices: Float64Array.of(100),
        velDiv: -0.03,
        volOk: true,
        posture: 'APEX',
      },
    })
  }

  private watched(link: Link): Link {
    return {
      send: (text) => link.send(text),
      listen: (listener) =>
        link.listen((text) => {
          if (PERMISSIONS.some((type) => text.includes(type))) this.permitted(moment())
          listener(text)
        }),
      close: () => link.close(),
    }
  }
}

/** By the process's clock, and by what its threads have used of the processors. */
export interface Moment {
  readonly ms: number
  readonly cpuUs: number
}

export function moment(): Moment {
  const { user, system } = process.cpuUsage()
  return { ms: performance.now(), cpuUs: user + system }
}

/** Ids of orders are used once. */
let chains = 0
/** The messages that an order follows from. */
const PERMISSIONS = ['"ENTRY_PERMISSION"', '"EARLY_EXIT_NOW"'] as const
/** Between bars until the sides have found each other. */
const BEGIN_MS = 500

interface ChainParts {
  readonly venue: Venue
  readonly symbol: string
  readonly decision: Journal
  readonly execution: Journal
}

function alerted({ level, message }: Alert): void {
  if (level !== 'INFO') console.error(`${level}: ${message}`)
}

function broken(error: unknown): void {
  throw error
}
