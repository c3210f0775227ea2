import { isDate } from '../../base/utc-date.js'
import type { EntryRecord } from '../../ports/vocabulary/trades.js'
import { verdictFor } from '../forewarner/gate.js'
import { MersenneTwister } from '../numeric/mersenne-twister.js'
import { retainedPrices } from './price-history.js'
import { type EngineSnapshot, SnapshotError } from './snapshot.js'

/**
 * Refuses a state that no run leads to, though every field is of its type: bars that were not counted alike, more trades than
 * bars, a position from the future, money that changed without a trade, a generator that its seed does not reach. A file that
 * was cut, edited or mixed up would otherwise trade on.
 *
 * @throws SnapshotError with the path of the first field that contradicts the others.
 */
export function checkHistory(snapshot: EngineSnapshot): void {
  checkBars(snapshot)
  checkTrades(snapshot)
  checkHeld(snapshot)
  checkDay(snapshot)
  checkGenerator(snapshot)
}

/** More draws than any run makes; checking them would take longer than a restart may. */
const DRAWS_MAX = 10_000_000
const STREAK_TRADES = 5

function refuseUnless(isPossible: boolean, path: string, expected: string, found: unknown): void {
  if (!isPossible) throw new SnapshotError(path, expected, found)
}

function checkBars({ barIndex, barCount, lastExitBar, prices, velDivs, day, parameters }: EngineSnapshot): void {
  const keptMax = retainedPrices(parameters)
  const seen = `the ${barIndex} bars seen`
  refuseUnless(barCount === barIndex, '$.barCount', `${barIndex}, as $.barIndex`, barCount)
  refuseUnless(lastExitBar < barIndex, '$.lastExitBar', `a bar before the next one, ${barIndex}`, lastExitBar)
  for (const [i, kept] of prices.entries()) {
    refuseUnless(kept.length <= keptMax, `$.prices[${i}]`, `at most ${keptMax} items`, `${kept.length} items`)
    refuseUnless(kept.length <= barIndex, `$.prices[${i}]`, `at most one price for each of ${seen}`, kept.length)
  }
  refuseUnless(velDivs.length <= barIndex, '$.velDivs', `at most one value for each of ${seen}`, velDivs.length)
  refuseUnless(day !== null || barIndex === 0, '$.day', 'a day, since bars were seen', null)
}

/** A bar opens one position at most, so there are no more trades than bars. */
function checkTrades({ barIndex, capital, initialCapital, feedback }: EngineSnapshot): void {
  const { bucketWins, bucketTrades, recentWins } = feedback
  for (const [i, trades] of bucketTrades.entries()) {
    refuseUnless(bucketWins[i]! <= trades, `$.feedback.bucketWins[${i}]`, `at most the ${trades} trades`, bucketWins[i])
  }
  const trades = sum(bucketTrades)
  const wins = sum(bucketWins)
  refuseUnless(trades <= barIndex, '$.feedback.bucketTrades', `at most ${barIndex} trades, one a bar`, trades)
  const recent = Math.min(trades, STREAK_TRADES)
  refuseUnless(recentWins.length === recent, '$.feedback.recentWins', `the last ${recent} results`, recentWins.length)
  const won = recentWins.filter(Boolean).length
  refuseUnless(won <= wins, '$.feedback.recentWins', `at most ${wins} wins`, won)
  refuseUnless(recent - won <= trades - wins, '$.feedback.recentWins', `at most ${trades - wins} losses`, recent - won)
  const isUntouched = trades > 0 || capital === initialCapital
  refuseUnless(isUntouched, '$.capital', `${initialCapital}, since nothing was traded`, capital)
}

/** The open position, or the entry that is proposed. */
function checkHeld(snapshot: EngineSnapshot): void {
  const { barIndex, position, pendingEntry = null } = snapshot
  if (pendingEntry !== null) checkEntry(pendingEntry, '$.pendingEntry', snapshot)
  if (position === null) return
  const { entry, turnBars, fill } = position
  checkEntry(entry, '$.position.entry', snapshot)
  const heldBars = barIndex - 1 - entry.entryBar
  refuseUnless(turnBars <= heldBars, '$.position.turnBars', `at most the ${heldBars} bars since the entry`, turnBars)
  const closed = fill?.exit?.quantity ?? 0
  const isOpen = entry.quantity === undefined || closed < entry.quantity
  refuseUnless(isOpen, '$.position.fill.exit.quantity', `less than what was bought, ${entry.quantity}`, closed)
}

function checkEntry(entry: EntryRecord, path: string, { barIndex, lastExitBar, timeMs }: EngineSnapshot): void {
  const { entryBar, entryTimeMs } = entry
  refuseUnless(entryBar < barIndex, `${path}.entryBar`, `a bar before the next one, ${barIndex}`, entryBar)
  refuseUnless(entryBar > lastExitBar, `${path}.entryBar`, `a bar after the last exit, ${lastExitBar}`, entryBar)
  const isPast = entryTimeMs === null || timeMs === null || entryTimeMs <= timeMs
  refuseUnless(isPast, `${path}.entryTimeMs`, `a time up to that of the last bar, ${timeMs}`, entryTimeMs)
  for (const key of ['notional', 'leverage', 'fraction', 'strength', 'confidence'] as const) {
    refuseUnless(entry[key] >= 0, `${path}.${key}`, 'a number from zero', entry[key])
  }
  for (const key of ['fraction', 'strength'] as const) {
    refuseUnless(entry[key] <= 1, `${path}.${key}`, 'a number up to one', entry[key])
  }
}

function checkDay({ day, barIndex, capital, feedback, position }: EngineSnapshot): void {
  if (day === null) return
  const { date, bars, trades, entries, mcStatus, mcScale, posture, halted, capitalStart } = day
  refuseUnless(isDate(date), '$.day.date', 'a calendar date YYYY-MM-DD', date)
  refuseUnless(bars <= barIndex, '$.day.bars', `at most the ${barIndex} bars seen`, bars)
  // What was proposed at the end of the day before may be confirmed before the first bar.
  refuseUnless(entries <= bars + 1, '$.day.entries', `at most one a bar, ${bars}, and one of before`, entries)
  const closed = sum(feedback.bucketTrades)
  refuseUnless(trades <= closed, '$.day.trades', `at most the ${closed} trades in $.feedback`, trades)
  const open = position === null ? 0 : 1
  const balance = entries - trades
  const isBalanced = balance === open || balance === open - 1
  refuseUnless(
    isBalanced,
    '$.day.entries',
    `${trades + open - 1} or ${trades + open}, as trades and position say`,
    entries,
  )
  const isUntouched = trades > 0 || capitalStart === capital
  refuseUnless(isUntouched, '$.day.capitalStart', `${capital}, since the day has no trade`, capitalStart)
  const { scale } = verdictFor(mcStatus)
  refuseUnless(mcScale === scale, '$.day.mcScale', `${scale} on a day that is ${mcStatus}`, mcScale)
  const forbids = mcStatus === 'RED' || posture === 'TURTLE' || posture === 'HIBERNATE'
  refuseUnless(halted === forbids, '$.day.halted', `${forbids} in ${posture} on a day that is ${mcStatus}`, halted)
}

/** A trade draws once at most, and the seed and the number of draws say where the generator stands. */
function checkGenerator({ rng, feedback, parameters }: EngineSnapshot): void {
  const { draws, position, words } = rng
  const trades = sum(feedback.bucketTrades)
  refuseUnless(draws <= trades, '$.rng.draws', `at most the ${trades} trades`, draws)
  if (draws > DRAWS_MAX) return
  const generator = new MersenneTwister(parameters.seed)
  for (let i = 0; i < draws; i++) generator.double()
  const reached = generator.snapshot()
  const where = `after ${draws} draws of seed ${parameters.seed}`
  refuseUnless(position === reached.position, '$.rng.position', `${reached.position} ${where}`, position)
  const other = words.findIndex((word, i) => word !== reached.words[i])
  refuseUnless(other < 0, `$.rng.words[${other}]`, `${reached.words[other]} ${where}`, words[other])
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
