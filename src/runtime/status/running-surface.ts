import type { DecimalText } from '../../base/exact.js'
import { present } from '../../base/present.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { SessionHistory } from '../../core/status/session-history.js'
import type { HostFacts } from '../../core/status/system-state.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type {
  BooksView,
  CommandOutcome,
  ExchangeView,
  ObservedView,
  SessionView,
  StatusSurface,
} from '../../ports/status-surface.js'
import type { VenueEvent } from '../../ports/venue.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { type CommandTargets, carryOut } from './carry-out.js'
import { LastingKill } from './lasting-kill.js'
import { LoopLag } from './loop-lag.js'
import type { StandingCommands } from './standing-commands.js'
import { SurfaceListeners } from './surface-listeners.js'

/**
 * What the surfaces of a session and of an executor have in common: the history of what they were told, commands that
 * outlive the process, and whoever listens. Which sides there are, each says itself.
 */
export abstract class RunningSurface<Identity extends RunningIdentity = RunningIdentity> implements StatusSurface {
  /** @internal */
  protected readonly history: SessionHistory
  /** @internal */
  protected readonly listeners = new SurfaceListeners()
  private readonly loop = new LoopLag()
  private readonly lastingKill: LastingKill
  private exchange: (() => readonly ExchangeView[]) | undefined
  private books: (() => BooksView) | undefined
  private observedView: (() => ObservedView) | undefined

  /** @param tell takes a line for whoever runs the process: a kill that could not be kept on disk. */
  constructor(
    protected readonly identity: Identity & { readonly initialCapitalUsd: DecimalText },
    private readonly standing: StandingCommands,
    tell: (message: string) => void,
  ) {
    this.lastingKill = new LastingKill({ standing, epochMs: () => identity.epochMs(), tell })
    this.history = new SessionHistory(identity)
  }

  abstract status(): StatusDocument

  /** Each record of the execution side as it is made, and before that those that a journal was read from. */
  executed(record: ExecutionRecord): void {
    this.history.executed(record)
    this.listeners.changed()
  }

  /** Each alert of a side in this process, as it is raised. */
  alerted(alert: Alert): void {
    this.lastingKill.alerted(alert)
  }

  venueTold(event: VenueEvent): void {
    this.history.venueTold(event, this.identity.epochMs())
  }

  session(): SessionView {
    const beside = { exchange: this.exchange?.(), books: this.books?.() }
    return { position: this.position(), ...this.history.view(), ...present(beside) }
  }

  /** How its connections to an exchange stand, whenever somebody looks. */
  showExchange(view: () => readonly ExchangeView[]): void {
    this.exchange = view
  }

  /** How the order books stand that decide, whenever somebody looks. */
  showBooks(view: () => BooksView): void {
    this.books = view
  }

  observed(): ObservedView | undefined {
    return this.observedView?.()
  }

  /** How the observation stands that strategies decide on, whenever somebody looks. */
  showObservation(view: () => ObservedView): void {
    this.observedView = view
  }

  operate(command: OperatorCommand): Promise<CommandOutcome> {
    return carryOut(command, {
      ...this.targets(),
      persist: (each) => {
        this.lastingKill.superseded(each)
        return this.standing.write(each, this.identity.epochMs())
      },
      mode: () => this.status(),
    })
  }

  listen(listener: () => void): () => void {
    return this.listeners.listen(listener)
  }

  close(): void {
    this.lastingKill.close()
    this.loop.close()
    this.listeners.clear()
  }

  protected abstract position(): SessionView['position']

  /** @internal Who takes commands, and what keeps them from being durable. */
  protected abstract targets(): Omit<CommandTargets, 'persist' | 'mode'>

  /** @internal */
  protected hostFacts(strategyId: string, journals: HostFacts['journals']): HostFacts {
    const { identity } = this
    const { startedAtMs, configHash, buildId } = identity
    return {
      nowMs: identity.epochMs(),
      startedAtMs,
      strategyId,
      configHash,
      buildId,
      loopLagMs: this.loop.ms(),
      journals,
    }
  }
}

/** Who runs, since when, and by which clock. */
export interface RunningIdentity {
  readonly configHash: string
  /** SHA-256 (16 hex digits) of the build that runs. */
  readonly buildId: string
  /** UTC ms, of the clock below. */
  readonly startedAtMs: number
  epochMs(): number
}
