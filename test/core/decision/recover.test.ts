import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import { DECISION_SHAPE, DecisionRecovery } from '../../../src/core/decision/recover.js'
import type { Checkpoint } from '../../../src/ports/journal.js'
import { atBars, ScriptedStrategy } from '../../support/scripted-strategy.js'
import { fieldsOf } from '../fields-of.js'
import { decisionSettings, TwoSides } from './two-sides.js'

const SCRIPT = atBars({
  1: [{ type: 'ENTRY', symbol: 'BTCUSDT', direction: -1, notionalUsd: 5000, price: 50_000, reason: 'SIGNAL' }],
})
const strategies = () => [new ScriptedStrategy('blue', SCRIPT)]
const recovery = () => new DecisionRecovery(decisionSettings(), strategies)

/** With a position, its trade, an exit under way, a latch and a breaker that has counted. */
function held(): { readonly sides: TwoSides; readonly checkpoint: Checkpoint } {
  const sides = TwoSides.ready(strategies, decisionSettings())
  for (let bar = 0; bar < 4; bar++) sides.bar()
  return { sides, checkpoint: JSON.parse(JSON.stringify(sides.decisionSide.checkpoint())) as Checkpoint }
}

describe('the decision side', () => {
  it('is recovered from a checkpoint and what follows it as from everything', () => {
    const { sides, checkpoint } = held()
    expect(sides.decisionSide.state.position).not.toBeNull()
    sides.bar()
    expect(sides.replayedHash(checkpoint)).toBe(sides.decisionSide.stateHash())
    const found = recovery()
    expect(found.begin(checkpoint)).toBeUndefined()
    expect(found.checkpoint()).toEqual(checkpoint)
  })

  it.each<readonly [what: string, change: (checkpoint: Checkpoint) => unknown, refusal: RegExp]>([
    ['of another shape', () => ({ shape: 'decision/0' }), /^shape: expected decision\/\d+, found decision\/0$/],
    ['of another state', ({ state }) => ({ state: withState(state, { balanceUsd: '1' }) }), /^state: expected the one/],
    ['of other strategies', ({ state }) => ({ state: { ...(state as object), strategies: {} } }), /a snapshot of blue/],
    ['without a state', () => ({ state: {} }), /undefined/],
    [
      'of a position that none can be',
      ({ state }) => ({
        state: withState(state, { position: { ...positionIn(state), state: 'OPEN', quantity: '0' } }),
      }),
      /I-PSM-2/,
    ],
  ])('refuses a checkpoint %s, and is as it was before the first record', (_what, change, refusal) => {
    const { checkpoint } = held()
    const found = recovery()
    expect(found.begin({ ...checkpoint, ...(change(checkpoint) as object) })).toMatch(refusal)
    expect(found.begin(undefined)).toBeUndefined()
    expect(found.checkpoint()).toEqual(recovery().checkpoint())
  })

  it('reads the checkpoints that older journals have among their records, and goes on as if they were not there', () => {
    const { sides } = held()
    const records = [...sides.decisionDisk.records]
    const old = { n: 3, atMs: 1, inputs: '', type: 'checkpoint', state: { checkpointBar: 7 }, strategies: {} }
    const shifted = records.slice(2).map((record) => ({ ...record, n: record.n + 1 }))
    const [plain, withOld] = [recovery(), recovery()]
    for (const record of records) plain.take(record)
    for (const record of [...records.slice(0, 2), old, ...shifted] as DecisionRecord[]) withOld.take(record)
    expect(withOld.finish().state).toEqual({ ...plain.finish().state, records: records.length + 1 })
  })
})

it('a decision state that is made of other fields needs another shape: a start would take the old one for it', () => {
  const { checkpoint } = held()
  expect([DECISION_SHAPE, fieldsOf((checkpoint.state as { readonly state: unknown }).state)]).toMatchInlineSnapshot(`
    [
      "decision/5",
      [
        ".assumptions: {}",
        ".balanceUsd: string",
        ".bar: number",
        ".barAtMs: number",
        ".begun.idPrefix: string",
        ".begun.initialBalanceUsd: string",
        ".blocked: {}",
        ".breaker.capitalUsd: string",
        ".breaker.cause: null",
        ".breaker.consecutiveLosses: number",
        ".breaker.netPnlUsd: string",
        ".breaker.state: string",
        ".exit: null",
        ".forewarner: string",
        ".harness.audited: number",
        ".harness.halt: null",
        ".harness.last.atMs: number",
        ".harness.last.cycle: string",
        ".harness.last.outcome: string",
        ".harness.postures[]: string",
        ".harness.scans[].dataQuality: number",
        ".harness.scans[].velDiv: number",
        ".harness.takenInMs: number",
        ".holding.direction: number",
        ".holding.entryBar: number",
        ".holding.entryBarAtMs: number",
        ".holding.entryFeesUsd: string",
        ".holding.exitFeesUsd: string",
        ".holding.exitQuantity: string",
        ".holding.exitValueUsd: string",
        ".holding.fundingUsd: string",
        ".holding.instrument.contractType: string",
        ".holding.instrument.exchange: string",
        ".holding.instrument.expiry: string",
        ".holding.instrument.symbol: string",
        ".holding.lastExit: null",
        ".holding.openedAtMs: number",
        ".holding.orderedQuantity: string",
        ".holding.permissionId: string",
        ".holding.positionId: string",
        ".holding.proposedAtMs: number",
        ".holding.provenance.beliefId: string",
        ".holding.provenance.permission: string",
        ".holding.provenance.regimeStateId: string",
        ".holding.provenance.signalId: string",
        ".holding.requestedPrice: string",
        ".holding.side: string",
        ".holding.strategyId: string",
        ".holding.targetNotionalUsd: string",
        ".isMaintained: boolean",
        ".latches: {}",
        ".mismatches.account: number",
        ".mismatches.position: number",
        ".mode: string",
        ".modeCause: string",
        ".position.direction: number",
        ".position.entryCostUsd: string",
        ".position.entryOver: boolean",
        ".position.entryPrice: string",
        ".position.entryQuantity: string",
        ".position.history[]: string",
        ".position.quantity: string",
        ".position.state: string",
        ".position.symbol: string",
        ".posture: string",
        ".records: number",
        ".reduction: null",
        ".reportsSeen: number",
        ".session: number",
        ".symbols[]: string",
      ],
    ]
  `)
})

function positionIn(held: unknown): object {
  return (held as { readonly state: { readonly position: object } }).state.position
}

function withState(held: unknown, change: object): unknown {
  const { state, ...rest } = held as { readonly state: object }
  return { ...rest, state: { ...state, ...change } }
}
