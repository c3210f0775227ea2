import { describe, expect, it } from 'vitest'
import { EXECUTION_SHAPE, ExecutionRecovery } from '../../../src/core/execution/recover.js'
import type { Checkpoint } from '../../../src/ports/journal.js'
import { atBars, ScriptedStrategy } from '../../support/scripted-strategy.js'
import { decisionSettings, TwoSides } from '../decision/two-sides.js'
import { fieldsOf } from '../fields-of.js'

const SCRIPT = atBars({
  1: [{ type: 'ENTRY', symbol: 'BTCUSDT', direction: -1, notionalUsd: 5000, price: 50_000, reason: 'SIGNAL' }],
})

/** With a position and the orders that protect it. */
function held() {
  const sides = TwoSides.ready(() => [new ScriptedStrategy('blue', SCRIPT)], decisionSettings())
  for (let bar = 0; bar < 4; bar++) sides.bar()
  const side = sides.executionSide
  return { sides, side, checkpoint: JSON.parse(JSON.stringify(side.checkpoint())) as Checkpoint }
}

describe('the execution side', () => {
  it('is recovered from a checkpoint and what follows it as from everything', () => {
    const { sides, side, checkpoint } = held()
    expect(side.openPosition).not.toBeNull()
    sides.bar()
    sides.run(100)
    const recovery = new ExecutionRecovery()
    expect(recovery.begin(checkpoint)).toBeUndefined()
    for (const record of sides.executionDisk.records.slice(checkpoint.records)) recovery.take(record)
    expect(recovery.checkpoint().stateHash).toBe(side.stateHash())
  })

  it.each<readonly [what: string, change: (checkpoint: Checkpoint) => object, refusal: RegExp]>([
    ['of another shape', () => ({ shape: 'execution/0' }), /^shape: expected execution\/\d+, found execution\/0$/],
    [
      'of another state',
      ({ state }) => ({ state: { ...(state as object), mode: 'KILL' } }),
      /^state: expected the one/,
    ],
    ['behind another record', ({ records }) => ({ records: records + 1 }), /^state: expected the one behind record/],
  ])('refuses a checkpoint %s', (_what, change, refusal) => {
    const { checkpoint } = held()
    expect(new ExecutionRecovery().begin({ ...checkpoint, ...change(checkpoint) })).toMatch(refusal)
  })
})

it('an execution state that is made of other fields needs another shape: a start would take the old one for it', () => {
  expect([EXECUTION_SHAPE, fieldsOf(held().checkpoint.state)]).toMatchInlineSnapshot(`
    [
      "execution/3",
      [
        ".alerts: number",
        ".entry.correlationId: string",
        ".entry.instrument.contractType: string",
        ".entry.instrument.exchange: string",
        ".entry.instrument.expiry: string",
        ".entry.instrument.symbol: string",
        ".entry.issuedAtMs: number",
        ".entry.position.direction: number",
        ".entry.position.entryCostUsd: string",
        ".entry.position.entryOver: boolean",
        ".entry.position.entryPrice: string",
        ".entry.position.entryQuantity: string",
        ".entry.position.history[]: string",
        ".entry.position.quantity: string",
        ".entry.position.state: string",
        ".entry.position.symbol: string",
        ".entry.positionId: string",
        ".entry.quantity: string",
        ".entry.reduce: null",
        ".entry.requestedPrice: string",
        ".entry.side: string",
        ".entry.stage: string",
        ".entry.stopPrice: string",
        ".entry.strategyId: string",
        ".entry.takeProfitPrice: string",
        ".exit: null",
        ".foreign: {}",
        ".funding.lastMs: number",
        ".funding.throughMs: number",
        ".funding.usd: string",
        ".isMaintained: boolean",
        ".mode: string",
        ".n: number",
        ".numbers.r: number",
        ".numbers.s: number",
        ".numbers.t: number",
        ".numbers.x: number",
        ".orders.*.kind: string",
        ".orders.*.order.acceptedQuantity: string",
        ".orders.*.order.feesUsd: string",
        ".orders.*.order.filledCostUsd: string",
        ".orders.*.order.filledQuantity: string",
        ".orders.*.order.outcomeUnknown: boolean",
        ".orders.*.order.reason: string",
        ".orders.*.order.request.clientOrderId: string",
        ".orders.*.order.request.price: string",
        ".orders.*.order.request.quantity: string",
        ".orders.*.order.request.reduceOnly: boolean",
        ".orders.*.order.request.side: string",
        ".orders.*.order.request.stopPrice: string",
        ".orders.*.order.request.symbol: string",
        ".orders.*.order.request.type: string",
        ".orders.*.order.status: string",
        ".orders.*.order.tradeIds[]: number",
        ".orders.*.purpose: string",
        ".orders.*.reportedQuantity: string",
        ".orders.*.requestedAtMs: number",
        ".orders.*.requestedPrice: string",
        ".orders.*.submittedAtMs: number",
        ".orders.*.validUntilMs: number",
        ".reportsIssued: number",
        ".seen.*.through: number",
        ".session: number",
        ".symbol: string",
      ],
    ]
  `)
})
