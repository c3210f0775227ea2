import { SurroundingsFailed } from '../../../base/mistakes.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../../core/grid/names.js'
import { OBSERVATION, observationDocument } from '../../../core/grid/observation-document.js'
import type { Clock, Timer } from '../../../ports/clock.js'
import type { FollowedMarket, ListedContract, MarketData, MarketDataEvent } from '../../../ports/market-data.js'
import type { MarketRecorder, RecorderHealth } from '../../../ports/market-recording.js'
import type { ObservationSnapshot } from '../../../ports/vocabulary/observation.js'
import { allOver } from '../../grid/all-over.js'
import { reportOnce } from '../../grid/report-once.js'
import { BookRecording } from '../order-book/book-recording.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import type { Observer } from './observer.js'
import { WarmUp } from './warm-up.js'

export interface ObservationSettings {
  /** The contracts to observe, as far as they are listed. */
  readonly symbols: readonly string[]
  /** From advance to advance, ms. */
  readonly cadenceMs: number
  /** How often the open interest of each contract is asked for, ms. */
  readonly openInterestEveryMs: number
  /** How often rates that were settled are asked for, ms. */
  readonly settledFundingEveryMs: number
  /** Whether the candles of before are asked for, and time begins with them. */
  readonly warmUp?: boolean
}

export interface ObservationPorts {
  /** Its own: nobody else listens to it, and it is closed with the service. */
  readonly market: MarketData
  readonly time: Clock & Timer
  readonly observer: Observer
  /** Its own: it is closed with the service. */
  readonly recorder?: MarketRecorder
  /** Puts a document into the grid. Returns at once, whatever becomes of it; absent: nowhere. */
  readonly put?: (map: string, key: string, text: string) => void
  /** For the person who runs it: what is wrong. */
  warn(text: string): void
  /** What is routine. */
  tell?(text: string): void
  /** Of the connections to the exchange. */
  notice?(told: Extract<MarketDataEvent, { kind: 'notice' }>): void
  /** Hears what is listed before it is followed; what it throws ends the service. */
  listed?(contracts: readonly ListedContract[]): void
  /** After each advance, also the one that failed. */
  advanced?(tMs: number): void
}

/** A failed observation is over: whoever goes on needs a new observer. */
export class ObservationFailed extends SurroundingsFailed {
  constructor(observer: Pick<Observer, 'snapshot' | 'failure'>) {
    super(failedText(observer), { hint: 'Start anew: nothing else helps.' })
  }
}

/** What a person is told of an observation that has failed. */
export function failedText(observer: Pick<Observer, 'snapshot' | 'failure'>): string {
  const { timestampMs } = observer.snapshot()
  const when = timestampMs === null ? 'before its first advance' : `after ${new Date(timestampMs).toISOString()}`
  const why =
    observer.failure === undefined ? 'no reason was told' : `${observer.failure.reason}, ${observer.failure.detail}`
  return `the observation has FAILED ${when}: ${why}. What it said until then holds; it says nothing more`
}

/**
 * Observes a market that goes on: hands an observer everything that is told, and advances it by the exchange's clock, never ahead of
 * it. With a recorder everything that was told is recorded in its order, advances included: played again, it makes the same snapshots.
 */
export class ObservationService implements Service {
  readonly name = 'observation'
  private readonly life: ServiceLife
  private readonly recording: BookRecording | undefined
  private readonly warnOnce: (text: string) => void
  private readonly followed = new Map<string, ListedContract>()
  private readonly warmUp: WarmUp | undefined
  private isFollowing = false
  private listed: readonly ListedContract[] | undefined
  private advancedMs: number | undefined
  private publishedMs = Number.NEGATIVE_INFINITY
  private advances = 0
  private events = 0
  private callOff: (() => void) | undefined

  constructor(
    private readonly settings: ObservationSettings,
    private readonly ports: ObservationPorts,
  ) {
    const { time, recorder, warn } = ports
    this.life = new ServiceLife(this.name, time)
    this.recording = recorder && new BookRecording({ recorder, marksEveryMs: 1, warn })
    this.warmUp = settings.warmUp ? new WarmUp(ports.market) : undefined
    this.warnOnce = reportOnce(time, warn)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.runCalledBack(signal, {
      begin: () => {
        this.ports.market.listen((event) => this.life.guarded(() => this.take(event)))
        this.advanceDue()
        this.wait()
      },
      end: () => this.end(),
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  /** What it has done, for people and measurements. */
  figures(): ObservationFigures {
    const { market, recorder } = this.ports
    return {
      symbols: [...this.followed.keys()],
      advances: this.advances,
      events: this.events,
      advancedMs: this.advancedMs ?? null,
      market: market.health(),
      ...(recorder && { recording: recorder.health() }),
    }
  }

  private async end(): Promise<void> {
    this.callOff?.()
    const { market, recorder } = this.ports
    await allOver([market.close(), ...(recorder ? [recorder.close()] : [])])
  }

  private take(event: MarketDataEvent): void {
    if (event.kind === 'notice') {
      this.ports.notice?.(event)
      return
    }
    if (this.warmUp?.take(event)) {
      this.advanceDue()
      return
    }
    // What comes after a boundary is told after it, so that a recording of both says the same.
    this.advanceDue()
    if (event.kind === 'listed') {
      this.ports.listed?.(event.contracts)
      this.listed = event.contracts
      this.ports.observer.handle(event)
      if (this.advances > 0) this.choose(event.contracts, this.advancedMs!)
    } else if (this.advances > 0) this.heard(event)
  }

  private heard(event: MarketDataEvent): void {
    this.events++
    if (this.advancedMs !== undefined && OF_STREAMS.has(event.kind)) this.warmUp?.hears(this.advancedMs)
    this.told(event)
  }

  private told(event: MarketDataEvent): void {
    this.recording?.taken(event, (symbol) => this.followed.has(symbol))
    this.ports.observer.handle(event)
  }

  private choose(contracts: readonly ListedContract[], atMs: number): void {
    const { symbols } = this.settings
    const chosen = this.chosenOf(contracts)
    const missing = symbols.filter((symbol) => !chosen.some((contract) => contract.symbol === symbol))
    if (missing.length === 1) this.warnOnce(`${missing[0]} is not listed: it is observed once it is`)
    if (missing.length > 1) this.warnOnce(`${missing.join(', ')} are not listed: they are observed once they are`)
    const isSame =
      chosen.length === this.followed.size &&
      chosen.every((contract) => isEqual(contract, this.followed.get(contract.symbol)))
    if (isSame && this.isFollowing) return
    this.isFollowing = true
    this.enlist(chosen, atMs)
    this.ports.market.follow(this.wish())
    this.ports.tell?.(`Observing ${chosen.length} of ${symbols.length} contracts.`)
  }

  private chosenOf(contracts: readonly ListedContract[]): readonly ListedContract[] {
    const byName = new Map(contracts.map((contract) => [contract.symbol, contract]))
    return this.settings.symbols.flatMap((symbol) => byName.get(symbol) ?? [])
  }

  private enlist(chosen: readonly ListedContract[], atMs: number): void {
    for (const contract of chosen)
      if (!isEqual(contract, this.followed.get(contract.symbol)))
        this.recording?.listing(contract, { atMs, isListed: true })
    this.followed.clear()
    for (const contract of chosen) this.followed.set(contract.symbol, contract)
  }

  /** Whether time may begin: candles of before come first, each told at its end, as if it had been heard then. */
  private isWarm(exchangeMs: number): boolean {
    const { warmUp, listed } = this
    if (warmUp === undefined || warmUp.isOver) return true
    if (listed === undefined) return false
    const nowMs = this.ports.time.epochMs()
    const chosen = this.chosenOf(listed)
    const asked = chosen.map(({ symbol }) => symbol)
    warmUp.ask(asked, nowMs)
    const warmth = warmUp.comes(nowMs)
    if (warmth === undefined) return false
    const klines = warmth.klines.filter(({ closeMs }) => closeMs < exchangeMs)
    for (const kline of klines) {
      this.warmTo(kline.closeMs + 1, { chosen, exchangeMs })
      this.told(kline)
    }
    this.tellWarmth(asked, new Set(klines.map(({ symbol }) => symbol)), warmth.why)
    return true
  }

  private warmTo(tMs: number, { chosen, exchangeMs }: WarmedAt): void {
    if (this.advancedMs !== undefined && tMs <= this.advancedMs) return
    if (this.advancedMs === undefined) {
      this.recording?.started(tMs)
      this.enlist(chosen, tMs)
    }
    this.advancedMs = tMs
    this.recording?.closed(tMs, exchangeMs)
    this.ports.observer.advance(tMs)
  }

  private tellWarmth(asked: readonly string[], warmed: ReadonlySet<string>, why: string | undefined): void {
    const cold = asked.filter((symbol) => !warmed.has(symbol))
    const { warn, tell } = this.ports
    if (cold.length === 0) tell?.(`Candles of before warmed ${asked.length} contracts up.`)
    else {
      const named = cold.length > 5 ? `${cold.length} contracts` : cold.join(', ')
      warn(
        `No candles of before came of ${named}${why === undefined ? '' : `: ${why}`}. Their regimes are UNKNOWN for seven hours.`,
      )
    }
  }

  private wish(): FollowedMarket {
    const { openInterestEveryMs, settledFundingEveryMs } = this.settings
    return {
      symbols: [...this.followed.keys()],
      books: { kind: 'partial', levels: 5, everyMs: 100 },
      ...{ liquidations: true, marks: true, trades: true, openInterestEveryMs, settledFundingEveryMs },
    }
  }

  /** By a timer of its own: time goes on whether or not anything is heard. */
  private wait(): void {
    const { time, market } = this.ports
    const nowMs = market.exchangeMs()
    const { cadenceMs } = this.settings
    const waitMs =
      nowMs === undefined || this.advancedMs === undefined ? CLOCK_LOOK_MS : this.advancedMs + cadenceMs - nowMs
    const boundedMs = Math.max(1, Math.ceil(Math.min(waitMs, CLOCK_LOOK_MS)))
    this.callOff = time.at(time.epochMs() + boundedMs, () =>
      this.life.guarded(() => {
        this.advanceDue()
        this.wait()
      }),
    )
  }

  /** To the last boundary that the exchange's clock has reached: after a sleep of the machine that is one advance, too. */
  private advanceDue(): void {
    const exchangeMs = this.ports.market.exchangeMs()
    if (exchangeMs === undefined) return
    const { cadenceMs } = this.settings
    const boundaryMs = Math.floor(exchangeMs / cadenceMs) * cadenceMs
    if (this.advances === 0 && !this.isWarm(exchangeMs)) return
    if (this.advancedMs !== undefined && boundaryMs <= this.advancedMs) return
    this.advance(boundaryMs, exchangeMs)
  }

  private advance(tMs: number, exchangeMs: number): void {
    const { observer } = this.ports
    const isFirst = this.advances === 0
    const isStart = this.advancedMs === undefined
    this.advancedMs = tMs
    this.advances++
    if (isStart) this.recording?.started(tMs)
    this.recording?.closed(tMs, exchangeMs)
    observer.advance(tMs)
    this.ports.advanced?.(tMs)
    const snapshot = observer.snapshot()
    // A cadence below a second is for strategies: readers of the grid are people.
    if (tMs - this.publishedMs >= PUBLISH_MS || snapshot.status === 'FAILED') this.publish(snapshot, tMs)
    if (snapshot.status === 'FAILED') throw new ObservationFailed(observer)
    if (isFirst && this.listed !== undefined) this.choose(this.listed, tMs)
    this.warmUp?.advanced(tMs, [...this.followed.keys()])
    this.life.progress(this.detail(tMs))
  }

  private publish(snapshot: ObservationSnapshot, tMs: number): void {
    const { put, observer, time, recorder } = this.ports
    if (put === undefined) return
    this.publishedMs = tMs
    const document = observationDocument({
      ...{ observed: observer.observed(), snapshot, cadenceMs: this.settings.cadenceMs },
      ...{ pushedMs: time.epochMs(), isRecorded: recorder !== undefined },
    })
    put(GRID_MAPS.features, FEATURE_KEYS.observation, OBSERVATION.write(document))
  }

  private detail(tMs: number): string {
    return `${this.followed.size} contracts, ${this.events} events, advanced to ${new Date(tMs).toISOString()}`
  }
}

export interface ObservationFigures {
  /** Those that are followed now. */
  readonly symbols: readonly string[]
  readonly advances: number
  /** What the market told since the first advance. */
  readonly events: number
  /** Time of the last advance, UTC ms; null before. */
  readonly advancedMs: number | null
  readonly market: ReturnType<MarketData['health']>
  readonly recording?: RecorderHealth
}

interface WarmedAt {
  readonly chosen: readonly ListedContract[]
  readonly exchangeMs: number
}

/** What comes by itself while the market is heard. */
const OF_STREAMS: ReadonlySet<MarketDataEvent['kind']> = new Set(['depth', 'trade', 'mark', 'liquidation'])

/** A document is put at most once in so long, ms. */
const PUBLISH_MS = 1_000
/** The longest that is waited at once, ms: the exchange's clock may turn out to be another. */
const CLOCK_LOOK_MS = 250

function isEqual(one: ListedContract, other: ListedContract | undefined): boolean {
  return one.priceDecimals === other?.priceDecimals && one.quantityDecimals === other.quantityDecimals
}
