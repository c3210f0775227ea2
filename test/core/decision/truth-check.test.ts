import { describe, expect, it } from 'vitest'
import { DecisionDesk } from '../../../src/core/decision/decision-desk.js'
import { Exits } from '../../../src/core/decision/exits.js'
import { type DecisionState, initialState } from '../../../src/core/decision/state.js'
import { Strategies } from '../../../src/core/decision/strategies.js'
import { TruthCheck } from '../../../src/core/decision/truth-check.js'
import type { AccountStatus, PositionStatus } from '../../../src/ports/vocabulary/messages.js'
import { OPEN, TRADE } from './held.js'
import { decisionSettings } from './two-sides.js'

/** Flat there, and no price was told. */
const FLAT_WITHOUT_PRICE: PositionStatus = {
  instrument: TRADE.instrument,
  quantity: '0',
  entryPrice: null,
  markPrice: null,
  liquidationPrice: null,
  recordedQuantity: '0',
  positionId: null,
  openOrders: [],
  venueAtMs: 5,
  reportsIssued: 0,
}

const ACCOUNT: AccountStatus = {
  walletBalanceUsd: '10000',
  equityUsd: '10000',
  availableMarginUsd: '10000',
  fundingUsd: '0',
  venueAtMs: 5,
  reportsIssued: 0,
}

function stated(state: DecisionState, status: PositionStatus): DecisionDesk {
  const desk = new DecisionDesk(decisionSettings(), new Strategies([]), state)
  desk.begin({ kind: 'time', nowMs: 20_000 })
  new TruthCheck(desk, new Exits(desk)).positionStated(status)
  return desk
}

describe('truths that fit', () => {
  /** One each five seconds, for as long as told; answers what was recorded of them. */
  function agreeing(desk: DecisionDesk, truth: TruthCheck, forMs: number) {
    const agreed: { readonly atMs: number; readonly times: number | undefined }[] = []
    for (const untilMs = desk.nowMs + forMs; desk.nowMs < untilMs; ) {
      desk.begin({ kind: 'time', nowMs: desk.nowMs + 5_000 })
      truth.positionStated({ ...FLAT_WITHOUT_PRICE, venueAtMs: desk.nowMs })
      truth.accountStated({ ...ACCOUNT, venueAtMs: desk.nowMs })
      for (const effect of desk.take())
        if (effect.kind === 'append' && effect.record.type === 'agreed')
          agreed.push({ atMs: desk.nowMs, times: effect.record.times })
    }
    return agreed
  }

  it('are recorded once a minute, with how many there were, and each counts as agreement', () => {
    const desk = new DecisionDesk(decisionSettings(), new Strategies([]), initialState(decisionSettings()))
    const truth = new TruthCheck(desk, new Exits(desk))
    expect(agreeing(desk, truth, 200_000)).toEqual([
      { atMs: 5_000, times: 1 },
      { atMs: 65_000, times: 12 },
      { atMs: 125_000, times: 12 },
      { atMs: 185_000, times: 12 },
    ])
    expect(truth.agreedAtMs).toBe(200_000)
  })

  it.each<readonly [what: string, change: Partial<DecisionState>]>([
    ['a latch', { latches: { RESTART_RECONCILE_REQUIRED: 'restart' } }],
    ['a mismatch that was counted', { mismatches: { position: 1, account: 0 } }],
  ])('are recorded at once when they end %s', (_what, change) => {
    const desk = new DecisionDesk(decisionSettings(), new Strategies([]), initialState(decisionSettings()))
    const truth = new TruthCheck(desk, new Exits(desk))
    agreeing(desk, truth, 15_000)
    desk.state = { ...desk.state, ...change }
    expect(agreeing(desk, truth, 10_000)).toEqual([{ atMs: 20_000, times: 3 }])
    expect(desk.state).toMatchObject({ latches: {}, mismatches: { position: 0, account: 0 } })
  })
})

describe('a position that the venue does not have, and of which it tells no price', () => {
  it('is given up with nothing won or lost', () => {
    const { state } = stated(OPEN, FLAT_WITHOUT_PRICE)
    expect(state).toMatchObject({ position: null, holding: null, balanceUsd: '10000' })
    expect(state.latches).toHaveProperty('POSITION_MISMATCH')
  })

  it('is left at no price when its entry may still fill', () => {
    const position = { ...OPEN.position!, state: 'ENTERING', entryOver: false } as const
    const mismatches = { position: 1, account: 0 }
    const desk = stated({ ...OPEN, position, mismatches }, FLAT_WITHOUT_PRICE)
    expect(desk.state.exit).toMatchObject({ reason: 'position_mismatch', requestedPrice: null })
  })
})
