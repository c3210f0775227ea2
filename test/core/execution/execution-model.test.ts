import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replay } from '../../../src/core/execution/recover.js'
import { recordedQuantity } from '../../../src/core/execution/state.js'
import { Bench, INSTRUMENT } from './bench-of-one.js'
import { SYMBOL, type Treatment } from './tiny-venue.js'

type Step = (bench: Bench) => void

let intents = 0
let exits = 0

const treatment: fc.Arbitrary<Treatment> = fc.oneof(
  fc.constantFrom<Treatment>(
    { kind: 'unknownButDone' },
    { kind: 'unknownAndLost' },
    { kind: 'silent' },
    { kind: 'reject', code: 'RATE_LIMITED' },
    { kind: 'reject', code: 'REDUCE_ONLY' },
    { kind: 'reject', code: 'INSUFFICIENT_MARGIN' },
  ),
  fc.constantFrom('0.2', '0.5').map((fraction): Treatment => ({ kind: 'partial', fraction })),
)

const steps: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<[string, Step]> }[] = [
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('BUY' as const, 'SELL' as const)
      .map((side) => [`enter ${side}`, (bench) => bench.enter(`i${++intents}`, '1', side)]),
  },
  { weight: 3, arbitrary: fc.constant(['exit', (bench) => bench.exit(`e${++exits}`)]) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('0.3', '1', '5')
      .map((quantity) => [`reduce ${quantity}`, (bench) => reduce(bench, quantity)]),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('88', '95', '98.5', '100', '101.5', '105', '112')
      .map((price) => [`price ${price}`, (bench) => bench.move(price)]),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(50, 200, 600, 1200, 2500, 7000)
      .map((ms) => [`wait ${ms}`, (bench) => bench.advance(ms)]),
  },
  {
    weight: 3,
    arbitrary: treatment.map((each) => [
      `treat ${JSON.stringify(each)}`,
      (bench) => void bench.venue.treatments.push(each),
    ]),
  },
  {
    weight: 1,
    arbitrary: fc
      .boolean()
      .map((loses) => [`loses fills ${loses}`, (bench) => Object.assign(bench.venue, { losesFills: loses })]),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((deaf) => [`deaf ${deaf}`, (bench) => Object.assign(bench.venue, { isDeaf: deaf })]),
  },
  { weight: 1, arbitrary: fc.boolean().map((cut) => [`cut ${cut}`, (bench) => Object.assign(bench, { isCut: cut })]) },
  {
    weight: 1,
    arbitrary: fc.boolean().map((fast) => [`fast disk ${fast}`, (bench) => Object.assign(bench, { isDiskFast: fast })]),
  },
  { weight: 2, arbitrary: fc.constant(['sync', (bench) => bench.sync()]) },
  { weight: 2, arbitrary: fc.constant(['again', repeatFill]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('BUY' as const, 'SELL' as const), fc.constantFrom('0.4', '1', '1.7'), fc.boolean())
      .map(([side, quantity, silent]) => [
        `foreign ${side} ${quantity} ${silent ? 'silent' : ''}`,
        (bench) => void bench.venue.foreign(side, quantity, silent ? { silent } : {}),
      ]),
  },
  { weight: 1, arbitrary: fc.constant(['liquidation', liquidate]) },
  { weight: 1, arbitrary: fc.constant(['kill', (bench) => bench.command({ command: 'kill', reason: 'test' })]) },
  { weight: 1, arbitrary: fc.constant(['resume', (bench) => bench.command({ command: 'resume', reason: 'test' })]) },
  {
    weight: 1,
    arbitrary: fc.constant(['garbage', (bench) => bench.give({ kind: 'message', text: 'x' })]),
  },
  { weight: 1, arbitrary: fc.constant(['resync', (bench) => bench.command({ command: 'resync', reason: 'test' })]) },
  { weight: 2, arbitrary: fc.constant(['crash', crash]) },
]

const script = fc.array(fc.oneof(...steps), { minLength: 3, maxLength: 40 })

test('whatever happens: no invariant breaks, records give the state, and afterwards everything comes to rest', () => {
  fc.assert(
    fc.property(script, (chosen) => {
      intents = 0
      exits = 0
      const bench = Bench.ready()
      for (const [, step] of chosen) {
        step(bench)
        expect(replay(bench.records)).toEqual(bench.side.state)
      }
      expectRest(bench)
    }),
    { numRuns: Number(process.env.MODEL_RUNS ?? 150) },
  )
})

/** Faults end, an operator brings everything back: flat, nothing latched, and a trade goes through. */
function expectRest(bench: Bench): void {
  bench.isCut = false
  bench.isDiskFast = true
  bench.venue.isDeaf = false
  bench.venue.losesFills = false
  bench.venue.treatments = []
  bench.sync()
  bench.command({ command: 'resync', reason: 'rest' })
  bench.command({ command: 'flatten', reason: 'rest' })
  bench.advance(40_000)
  bench.command({ command: 'flatten', reason: 'rest' })
  bench.advance(20_000)
  bench.command({ command: 'resume', reason: 'rest' })
  bench.advance(6_000)
  expect(bench.venue.position.toFixed()).toBe('0')
  expect(recordedQuantity(bench.side.state, SYMBOL).toFixed()).toBe('0')
  expect(bench.side.state).toMatchObject({ entry: null, exit: null, orders: {}, foreign: {}, latches: [] })
  expect(bench.side.entryBlocks()).toEqual([])
  const entries = bench.ids.filter((id) => id.endsWith('.e'))
  expect(new Set(entries).size).toBe(entries.length)
  bench.move('100')
  bench.enter('last')
  bench.advance(1000)
  expect(bench.side.openPosition?.position.quantity).toBe('1')
  expect(bench.side.unacknowledgedReports).toBe(0)
}

function reduce(bench: Bench, quantity: string): void {
  const { entry } = bench.side.state
  if (entry === null) return
  bench.message({
    type: 'APPROVED_ACTION',
    body: {
      actionId: `r${++intents}`,
      action: 'REDUCE',
      strategyId: 'blue',
      instrument: INSTRUMENT.identity,
      side: entry.side === 'BUY' ? 'SELL' : 'BUY',
      quantity,
      requestedPrice: '100',
      positionId: entry.positionId,
    },
  })
}

function repeatFill(bench: Bench): void {
  const fill = bench.venue.fills.at(-1)
  if (
    fill !== undefined &&
    bench.records.some((record) => record.type === 'fill' && record.fill.tradeId === fill.tradeId)
  ) {
    bench.venueEvent({ kind: 'fill', fill })
  }
}

function liquidate(bench: Bench): void {
  const { position } = bench.venue
  if (position.isZero()) return
  bench.venue.foreign(position.isPositive() ? 'SELL' : 'BUY', position.abs().toFixed(), { liquidation: true })
}

function crash(bench: Bench): void {
  bench.crash()
  bench.restart()
}
