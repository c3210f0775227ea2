import { EXACT_POWERS } from '../../base/decimal.js'
import type { ListedContract, MarketDataEvent } from '../../ports/market-data.js'
import type { UniverseRow } from '../../ports/market-recording.js'
import { median } from '../numeric/percentile.js'
import { UniverseAsset, type UniverseView } from './universe-asset.js'

/** A snapshot each full minute. Source: spec "Universe"; system bible §26.2. */
export const UNIVERSE_STEP_MS = 60_000

/**
 * The health of the books of all contracts that trade, from frames of their best levels: once a minute, each as it was in force
 * just before the minute, not as a mean. It tells how the market is, and is not traded on. Times are UTC ms of the exchange's
 * clock; what comes never throws.
 */
export class UniverseBooks {
  private readonly listed = new Map<string, UniverseAsset>()
  private takenMs: number
  private readonly counts = { frames: 0, unlisted: 0, malformed: 0 }

  /** @param startMs the first snapshot is of the full minute after it. */
  constructor({ startMs }: { readonly startMs: number }) {
    this.takenMs = Math.floor(startMs / UNIVERSE_STEP_MS) * UNIVERSE_STEP_MS
  }

  /** When the next snapshot is due. */
  get nextMs(): number {
    return this.takenMs + UNIVERSE_STEP_MS
  }

  /** A contract trades; one that is listed stays as it is, unless its decimals are others. */
  list({ symbol, priceDecimals, quantityDecimals }: ListedContract): void {
    const before = this.listed.get(symbol)?.scale
    if (before?.priceDecimals === priceDecimals && before.quantityDecimals === quantityDecimals) return
    this.listed.set(symbol, new UniverseAsset({ priceDecimals, quantityDecimals }, this.takenMs))
  }

  /** A contract does not trade any more: it is not missed either. */
  drop(symbol: string): void {
    this.listed.delete(symbol)
  }

  handle(event: MarketDataEvent): void {
    switch (event.kind) {
      case 'depth':
        this.depth(event)
        return
      case 'lost':
        for (const symbol of event.symbols) this.listed.get(symbol)?.lost(this.timesOf(event.atMs))
        return
      case 'malformed':
        this.counts.malformed++
        return
      default:
        return
    }
  }

  /** Every snapshot that is due when the exchange's clock reads this, in order. */
  snapshotsUntil(exchangeMs: number): UniverseSnapshot[] {
    const taken: UniverseSnapshot[] = []
    while (this.nextMs <= exchangeMs) taken.push(this.take())
    return taken
  }

  /** Since the start: frames of listed symbols, events of others, and what could not be read. */
  counters(): { readonly frames: number; readonly unlisted: number; readonly malformed: number } {
    return { ...this.counts }
  }

  private depth({ symbol, eventMs, frame }: Extract<MarketDataEvent, { readonly kind: 'depth' }>): void {
    const asset = this.listed.get(symbol)
    if (asset === undefined) {
      this.counts.unlisted++
      return
    }
    const isReadable = this.isTime(eventMs) && typeof frame === 'object' && frame !== null
    if (isReadable) this.counts.frames++
    if (!isReadable || !asset.frame(frame, this.timesOf(eventMs))) this.counts.malformed++
  }

  private take(): UniverseSnapshot {
    const atMs = this.nextMs
    this.takenMs = atMs
    const missing: string[] = []
    const known: KnownAsset[] = []
    for (const [symbol, asset] of this.listed) {
      const view = asset.take({ endMs: atMs, nextEndMs: this.nextMs })
      if (view === undefined) missing.push(symbol)
      else known.push({ symbol, asset, view })
    }
    const usual = known.length === 0 ? 0 : median(known.map(({ view }) => view.depthUsd))
    return { atMs, assets: known.map((one) => healthOf(one, usual)), missing: missing.sort() }
  }

  private isTime(ms: number): boolean {
    return Number.isSafeInteger(ms) && ms <= this.nextMs + AHEAD_MS_MAX
  }

  private timesOf(ms: number): { readonly atMs: number; readonly endMs: number } {
    return { atMs: this.isTime(ms) ? ms : this.takenMs, endMs: this.nextMs }
  }
}

export type UniverseHealth = Omit<UniverseRow, 'n' | 't_ms'>

export interface UniverseSnapshot {
  /** The full minute, UTC ms. */
  readonly atMs: number
  /** In the order in which they were listed. */
  readonly assets: readonly UniverseHealth[]
  /** Listed symbols whose book is not known, or whose last frame is older than a minute; sorted. */
  readonly missing: readonly string[]
}

/** As `obf_universe_latest` has it. Source: system bible §26.2. */
export function universeDocument({ atMs, assets, missing }: UniverseSnapshot) {
  return {
    _snapshot_utc: atMs / 1_000,
    _n_assets: assets.length,
    _missing: missing,
    assets: Object.fromEntries(assets.map(({ symbol, ...health }) => [symbol, health])),
  }
}

/** Stamps farther behind the next snapshot are no times. */
const AHEAD_MS_MAX = 3_600_000

interface KnownAsset {
  readonly symbol: string
  readonly asset: UniverseAsset
  readonly view: UniverseView
}

function healthOf({ symbol, asset, view }: KnownAsset, usualUsd: number): UniverseHealth {
  const { depthUsd } = view
  const priceScale = EXACT_POWERS[asset.scale.priceDecimals]!
  return {
    symbol,
    spread_bps: view.spreadBps,
    depth_1pct_usd: depthUsd,
    // A share of its own and the usual depth: the usual asset has a half, the deepest never quite 1.
    depth_quality: depthUsd + usualUsd === 0 ? 0 : depthUsd / (depthUsd + usualUsd),
    fill_probability: asset.fillProbability() ?? null,
    imbalance: view.imbalance,
    best_bid: view.bid / priceScale,
    best_ask: view.ask / priceScale,
    n_bid_levels: view.bidLevels,
    n_ask_levels: view.askLevels,
  }
}
