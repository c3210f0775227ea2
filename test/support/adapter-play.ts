import { Engine } from '../../src/core/engine/engine.js'
import type { ConfirmedExit, ConfirmedLeg, ExitProposal, Proposal } from '../../src/core/engine/fills.js'
import type { EngineSnapshot } from '../../src/core/engine/snapshot.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import { type EntryRecord, type ExitReason, OUTSIDE_EXITS, type Trade } from '../../src/ports/vocabulary/trades.js'
import { type Market, type MarketDay, portsOf } from './markets.js'

/** One thing that happened to the engine, with the bar in force. */
export type AdapterEvent = { readonly bar: number } & (
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | { readonly kind: 'entry'; readonly fill: ConfirmedLeg }
  | { readonly kind: 'drop' }
  | { readonly kind: 'exit'; readonly exit: ConfirmedExit }
  | { readonly kind: 'trade'; readonly trade: Trade }
)

export interface AdapterRun {
  readonly events: readonly AdapterEvent[]
  readonly trades: readonly Trade[]
  readonly openPosition: EntryRecord | undefined
  readonly snapshot: EngineSnapshot
}

/** How a venue treats what is proposed. */
export type Manners =
  /** Whole, before the next bar, at the price asked. */
  | { readonly kind: 'at once' }
  /** Late, in parts, at other prices, with fees; some entries not at all, some positions closed unasked. */
  | { readonly kind: 'unruly'; readonly seed: number }

export interface AdapterPlayback {
  readonly manners: Manners
  readonly mode: 'bulk' | 'rows'
  /** The engine is replaced by its restored snapshot before these global bars. */
  readonly restoreAt?: readonly number[]
  /** Called after each bar, when everything of it has been confirmed. */
  readonly watch?: (engine: Engine, events: readonly AdapterEvent[]) => void
}

/** Plays a market through an engine whose orders a venue fills. */
export function playAdapter(market: Market, { manners, mode, restoreAt = [], watch }: AdapterPlayback): AdapterRun {
  const ports = { ...portsOf(market), fills: 'adapter' as const }
  let engine = new Engine(market.parameters, market.initialCapital, ports)
  const venue = manners.kind === 'at once' ? new PromptVenue() : new UnrulyVenue(new Xoshiro128(manners.seed))
  const restore = new Set(restoreAt)
  const events: AdapterEvent[] = []
  const trades: Trade[] = []
  for (const day of market.days) {
    engine.beginDay(day.start)
    const open = () => {
      if (mode === 'bulk') engine.attach(day.columns)
      else engine.addAssets(day.columns.assets)
    }
    open()
    for (let row = 0; row < day.columns.bars; row++) {
      if (restore.has(engine.bars)) {
        engine = Engine.restore(JSON.parse(JSON.stringify(engine.snapshot())), ports)
        open()
      }
      for (const event of day.events) {
        if (event.row !== row) continue
        if (event.kind === 'posture') engine.setPosture(event.posture)
        else engine.parkAcb({ boost: event.boost, beta: event.beta })
      }
      const bar = engine.bars
      const proposal = stepRow(engine, day, row, mode)
      if (proposal !== undefined) events.push({ bar, kind: 'proposal', proposal })
      for (const word of venue.after(proposal)) {
        events.push({ bar, ...word })
        const trade = tell(engine, word)
        if (trade === undefined) continue
        trades.push(trade)
        events.push({ bar, kind: 'trade', trade })
      }
      watch?.(engine, events)
    }
    engine.endDay()
  }
  return { events, trades, openPosition: engine.openPosition, snapshot: engine.snapshot() }
}

function stepRow(engine: Engine, day: MarketDay, row: number, mode: 'bulk' | 'rows'): Proposal | undefined {
  const { columns, volOk } = day
  if (mode === 'bulk') {
    engine.run(row + 1, volOk)
    return engine.proposal
  }
  const time = columns.timestampNs?.[row]
  return engine.step({
    velDiv: columns.velDiv[row]!,
    prices: engine.universe.map((symbol) => columns.prices[columns.assets.indexOf(symbol)]?.[row] ?? Number.NaN),
    volOk: volOk === undefined ? row >= 100 : volOk[row] === 1,
    ...(time === undefined ? {} : { timeMs: Number(time / 1_000_000n) }),
  }).proposal
}

type Word =
  | { readonly kind: 'entry'; readonly fill: ConfirmedLeg }
  | { readonly kind: 'drop' }
  | { readonly kind: 'exit'; readonly exit: ConfirmedExit }

function tell(engine: Engine, word: Word): Trade | undefined {
  switch (word.kind) {
    case 'entry':
      engine.confirmEntry(word.fill)
      return undefined
    case 'drop':
      engine.dropEntry()
      return undefined
    case 'exit':
      return engine.confirmExit(word.exit)
  }
}

interface Venue {
  /** What it says before the next bar. */
  after(proposal: Proposal | undefined): Word[]
}

class PromptVenue implements Venue {
  after(proposal: Proposal | undefined): Word[] {
    if (proposal === undefined) return []
    if (proposal.kind === 'exit') return [{ kind: 'exit', exit: wholeExit(proposal) }]
    const { entryPrice: price, notional } = proposal.entry
    return [{ kind: 'entry', fill: { price, quantity: notional / price, feesUsd: 0 } }]
  }
}

function wholeExit({ price, quantity, reason }: ExitProposal): ConfirmedExit {
  return { price, quantity, feesUsd: 0, fundingUsd: 0, complete: true, reason }
}

/** Remembers what it owes; knows the position from its own fills alone, as a venue does. */
class UnrulyVenue implements Venue {
  private entry: { readonly price: number; readonly quantity: number; filled: number } | undefined
  private held = 0
  private closed = 0
  private price = 0
  private exit: ExitProposal | undefined

  constructor(private readonly rng: Xoshiro128) {}

  after(proposal: Proposal | undefined): Word[] {
    if (proposal?.kind === 'entry') {
      const { entryPrice: price, notional } = proposal.entry
      this.entry = { price, quantity: notional / price, filled: 0 }
    } else if (proposal !== undefined) this.exit = proposal
    const words: Word[] = []
    if (this.entry !== undefined && this.rng.double() < 0.6) words.push(...this.fillEntry(this.entry))
    if (this.held > 0 && (this.exit !== undefined || this.rng.double() < 0.02) && this.rng.double() < 0.6) {
      words.push(this.fillExit())
    }
    return words
  }

  private fillEntry(entry: NonNullable<UnrulyVenue['entry']>): Word[] {
    const kind = this.rng.double()
    if (kind < 0.3) {
      this.entry = undefined
      return entry.filled === 0 ? [{ kind: 'drop' }] : []
    }
    const part = kind < 0.6 ? 0.5 : 1
    entry.filled += (entry.quantity - entry.filled) * part
    if (part === 1) this.entry = undefined
    this.price = entry.price * (1 + this.rng.between(-0.001, 0.001))
    this.held = entry.filled
    return [{ kind: 'entry', fill: { price: this.price, quantity: this.held, feesUsd: this.held * this.price * 5e-4 } }]
  }

  private fillExit(): Word {
    const complete = this.rng.double() < 0.6
    this.closed = complete ? this.held : this.closed + (this.held - this.closed) * 0.5
    const price = this.price * (1 + this.rng.between(-0.02, 0.02))
    const asked: ExitReason | undefined = this.exit?.reason
    const exit: ConfirmedExit = {
      price,
      quantity: this.closed,
      feesUsd: this.closed * price * 5e-4,
      fundingUsd: this.rng.between(-1, 1),
      complete,
      reason: asked ?? OUTSIDE_EXITS[this.rng.integer(0, OUTSIDE_EXITS.length - 1)]!,
    }
    if (complete) {
      this.entry = undefined
      this.exit = undefined
      this.held = 0
      this.closed = 0
    }
    return { kind: 'exit', exit }
  }
}
