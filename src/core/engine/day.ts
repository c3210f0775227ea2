import type { IsoDate } from '../../base/utc-date.js'
import type { Forewarner } from '../../ports/forewarner.js'
import type { OrderBookSource } from '../../ports/order-book.js'
import type { Direction, Posture } from '../../ports/vocabulary/market.js'
import type { DayRecord, ForewarnerStatus } from '../../ports/vocabulary/trades.js'
import { orderBookBeta } from '../breaker/breaker.js'
import { assessDay, verdictFor } from '../forewarner/gate.js'
import { withdrawalShare } from '../orderbook/orderbook.js'
import type { Position } from './position.js'

/** The breaker's word for a day: computed by the breaker (the order book may then modulate beta), or given. */
export interface DayBoost {
  /** Factor of the leverage, from 1 on. Section 10. */
  readonly boost: number
  /** How much the signal's depth adds to the boost, 0 to 1. Section 10. */
  readonly beta: number
  readonly source: 'breaker' | 'given'
}

/** What is known when a day begins; nothing is carried over from the day before. */
export interface DayStart {
  readonly date: IsoDate
  /** SHORT when absent. */
  readonly direction?: Direction
  /** APEX when absent. */
  readonly posture?: Posture
  /** Boost 1 and beta 0 when absent. */
  readonly acb?: DayBoost
  /** Asked once, when the day begins, or its verdict where somebody else has asked; without one the day is OK. */
  readonly forewarner?: Forewarner | ForewarnerStatus
  /** What the day has prices of, where its source says so: a position in another asset need not wait for one. */
  readonly assets?: readonly string[]
}

export interface DayState {
  readonly date: IsoDate
  readonly direction: Direction
  posture: Posture
  boost: number
  beta: number
  readonly boostStart: number
  readonly betaStart: number
  readonly mcStatus: ForewarnerStatus
  readonly mcScale: number
  readonly forewarnerMaxLeverage: number | null
  /** No entries: a RED forewarner, or a posture that forbids them. */
  halted: boolean
  readonly capitalStart: number
  bars: number
  trades: number
  entries: number
}

export interface DayContext {
  readonly capital: number
  /** The champion's `max_leverage`, before the day's boost. */
  readonly maxLeverage: number
  /** Global index of the day's first bar. */
  readonly firstBar: number
  readonly orderBook: OrderBookSource | undefined
}

/** Section 3: the day's breaker, the order book's word on its beta (OB-4), and the forewarner's verdict. */
export function openDay(start: DayStart, context: DayContext): DayState {
  const { acb, forewarner } = start
  const boost = acb?.boost ?? 1
  const beta = acb?.source === 'breaker' ? modulatedBeta(acb.beta, context) : (acb?.beta ?? 0)
  const maxLeverage = context.maxLeverage * boost
  const given = typeof forewarner === 'string'
  const verdict = given ? verdictFor(forewarner) : assessDay(forewarner, { date: start.date, maxLeverage })
  const day: DayState = {
    date: start.date,
    direction: start.direction ?? -1,
    posture: 'APEX',
    boost,
    beta,
    boostStart: boost,
    betaStart: beta,
    mcStatus: verdict.status,
    mcScale: verdict.scale,
    forewarnerMaxLeverage: forewarner === undefined || given ? null : maxLeverage,
    halted: false,
    capitalStart: context.capital,
    bars: 0,
    trades: 0,
    entries: 0,
  }
  takePosture(day, start.posture ?? 'APEX')
  return day
}

/** Posture may change at any time within a day; a RED day stays halted. Section 4. */
export function takePosture(day: DayState, posture: Posture): void {
  day.posture = posture
  day.halted = day.mcStatus === 'RED' || posture === 'TURTLE' || posture === 'HIBERNATE'
}

/**
 * A sub-day breaker update comes into force. One that takes a boost away on which a position was sized asks for the end of
 * that position, at its next price. Section 10.4.
 */
export function takeBreaker(
  day: DayState,
  update: { readonly boost: number; readonly beta: number },
  position: Position | undefined,
): void {
  const isNormalized = day.boost >= NORMALIZATION_FROM && update.boost < NORMALIZATION_BELOW
  if (position !== undefined && isNormalized) position.subdayNormalization = true
  day.boost = update.boost
  day.beta = update.beta
}

/** A fall of the boost from at least the first to below the second ends an open position. Section 10.4. */
const NORMALIZATION_FROM = 1.25
const NORMALIZATION_BELOW = 1.1

/** The day as it stands at a realised capital. */
export function recordOf(day: DayState, capital: number): DayRecord {
  return {
    date: day.date,
    bars: day.bars,
    pnl: capital - day.capitalStart,
    capitalStart: day.capitalStart,
    capital,
    trades: day.trades,
    entries: day.entries,
    boostStart: day.boostStart,
    betaStart: day.betaStart,
    boost: day.boost,
    beta: day.beta,
    mcStatus: day.mcStatus,
    forewarnerMaxLeverage: day.forewarnerMaxLeverage,
  }
}

function modulatedBeta(beta: number, { orderBook, firstBar }: DayContext): number {
  if (orderBook === undefined) return beta
  const stressShare = withdrawalShare(orderBook.assets.map((asset) => orderBook.book(asset, firstBar)))
  return orderBookBeta(beta, { regimeSignal: orderBook.macro(firstBar).regimeSignal, stressShare })
}
