import { expect } from 'vitest'
import type { HostConditions } from '../../../src/ports/sides.js'
import { type PositionId, positionId } from '../../../src/ports/vocabulary/ids.js'
import type { EntryPermission } from '../../../src/ports/vocabulary/messages.js'
import { Bench, INSTRUMENT } from './bench-of-one.js'

/** A long of 1 at 100, protected, everything acknowledged. */
export function open(): Bench {
  const bench = Bench.ready()
  bench.enter()
  bench.advance(500)
  expect(bench.side.openPosition?.position.state).toBe('OPEN')
  return bench
}

/** The permission that would fit the first intent. */
export function permissionOf(bench: Bench): EntryPermission {
  const { intentId, correlationId, instrument, side, quantity } = bench.heardOf('ENTRY_INTENT')[0]!
  return { permissionId: 'p', intentId, correlationId, instrument, side, quantity }
}

/** Nothing is open, at the venue or here, and no order is left. */
export function expectFlat(bench: Bench): void {
  expect(bench.venue.position.toFixed()).toBe('0')
  expect(bench.side.state.entry).toBe(null)
  expect(bench.side.state.exit).toBe(null)
  expect([...bench.venue.orders.values()].filter(({ report }) => report.status === 'ACKNOWLEDGED')).toEqual([])
}

/** The host tells what it has measured. */
export function measured(bench: Bench, conditions: Partial<HostConditions>): void {
  bench.give({ kind: 'conditions', conditions })
}

/** The venue binds this share of the margin, and the next truth tells it. */
export function bound(bench: Bench, share: string): void {
  bench.venue.boundShare = share
  bench.advance(6000)
}

/** The decision side asks to reduce the position `i1`. */
export function reduce(
  bench: Bench,
  quantity: string,
  other: Partial<{ positionId: PositionId; side: 'BUY' | 'SELL' }> = {},
): void {
  bench.message({
    type: 'APPROVED_ACTION',
    body: {
      actionId: 'a2',
      action: 'REDUCE',
      strategyId: 'blue',
      instrument: INSTRUMENT.identity,
      side: 'SELL',
      quantity,
      requestedPrice: '100',
      positionId: positionId('i1'),
      ...other,
    },
  })
}

/** Half a contract is bought by somebody else. */
export function foreignFill(bench: Bench): void {
  bench.venue.foreign('BUY', '0.5')
  bench.advance(50)
}

/** An exit left and filled, its record did not reach the disk, and the venue does not tell yet. */
export function crashedAfterExit(): Bench {
  const bench = open()
  bench.isDiskFast = false
  bench.venue.treatments = [{ kind: 'silent' }]
  bench.exit()
  bench.crash()
  bench.isDiskFast = true
  bench.venue.withholds = ['snapshot']
  bench.restart()
  return bench
}
