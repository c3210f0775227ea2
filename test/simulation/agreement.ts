import { Exact } from '../../src/base/exact.js'
import { recordedQuantity } from '../../src/core/execution/state.js'
import { signedQuantity } from '../../src/core/position/position.js'
import { SYMBOLS } from './market.js'
import type { World } from './world.js'

/** What is not yet as it is when both sides and the venue agree and may trade; undefined when nothing is. */
export function disagreement(world: World): string | undefined {
  const { side: decision } = world.decision
  const { side: execution } = world.execution
  if (decision === undefined || execution === undefined) return 'a process is down'
  const { latches } = execution.state
  // Market data counts as fresh after a minute without a gap; at the end there is none any more.
  const decisionLatches = Object.keys(decision.state.latches).filter((reason) => reason !== 'MARKET_DATA_STALE')
  const seen = decision.state.reportsSeen
  const rows: readonly (readonly [what: string, expected: unknown, found: unknown])[] = [
    ['link, by the decision side', 'LINK_OK', decision.linkState],
    ['link, by the execution side', 'LINK_OK', execution.linkState],
    ['mode of the decision side', 'ACTIVE', decision.state.mode],
    ['mode of the execution side', 'ACTIVE', execution.state.mode],
    ['maintenance of the decision side', false, decision.state.isMaintained],
    ['maintenance of the execution side', false, execution.state.isMaintained],
    ['latches of the decision side', '', decisionLatches.join(' ')],
    ['latches of the execution side', '', latches.join(' ')],
    ['reports seen', execution.state.reportsIssued, seen],
    ...positionRows(world),
  ]
  const row = rows.find(([, expected, found]) => expected !== found)
  return row && `${row[0]}: expected ${row[1] || 'none'}, found ${row[2] || 'none'}`
}

/** What is left that should not be, once everything is closed and nothing is on its way. */
export function remainder(world: World): string | undefined {
  const { walletUsd, positions, orders } = world.venue.truth()
  const held = Object.entries(positions)[0]
  if (held !== undefined) return `position: ${held[1]} ${held[0]} is left at the venue`
  const open = orders.find(
    ({ status, clientOrderId }) => isOurs(clientOrderId) && (status === 'ACKNOWLEDGED' || status === 'PARTIAL'),
  )
  if (open !== undefined) return `orders: ${open.clientOrderId} is left at the venue`
  const unreported = world.oracle.unreported().find(({ symbol }) => !isUnheardRoundTrip(world, symbol))
  if (unreported !== undefined) return `fills: ${unreported.symbol} ${unreported.tradeId} was never reported`
  const { entry } = world.execution.side!.state
  if (entry !== null) return `position: ${entry.positionId} is closed, and the execution side still has it`
  const falseResult = world.oracle.falseResult()
  if (falseResult !== undefined) return `entries: ${falseResult}`
  return moneyLeft(new Exact(world.decision.side!.state.balanceUsd), new Exact(walletUsd), world)
}

/**
 * To the last digit; what someone else traded in the account is not in our books, and tolerated up to 0.1 %. The price at which
 * a liquidation leaves nothing has more digits than an exchange books: what it tells of the wallet then is rounded.
 */
function moneyLeft(balanceUsd: Exact, walletUsd: Exact, world: World): string | undefined {
  const fills = [...world.oracle.fills.values()]
  const byHand = fills.some(({ clientOrderId }) => !isOurs(clientOrderId))
  const isLiquidated = fills.some(({ clientOrderId }) => clientOrderId.startsWith('autoclose-'))
  const bookedUsd = new Exact(isLiquidated ? BOOKED_UNIT_USD : 0)
  const toleranceUsd = byHand ? walletUsd.abs().times('0.001').plus(bookedUsd) : bookedUsd
  if (balanceUsd.minus(walletUsd).abs().lte(toleranceUsd)) return undefined
  return `money: ${balanceUsd.toFixed()} USD by the decision side, ${walletUsd.toFixed()} USD at the venue`
}

function positionRows(world: World): (readonly [string, string, string])[] {
  const { positions } = world.venue.truth()
  const execution = world.execution.side!
  const { position } = world.decision.side!.state
  const decided = position === null ? '0' : signedQuantity(position)
  const symbols = SYMBOLS.filter(
    (symbol) => symbol in positions || symbol === position?.symbol || symbol === execution.state.symbol,
  )
  return symbols.flatMap((symbol) => {
    const venue = positions[symbol] ?? '0'
    return [
      [
        `position in ${symbol} by the execution side`,
        venue,
        recordedQuantity(execution.state, symbol).toFixed(),
      ] as const,
      [`position in ${symbol} by the decision side`, venue, position?.symbol === symbol ? decided : '0'] as const,
    ]
  })
}

/**
 * Traded by hand in a symbol, and closed again, while nobody listened: no position and no order shows that there was anything, and
 * a venue is not asked for the fills of every symbol.
 */
function isUnheardRoundTrip(world: World, symbol: string): boolean {
  const fills = world.oracle.unreported().filter((fill) => fill.symbol === symbol)
  const sum = fills.reduce(
    (held, { side, quantity }) => (side === 'BUY' ? held.plus(quantity) : held.minus(quantity)),
    new Exact(0),
  )
  return sum.isZero() && fills.every(({ clientOrderId }) => !isOurs(clientOrderId))
}

function isOurs(clientOrderId: string): boolean {
  return !clientOrderId.startsWith('manual-')
}

/** What an exchange books, eight places. */
const BOOKED_UNIT_USD = '0.00000001'
