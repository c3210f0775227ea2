import { Exact } from '../../src/base/exact.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'
import type { ActiveFault } from './fault-board.js'
import { type FaultKind, SIDES } from './fault-plan.js'
import { INSTRUMENTS, SYMBOLS } from './market.js'
import { RIGHT_BUILD, type World, WRONG_BUILD } from './world.js'

/** What a fault does to the world at its beginning and its end. What is not here is looked up while it lasts. */
type Strike = (world: World, active: ActiveFault) => void

export const BEGINS: Partial<Record<FaultKind, Strike>> = {
  'clock-skew': setClock,
  'clock-insane': setClock,
  'venue-disconnect': (world) => world.venue.setConnected(false),
  'venue-foreign-order': restByHand,
  'venue-foreign-fill': tradeByHand,
  'venue-halt': (world, active) => {
    active.strikes()
    setStatus(world, 'HALTED')
  },
  'feed-gap': onProcess((world, { fault: { amount } }) => {
    const feed = amount < 0.5 ? 'BOOK' : 'TRADES'
    world.decision.post({ kind: 'feedGap', feed, cause: 'simulated' })
  }),
  'disk-filling': measureHost,
  'loop-stall': measureHost,
  'market-gap': (world, active) => {
    active.strikes()
    world.market.jump(symbolOfInterest(world, active), active.fault.amount)
  },
  'market-crash': crashMarket,
  'disk-torn-write': onProcess((world, { fault: { side, amount } }) => world.restart(side, 2_000, amount)),
  'disk-bit-flip': onProcess((world, { fault: { side }, random }) => {
    world.restart(side, 5_000)
    world.host(side).disk.flipBit(random)
  }),
  crash: onProcess((world, { fault: { side, amount }, random }) =>
    world.host(side).crashAfterEffects(Math.floor(amount), random.double()),
  ),
  'crash-both': (world, active) => {
    active.strikes()
    for (const side of SIDES) world.host(side).crash(active.random.double())
  },
  'wrong-build': onProcess((world, { fault: { side } }) => {
    world.restart(side, 500)
    world.setBuild(side, WRONG_BUILD)
  }),
  'operator-kill': (world, active) => {
    active.strikes()
    for (const side of SIDES) world.operator.forbid(side, 'kill')
  },
  'operator-reduce-only': (world, active) => {
    active.strikes()
    world.operator.forbid(active.fault.side, 'reduce-only')
  },
  'operator-maintenance': (world, active) => {
    active.strikes()
    world.operator.maintain(active.fault.side, true)
  },
  'operator-flatten': onProcess((world, { fault: { side } }) =>
    world.command(side, { command: 'flatten', reason: 'simulated' }),
  ),
  'operator-resync': onProcess((world, { fault: { side } }) =>
    world.command(side, { command: 'resync', reason: 'simulated' }),
  ),
}

export const ENDS: Partial<Record<FaultKind, Strike>> = {
  'clock-skew': resetClock,
  'clock-insane': resetClock,
  'venue-disconnect': (world) => {
    if (world.faults.under('venue-disconnect') === undefined) world.venue.setConnected(true)
  },
  'venue-halt': (world) => {
    if (world.faults.under('venue-halt') === undefined) setStatus(world, 'TRADING')
  },
  crash: (world, { fault: { side } }) => {
    world.host(side).spare()
    world.start(side)
  },
  'crash-both': (world) => {
    for (const side of SIDES) world.start(side)
  },
  'wrong-build': (world, { fault: { side } }) => {
    world.setBuild(side, RIGHT_BUILD)
    world.restart(side, 100)
  },
  'operator-kill': (world) => {
    for (const side of SIDES) world.operator.release(side)
  },
  'operator-reduce-only': (world, { fault: { side } }) => world.operator.release(side),
  'operator-maintenance': (world, { fault: { side } }) => world.operator.maintain(side, false),
  'disk-filling': (world, { fault: { side } }) => world.measure(side),
  'loop-stall': (world, { fault: { side } }) => world.measure(side),
}

/** One that is down already is spared. */
function onProcess(strike: Strike): Strike {
  return (world, active) => {
    if (!world.host(active.fault.side).up) return
    active.strikes()
    strike(world, active)
  }
}

function measureHost(world: World, active: ActiveFault): void {
  active.strikes()
  world.measure(active.fault.side)
}

function setClock(world: World, active: ActiveFault): void {
  active.strikes()
  const { side, amount } = active.fault
  world.host(side).clock.setOffset(amount)
}

function resetClock(world: World, { fault: { side } }: ActiveFault): void {
  world.host(side).clock.setOffset(0)
}

function setStatus(world: World, status: Instrument['status']): void {
  for (const instrument of INSTRUMENTS) {
    world.venue.instrument({ ...instrument, status })
  }
}

/** The symbol that the account holds, else any. */
function symbolOfInterest(world: World, { random }: ActiveFault): string {
  const held = [...world.oracle.positions].find(([, quantity]) => !quantity.isZero())
  return held?.[0] ?? SYMBOLS[random.integer(0, SYMBOLS.length - 1)]!
}

function sideByDice({ random }: ActiveFault): 'BUY' | 'SELL' {
  return random.integer(0, 1) === 0 ? 'BUY' : 'SELL'
}

function restByHand(world: World, active: ActiveFault): void {
  active.strikes()
  const symbol = symbolOfInterest(world, active)
  const side = sideByDice(active)
  const price = world.market.price(symbol, side === 'BUY' ? 0.9 : 1.1)
  world.venue.foreign({ symbol, side, quantity: world.market.quantity(symbol, 1_000), price })
}

function tradeByHand(world: World, active: ActiveFault): void {
  active.strikes()
  const symbol = symbolOfInterest(world, active)
  const lot = INSTRUMENTS[SYMBOLS.indexOf(symbol)]!.lotSize
  const held = world.oracle.positions.get(symbol) ?? new Exact(lot)
  const quantity = Exact.max(lot, held.abs().times(active.fault.amount).toNearest(lot))
  world.venue.foreign({ symbol, side: sideByDice(active), quantity: quantity.toFixed() })
}

/** Against the position, by enough to have it liquidated: a short needs more, since its loss grows with the price. */
function crashMarket(world: World, active: ActiveFault): void {
  active.strikes()
  const symbol = symbolOfInterest(world, active)
  const short = world.oracle.positions.get(symbol)?.isNegative() ?? false
  world.market.jump(symbol, short ? active.fault.amount * 5 : -active.fault.amount)
}
