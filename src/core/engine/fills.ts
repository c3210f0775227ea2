import { assert } from '../../base/assert.js'
import type { OrderBookSource } from '../../ports/order-book.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import type { RefusedEntry } from '../../ports/vocabulary/refusals.js'
import type { EntryRecord, ExitReason, Trade } from '../../ports/vocabulary/trades.js'
import { confirmedExit } from '../costs/costs.js'
import type { Delisting } from '../exits/delisting.js'
import type { Liquidation } from '../exits/liquidation.js'
import { closedTrade, type Position, type PositionFill } from './position.js'

/**
 * Who fills. `simulated`: the engine itself, at once, with the costs of section 8. `adapter`: whoever executes; the engine
 * proposes, and price, slippage, fees and funding are what is confirmed. It says where orders go and not what is decided,
 * so it is no parameter: the champion's hash is the same for both.
 */
export type Fills = 'simulated' | 'adapter'

export interface EnginePorts {
  readonly orderBook?: OrderBookSource
  /** `simulated` when absent. With `adapter` every entry and exit is a proposal until it is confirmed. */
  readonly fills?: Fills
  /** Told of every entry that is refused while the signal gate is open and nothing is held. */
  readonly refused?: (entry: RefusedEntry) => void
  /**
   * `off` when absent. With `cross` the engine keeps the account: what uses it up is taken at once, whoever fills. Where a
   * venue keeps it, the venue liquidates, and this stays off.
   */
  readonly liquidation?: Liquidation
  /** `wait` when absent. */
  readonly delisting?: Delisting
}

/** What the engine wants done, in adapter mode. Until it is confirmed or dropped, no other of its kind is made. */
export type Proposal =
  /** `entryPrice`, `notional` and `entryBar` are those of the decision. */
  { readonly kind: 'entry'; readonly entry: EntryRecord } | ExitProposal

export interface ExitProposal {
  readonly kind: 'exit'
  readonly asset: string
  /** The position's, not the order's. */
  readonly direction: Direction
  /** Base units still open. */
  readonly quantity: number
  /** USD: the bar's price, or the last valid one where it has none. */
  readonly price: number
  readonly reason: ExitReason
}

/** What has filled of one leg of a position so far; a later word replaces an earlier one. */
export interface ConfirmedLeg {
  /** USD: the average over all fills of the leg. */
  readonly price: number
  /** Base units. */
  readonly quantity: number
  /** USD paid on the leg; negative is a rebate. */
  readonly feesUsd: number
}

export interface ConfirmedExit extends ConfirmedLeg {
  /** USD received on the position while it was open; negative was paid. */
  readonly fundingUsd: number
  /** Why the position ended: what was proposed, or what ended it without being asked. Read when complete. */
  readonly reason: ExitReason
  /** The position is flat. */
  readonly complete: boolean
}

/** The position after a first fill of its entry; `bar` and `timeMs` are those in force when it was confirmed. */
export function openedPosition(
  entry: EntryRecord,
  assetIndex: number,
  fill: ConfirmedLeg,
  { bar, timeMs }: { readonly bar: number; readonly timeMs: number | null },
): Position {
  const opened = { ...entry, entryBar: bar, entryTimeMs: timeMs }
  return { ...filledEntry(opened, fill, null), assetIndex, turnBars: 0, subdayNormalization: false }
}

/** The position after more of its entry filled. Bar and time stay those of the first fill. */
export function enlargedPosition(position: Position, fill: ConfirmedLeg): Position {
  const known = position.fill
  assert(known !== undefined && position.entry.quantity !== undefined, 'an entry that fills on has filled before')
  assert(fill.quantity >= position.entry.quantity, 'a confirmed entry never shrinks')
  return { ...position, ...filledEntry(position.entry, fill, known.exit) }
}

/** The position after a part of it was closed. */
export function reducedPosition(position: Position, exit: ConfirmedExit): Position {
  const { fill } = position
  assert(fill !== undefined, 'a position that is closed by fills was opened by them')
  checkLeg(exit)
  const { price, quantity, feesUsd } = exit
  return { ...position, fill: { ...fill, exit: { price, quantity, feesUsd } } }
}

/** Base units still open. */
export function openQuantity({ entry, fill }: Position): number {
  return (entry.quantity ?? 0) - (fill?.exit?.quantity ?? 0)
}

/** The trade that ends with a confirmed exit: result and fees of the fills, no simulated cost, no draw. */
export function confirmedTrade(
  { entry, fill }: Position,
  exit: ConfirmedExit,
  at: { readonly exitBar: number; readonly exitTimeMs: number | null; readonly capitalBefore: number },
): Trade {
  assert(fill !== undefined, 'a position that is closed by fills was opened by them')
  checkLeg(exit)
  const result = confirmedExit({
    direction: entry.direction,
    entryPrice: entry.entryPrice,
    entryFee: fill.entryFeesUsd,
    price: exit.price,
    quantity: exit.quantity,
    exitFee: exit.feesUsd,
    fundingUsd: exit.fundingUsd,
  })
  const trade = closedTrade(entry, result, { ...at, reason: exit.reason, rng: null })
  return { ...trade, quantity: exit.quantity, fundingUsd: exit.fundingUsd }
}

function filledEntry(
  entry: EntryRecord,
  fill: ConfirmedLeg,
  exit: PositionFill['exit'],
): Pick<Position, 'entry'> & { readonly fill: PositionFill } {
  checkLeg(fill)
  const { price, quantity, feesUsd } = fill
  return {
    entry: { ...entry, entryPrice: price, notional: price * quantity, quantity },
    fill: { entryFeesUsd: feesUsd, exit },
  }
}

function checkLeg({ price, quantity, feesUsd }: ConfirmedLeg): void {
  assert(Number.isFinite(price) && price > 0, `a confirmed price is finite and above zero, not ${price}`)
  assert(Number.isFinite(quantity) && quantity > 0, `a confirmed quantity is finite and above zero, not ${quantity}`)
  assert(Number.isFinite(feesUsd), `confirmed fees are finite, not ${feesUsd}`)
}
