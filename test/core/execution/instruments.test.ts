import { expect, test } from 'vitest'
import { Bench, INSTRUMENT, SETTINGS } from './bench-of-one.js'

test.each([
  ['no multiple of the lot', '1.0005'],
  ['a notional that is too small', '0.01'],
  ['more than one order may have', '101'],
])('an entry of %s is refused for its size', (_, quantity) => {
  const bench = Bench.ready()
  bench.enter('i1', quantity)
  bench.advance(100)
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_LOT_OR_NOTIONAL' }])
})

test('an entry in a contract that is not the active one is refused, and the contract is told as unintended', () => {
  const bench = Bench.ready()
  const instrument = { ...INSTRUMENT.identity, contractType: 'DATED' as const, expiry: '2026-12-25' }
  bench.message({
    type: 'APPROVED_ACTION',
    body: {
      actionId: 'i1',
      action: 'ENTRY',
      strategyId: 'blue',
      instrument,
      side: 'BUY',
      quantity: '1',
      requestedPrice: '100',
    },
  })
  bench.advance(100)
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_INSTRUMENT' }])
  expect(bench.heardOf('ACTIVE_CONTRACT_STATUS')).toMatchObject([{ status: 'UNINTENDED' }])
})

test('an entry in a contract past its expiry is refused, and the contract is told as expired', () => {
  const identity = { ...INSTRUMENT.identity, contractType: 'DATED' as const, expiry: '1970-01-01' }
  const bench = Bench.ready({ ...SETTINGS, instruments: [{ ...INSTRUMENT, identity }] })
  bench.message({
    type: 'APPROVED_ACTION',
    body: {
      actionId: 'i1',
      action: 'ENTRY',
      strategyId: 'blue',
      instrument: identity,
      side: 'BUY',
      quantity: '1',
      requestedPrice: '100',
    },
  })
  bench.advance(100)
  expect(bench.heardOf('ACTIVE_CONTRACT_STATUS')).toMatchObject([{ status: 'EXPIRED' }])
})
