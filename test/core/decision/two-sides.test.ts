import { describe, expect, it } from 'vitest'
import { tradeFacts } from '../../../src/core/decision/records.js'
import { atBars, ScriptedStrategy } from '../../support/scripted-strategy.js'
import { TwoSides } from './two-sides.js'

const ENTRY = {
  type: 'ENTRY',
  symbol: 'BTCUSDT',
  direction: -1,
  notionalUsd: 5000,
  price: 50_000,
  reason: 'SIGNAL',
} as const
const EXIT = { type: 'EXIT', symbol: 'BTCUSDT', price: 50_000, reason: 'MAX_HOLD' } as const

describe('both sides', () => {
  it('enter by proposal, intent and permission, and leave by command', () => {
    let blue = new ScriptedStrategy('blue', atBars({ 2: [ENTRY], 4: [EXIT] }))
    const sides = TwoSides.ready(() => {
      blue = new ScriptedStrategy('blue', atBars({ 2: [ENTRY], 4: [EXIT] }))
      return [blue]
    })
    for (let i = 0; i < 3; i++) sides.bar()
    for (let i = 0; i < 4; i++) sides.bar()
      sides.decision.disk
        .map(tradeFacts)
        .filter((facts) => Object.keys(facts).length > 0)
        .map((f) => JSON.stringify(f)),
    )
    expect(sides.replayedHash()).toBe(sides.decisionSide.stateHash())
  })
})
