import { FEATURE_KEYS, GRID_MAPS } from '../../../core/grid/names.js'
import { UNIVERSE } from '../../../core/grid/order-book-documents.js'
import { FEATURE_WINDOWS } from '../../../core/orderbook/feature-windows.js'
import {
  UNIVERSE_STEP_MS,
  UniverseBooks,
  type UniverseSnapshot,
  universeDocument,
} from '../../../core/orderbook/universe.js'
import type { Clock, Timer } from '../../../ports/clock.js'
import type { BookStream, ListedContract, MarketData, MarketDataEvent } from '../../../ports/market-data.js'
import type { MarketRecorder, RecorderHealth } from '../../../ports/market-recording.js'
import { allOver } from '../../grid/all-over.js'
import { BarWatch } from '../order-book/bar-watch.js'
import { followingText, leapText, recordingText } from '../order-book/books-text.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'

export interface OrderBookUniversePorts {
  /** Its own: nobody else listens to it, and it is closed with the service. */
  readonly market: MarketData
  readonly time: Clock & Timer
  /** Puts a document into the grid. Returns at once, whatever becomes of it; absent: nowhere. */
  readonly put?: (map: string, key: string, text: string) => void
  /** Its own: it is closed with the service. */
  readonly recorder?: MarketRecorder
  /** For the person who runs it: what is wrong, and that it is over. */
  warn(text: string): void
  /** What is routine. */
  tell?(text: string): void
  /** Of the connections to the exchange. */
  notice?(told: Extract<MarketDataEvent, { kind: 'notice' }>): void
}

/** The best levels of all contracts. Source: spec "Universe". */
export const UNIVERSE_BOOKS: BookStream = Object.freeze({ kind: 'partial', levels: 5, everyMs: 500 })

/**
 * The health of the books of all contracts that trade, once a minute: in the grid and in a recording. Contracts come and go as
 * the exchange lists them. Nothing is traded by it.
 */
export class OrderBookUniverseService implements Service {
  readonly name = 'order-book-universe'
  private readonly life: ServiceLife
  private readonly watch: BarWatch
  private books: UniverseBooks | undefined
  private listed: readonly ListedContract[] | undefined
  private readonly followed = new Set<string>()
  private snapshots = 0
  private last: UniverseSnapshot | undefined
  private callOff: (() => void) | undefined

  constructor(private readonly ports: OrderBookUniversePorts) {
    const { time, warn } = ports
    this.life = new ServiceLife(this.name, time)
    this.watch = new BarWatch({ what: 'snapshot', stepMs: UNIVERSE_STEP_MS, time, warn })
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.runCalledBack(signal, {
      begin: () => {
        this.ports.market.listen((event) => this.life.guarded(() => this.take(event)))
        this.look()
      },
      end: () => this.end(),
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  /** What it has done, for people and measurements. */
  figures(): UniverseFigures {
    const { market, recorder } = this.ports
    return {
      contracts: this.followed.size,
      snapshots: this.snapshots,
      lastMs: this.last?.atMs ?? null,
      missing: this.last?.missing ?? [],
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
    if (event.kind === 'notice') this.ports.notice?.(event)
    else if (event.kind === 'listed') this.choose(event.contracts)
    else if (this.books !== undefined) {
      // What comes after a minute's end must not change its snapshot.
      this.takeDue(this.books)
      this.books.handle(event)
    }
  }

  private choose(contracts: readonly ListedContract[]): void {
    this.listed = contracts
    const { books } = this
    if (books === undefined) return
    const names = new Set(contracts.map(({ symbol }) => symbol))
    const gone = [...this.followed].filter((symbol) => !names.has(symbol))
    const come = contracts.filter(({ symbol }) => !this.followed.has(symbol))
    for (const symbol of gone) {
      this.followed.delete(symbol)
      books.drop(symbol)
    }
    for (const { symbol } of come) this.followed.add(symbol)
    // One that stays may have other decimals now.
    for (const contract of contracts) books.list(contract)
    if (gone.length + come.length === 0) return
    this.ports.market.follow({ symbols: [...this.followed], books: UNIVERSE_BOOKS, liquidations: false, marks: false })
    this.ports.tell?.(followingText(this.followed.size, gone))
  }

  /** At the end of each minute, and each second: the exchange's clock may turn out to be another. */
  private look(): void {
    const { market, time } = this.ports
    const exchangeMs = market.exchangeMs()
    if (this.books === undefined && exchangeMs !== undefined) this.begin(exchangeMs)
    const { books } = this
    if (books !== undefined) this.takeDue(books)
    if (this.watch.look() && books !== undefined) this.life.progress(this.detail())
    const toEndMs = books === undefined || exchangeMs === undefined ? LOOK_EVERY_MS : books.nextMs - exchangeMs
    const waitMs = Math.min(Math.max(0, toEndMs), LOOK_EVERY_MS)
    this.callOff = time.at(time.epochMs() + Math.ceil(waitMs), () => this.life.guarded(() => this.look()))
  }

  private begin(exchangeMs: number): void {
    this.books = new UniverseBooks({ startMs: exchangeMs })
    this.followed.clear()
    if (this.listed !== undefined) this.choose(this.listed)
  }

  private takeDue(books: UniverseBooks): void {
    const exchangeMs = this.ports.market.exchangeMs()
    if (exchangeMs === undefined || exchangeMs < books.nextMs) return
    if (exchangeMs - books.nextMs > FEATURE_WINDOWS.fillBars * UNIVERSE_STEP_MS) {
      // More than any figure looks back on, all alike: the machine slept, or a clock was set.
      this.ports.warn(leapText(books.nextMs, exchangeMs))
      this.begin(exchangeMs)
      return
    }
    for (const snapshot of books.snapshotsUntil(exchangeMs)) this.publish(snapshot)
    this.watch.closed()
  }

  private publish(snapshot: UniverseSnapshot): void {
    const { put, recorder } = this.ports
    this.last = snapshot
    this.snapshots++
    put?.(GRID_MAPS.features, FEATURE_KEYS.universe, UNIVERSE.write(universeDocument(snapshot)))
    if (recorder === undefined) return
    for (const health of snapshot.assets)
      recorder.add('universe', { n: recorder.nextNumber(), t_ms: snapshot.atMs, ...health })
  }

  private detail(): string {
    const { last } = this
    const took =
      last === undefined
        ? 'no snapshot yet'
        : `${last.assets.length} of them in the snapshot of ${new Date(last.atMs).toISOString()}`
    return `${this.followed.size} contracts, ${took}${recordingText(this.ports.recorder?.health())}`
  }
}

export interface UniverseFigures {
  readonly contracts: number
  /** Snapshots so far, and the minute of the last, UTC ms. */
  readonly snapshots: number
  readonly lastMs: number | null
  /** Of the last snapshot: contracts whose book was not known, or old. */
  readonly missing: readonly string[]
  readonly market: ReturnType<MarketData['health']>
  readonly recording?: RecorderHealth
}

const LOOK_EVERY_MS = 1_000
