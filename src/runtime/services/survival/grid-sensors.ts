import { verdictOf } from '../../../core/forewarner/gate.js'
import type { DocumentOf, GridDocument } from '../../../core/grid/document.js'
import { EXTERNAL_FACTORS, FOREWARNER } from '../../../core/grid/feature-documents.js'
import { isoMs } from '../../../core/grid/iso-time.js'
import { FEATURE_KEYS, GRID_MAPS, STATE_KEYS, type StrategyColour } from '../../../core/grid/names.js'
import { ORDER_BOOK_FEATURES } from '../../../core/grid/order-book-documents.js'
import { FLOW_STATE, SUPERVISED_STATE, TRADER_STATE } from '../../../core/grid/trader-documents.js'
import { DVOL_START, type DvolWatch, watchDvol } from '../../../core/survival/dvol-watch.js'
import type { BookFacts, ForewarnerFact, SurvivalFacts } from '../../../core/survival/sensors.js'
import { type SafetyDocument, SURVIVAL_RESUME } from '../../../core/survival/survival-watch.js'
import type { GridMap } from '../../../ports/grid.js'
import { LatestDocument } from '../latest-document.js'
import type { SurvivalPorts } from './posture-publisher.js'

/** Order books: none is configured, or those of the traded symbols. */
export type OrderBookSensor = 'none' | { readonly traded: readonly string[] }

/**
 * Cat2 to Cat5 out of the grid's documents: read at every look, and heard of when they change. A document that cannot be read
 * changes nothing: the last one that could stays, and ages.
 */
export class GridSensors {
  dvol: DvolWatch = DVOL_START
  private readonly forewarner: LatestDocument<DocumentOf<typeof FOREWARNER>>
  private readonly factors: LatestDocument<DocumentOf<typeof EXTERNAL_FACTORS>>
  private readonly books: LatestDocument<DocumentOf<typeof ORDER_BOOK_FEATURES>>
  private readonly states: readonly StateOfStrategy[]
  private readonly listening: (() => Promise<void>)[] = []
  private isListening = false
  private isPartialTold = false

  constructor(
    private readonly orderBook: OrderBookSensor,
    private readonly ports: SurvivalPorts,
  ) {
    const { grid, warn } = ports
    this.forewarner = new LatestDocument(FOREWARNER, warn)
    this.factors = new LatestDocument(EXTERNAL_FACTORS, warn)
    this.books = new LatestDocument(ORDER_BOOK_FEATURES, warn)
    this.states = COLOURS.map((colour) => new StateOfStrategy(grid.map(GRID_MAPS.state(colour)), warn))
  }

  /** Reads everything anew. Never rejects because of the grid. @param changed is called when one of them has changed for good. */
  async refresh(changed: () => void): Promise<void> {
    await Promise.allSettled([this.listen(changed), this.readFeatures(), ...this.states.map((state) => state.read())])
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.listening.splice(0).map((end) => end()))
  }

  /** What the run before knew and no document says. */
  resume({ dvol_spike_at }: SafetyDocument): void {
    const spikeAtMs = dvol_spike_at === undefined ? undefined : isoMs(dvol_spike_at)
    if (spikeAtMs !== undefined && this.dvol.spikeAtMs === null) this.dvol = { ...this.dvol, spikeAtMs }
  }

  facts(): SurvivalFacts {
    const forewarner = this.forewarnerFact()
    const books = this.orderBook === 'none' ? 'none' : this.bookFacts(this.orderBook.traded)
    return {
      dvol: this.dvol,
      ...(forewarner === undefined ? {} : { forewarner }),
      ...(books === undefined ? {} : { books }),
    }
  }

  /** Of the strategy that is deepest below its peak; of none, nothing is lost. */
  capital(): { readonly capitalUsd: number; readonly peakUsd: number } {
    let worst = { capitalUsd: 1, peakUsd: 1 }
    for (const state of this.states) {
      const { capitalUsd, peakUsd } = state.capital ?? worst
      if (peakUsd > 0 && capitalUsd / peakUsd < worst.capitalUsd / worst.peakUsd) worst = { capitalUsd, peakUsd }
    }
    return worst
  }

  private async readFeatures(): Promise<void> {
    const keys = [FEATURE_KEYS.forewarner, FEATURE_KEYS.externalFactors, FEATURE_KEYS.externalFactorsBefore]
    const asked = this.orderBook === 'none' ? keys : [...keys, FEATURE_KEYS.orderBook]
    const texts = await this.ports.grid.map(GRID_MAPS.features).getAll(asked)
    for (const key of asked) {
      if (key === FEATURE_KEYS.externalFactorsBefore && texts.has(FEATURE_KEYS.externalFactors)) continue
      this.takeFeature(key, texts.get(key))
    }
  }

  private async listen(changed: () => void): Promise<void> {
    if (this.isListening) return
    this.isListening = true
    try {
      const features = this.ports.grid.map(GRID_MAPS.features)
      // Books close a bar every few seconds: the regular looks see them.
      for (const key of [FEATURE_KEYS.forewarner, FEATURE_KEYS.externalFactors]) {
        this.listening.push(await features.listen(({ value }) => this.takeFeature(key, value) && changed(), { key }))
      }
    } catch (error) {
      // Half a set of listeners is as good as none: the next look tries again.
      await this.stop()
      this.isListening = false
      throw error
    }
  }

  private takeFeature(key: string, text: string | undefined): boolean {
    switch (key) {
      case FEATURE_KEYS.forewarner:
        return this.forewarner.take(text)
      case FEATURE_KEYS.orderBook:
        return this.books.take(text) && this.sayPartial(this.books.value!)
      default:
        return this.factors.take(text) && this.watchVolatility(this.factors.value!)
    }
  }

  private sayPartial(books: DocumentOf<typeof ORDER_BOOK_FEATURES>): boolean {
    const isPartial = isOfBestLevels(books)
    if (isPartial && !this.isPartialTold) {
      this.ports.warn(
        `${ORDER_BOOK_FEATURES.name} is of the best levels of books, whose depth means nothing: Cat3 has no figures`,
      )
    }
    this.isPartialTold = isPartial
    return true
  }

  /** Whether it is a spike: nothing else in the factors is a sensor. */
  private watchVolatility({ dvol_btc, _pushed_at, sources }: DocumentOf<typeof EXTERNAL_FACTORS>): boolean {
    if (dvol_btc === null) return false
    const atMs = Math.round((sources?.dvol?.at ?? _pushed_at) * 1000)
    // A stamp from the future would hide every value until its time has come.
    if (atMs > this.ports.clock.epochMs() + SURVIVAL_RESUME.aheadMaxMs) return false
    const before = this.dvol.spikeAtMs
    this.dvol = watchDvol(this.dvol, { atMs, value: dvol_btc })
    return this.dvol.spikeAtMs !== before
  }

  private forewarnerFact(): ForewarnerFact | undefined {
    const report = this.forewarner.value
    if (report === undefined) return undefined
    const { catastrophic_prob: catastrophicProbability, envelope_score: envelopeScore } = report
    const status = report.gate ?? verdictOf({ catastrophicProbability, envelopeScore }).status
    return { status, reportedAtMs: isoMs(report.timestamp)! }
  }

  private bookFacts(traded: readonly string[]): BookFacts | undefined {
    const books = this.books.value
    if (books === undefined) return undefined
    return {
      barMs: books.bar_ts * 1000,
      stepMs: books.step_ms,
      traded: traded.length,
      figures: (isOfBestLevels(books) ? [] : traded).map((symbol) => ({
        depthQuality: books.assets[symbol]?.depth_quality,
        fillQuality: books.assets[symbol]?.fill_quality,
      })),
    }
  }
}

/** Best levels come and go: their depth would read as withdrawn where nobody has withdrawn any. */
function isOfBestLevels({ books }: DocumentOf<typeof ORDER_BOOK_FEATURES>): boolean {
  return books === 'partial'
}

const COLOURS: readonly StrategyColour[] = ['BLUE', 'GREEN']

interface Capital {
  readonly capitalUsd: number
  readonly peakUsd: number
}

/** Capital of one strategy: the live trader's where there is one, else the supervised flow's, else the paper flow's. */
class StateOfStrategy {
  private readonly documents: readonly (readonly [key: string, LatestDocument<CapitalFields>])[]

  constructor(
    private readonly map: GridMap,
    warn: (text: string) => void,
  ) {
    const latest = (document: Pick<GridDocument<never, CapitalFields>, 'name' | 'read'>) =>
      new LatestDocument(document, warn)
    this.documents = [
      [STATE_KEYS.live, latest(TRADER_STATE)],
      [STATE_KEYS.supervised, latest(SUPERVISED_STATE)],
      [STATE_KEYS.flow, latest(FLOW_STATE)],
    ]
  }

  async read(): Promise<void> {
    const texts = await this.map.getAll(this.documents.map(([key]) => key))
    for (const [key, document] of this.documents) document.take(texts.get(key))
  }

  /** A state without a peak says nothing of a drawdown. */
  get capital(): Capital | undefined {
    for (const [, { value }] of this.documents) {
      if (value?.peak_capital !== undefined) return { capitalUsd: value.capital, peakUsd: value.peak_capital }
    }
    return undefined
  }
}

interface CapitalFields {
  readonly capital: number
  readonly peak_capital?: number
}
