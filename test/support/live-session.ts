import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { memoryLinkPair } from '../../src/adapters/link-memory/memory-link.js'
import { PaperExchange } from '../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../src/adapters/paper/paper-venue.js'
import { MemorySessionLog } from '../../src/adapters/session-log/memory-session-log.js'
import { DECISION_DEFAULTS } from '../../src/core/decision/settings.js'
import type { DecisionState } from '../../src/core/decision/state.js'
import { EXECUTION_DEFAULTS } from '../../src/core/execution/settings.js'
import { SCAN_AGE_LIMITS } from '../../src/core/grid/scan-intake.js'
import { CHAMPION_RISK } from '../../src/core/risk/risk-config.js'
import type { Grid } from '../../src/ports/grid.js'
import type { Journal } from '../../src/ports/journal.js'
import type { Link } from '../../src/ports/link.js'
import type { PlayedMarket } from '../../src/ports/played-market.js'
import type { Strategy } from '../../src/ports/strategy.js'
import type { Venue } from '../../src/ports/venue.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'
import { GridCircuit, type GridTime } from '../../src/runtime/grid/grid-circuit.js'
import { GridWriter } from '../../src/runtime/grid/grid-writer.js'
import { FixedPosture } from '../../src/runtime/services/survival/fixed-posture.js'
import { Trader } from '../../src/runtime/services/trader/trader.js'
import { runSession } from '../../src/runtime/session/session.js'
import type { RemoteExecution } from '../../src/runtime/session/session-parts.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'

export interface LiveSessionParts {
  readonly grid: Grid
  readonly strategy: Strategy
  readonly instruments: readonly Instrument[]
  readonly build: string
  readonly decisionJournal: Journal
  /** The execution side's, in this process; or where else it is, given the venue. */
  readonly execution:
    | { readonly journal: Journal }
    | ((venue: Venue) => Promise<{ readonly link: Link; readonly execution: RemoteExecution }>)
  /** Looks at what leaves the decision side, and at what is asked of the venue. */
  sent?(text: string): void
  asked?: Venue['send']
  /** Something that a person should know. */
  notice(text: string): void
}

export const LIVE_TIME: GridTime = { ...systemClock, at: clockTimer(systemClock).at }
const CAPITAL_USD = '1000000'
/** However many trades it makes of prices that nobody chose. */
const RISK = { ...CHAMPION_RISK, lossBreaker: { consecutiveLossesMax: null, lossPctMax: null } }

/** A trader by the machine's clock as `dolphin paper --grid` puts it together, over whichever journals and strategy it is handed. */
export class LiveSession {
  readonly trader: Trader
  readonly writer: GridWriter
  private readonly parts: LiveSessionParts
  private readonly stopping = new AbortController()
  private readonly circuit: GridCircuit
  private session: Promise<unknown> = Promise.resolve()
  private state: (() => DecisionState) | undefined

  constructor(parts: LiveSessionParts) {
    this.parts = parts
    const { grid, strategy, instruments, notice } = parts
    const random = Math.random
    this.circuit = new GridCircuit({ grid, time: LIVE_TIME, random, report: notice })
    this.writer = new GridWriter({ grid, circuit: this.circuit, time: LIVE_TIME, random, report: notice })
    this.trader = new Trader({
      mode: 'live',
      grid,
      clock: systemClock,
      time: LIVE_TIME,
      random,
      put: (map, key, text) => this.writer.put(map, key, text),
      strategy: { id: strategy.id, colour: 'BLUE', parametersHash: parts.build, leverageMax: 1 },
      start: { initialCapitalUsd: CAPITAL_USD, startedAtMs: systemClock.epochMs() },
      symbols: new Set(instruments.map(({ identity }) => identity.symbol)),
      limits: SCAN_AGE_LIMITS,
      expectsBoost: false,
      notice,
      waiting: notice,
    })
  }

  /** Resolves when it hears scans. */
  async start(): Promise<void> {
    const { grid, notice } = this.parts
    const posture = new FixedPosture({ posture: 'APEX', everyMs: 5_000 }, { grid, clock: systemClock, warn: notice })
    void posture.start(this.stopping.signal)
    const execution = await this.execution()
    await new Promise<void>((resolve, reject) => {
      this.session = this.run(execution, resolve)
      this.session.catch(reject)
    })
  }

  decision(): DecisionState | undefined {
    return this.state?.()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.session
    await this.writer.stop(1_000)
    this.circuit.stop()
  }

  private async run({ link, execution, venue }: Executing, listening: () => void): Promise<void> {
    const { trader, parts, stopping } = this
    const { instruments, build, strategy, decisionJournal } = parts
    await runSession(
      {
        start: { initialCapitalUsd: CAPITAL_USD, startedAtMs: systemClock.epochMs() },
        time: systemClock,
        steps: (ended) =>
          trader.steps(ended, async () => {
            await trader.listen(ended)
            listening()
          }),
        strategies: trader.noted([strategy]),
        decision: {
          settings: {
            ...DECISION_DEFAULTS,
            instruments,
            build,
            idPrefix: 'B',
            initialBalanceUsd: CAPITAL_USD,
            risk: RISK,
          },
          journal: { journal: decisionJournal, there: [] },
          link: watchedLink(link, parts.sent),
        },
        execution,
        venue,
        log: new MemorySessionLog(),
        outside: (decision) => {
          this.state = () => decision.state()
          trader.outside(decision)
        },
        recorded: (record) => trader.recorded(record),
        onAlert: ({ level, message }) => level !== 'INFO' && parts.notice(`${level}: ${message}`),
      },
      stopping.signal,
    )
  }

  private async execution(): Promise<Executing> {
    const { instruments, build, execution: wanted, asked } = this.parts
    const common = { instruments, startingBalanceUsd: CAPITAL_USD, seed: 1 }
    const exchange = new PaperExchange({ ...common, fillMode: 'bar-price', rateLimits: [] })
    const venue = watchedVenue(new PaperVenue({ exchange, timer: LIVE_TIME }), asked)
    if (typeof wanted === 'function') return { ...(await wanted(venue)), venue }
    const [link, executionEnd] = memoryLinkPair()
    const settings = { ...EXECUTION_DEFAULTS, instruments, build }
    return { link, execution: { settings, journal: { journal: wanted.journal, there: [] }, link: executionEnd }, venue }
  }
}

interface Executing {
  readonly link: Link
  readonly execution: Parameters<typeof runSession>[0]['execution']
  readonly venue: PlayedMarket
}

function watchedLink(link: Link, sent: LiveSessionParts['sent']): Link {
  return {
    send: (text) => {
      sent?.(text)
      link.send(text)
    },
    listen: (listener) => link.listen(listener),
    close: () => link.close(),
  }
}

function watchedVenue(venue: PaperVenue, asked: LiveSessionParts['asked']): PlayedMarket {
  return {
    standstill: venue.standstill,
    market: (event) => venue.market(event),
    send: (request) => {
      asked?.(request)
      venue.send(request)
    },
    listen: (listener) => venue.listen(listener),
    close: () => venue.close(),
  }
}
