import { describe, expect, it } from 'vitest'
import { FaultBoard } from '../../src/sandbox/fault-board.js'
import { FAULTS } from '../../src/sandbox/faults.js'

function drawn(share: number, draws: number, seed = 1): number {
  const board = new FaultBoard(seed)
  return Array.from({ length: draws }, () => board.happens(share)).filter(Boolean).length
}

describe('the fault board', () => {
  it('is as if nothing were wrong until somebody says otherwise, and again when it is cleared', () => {
    const board = new FaultBoard(1)
    for (const [name, fault] of Object.entries(FAULTS)) {
      if (fault.kind === 'knob') expect(board.plan).toHaveProperty(name, fault.normal)
    }
    board.set('algoLagMs', 5_000)
    expect(board.plan.algoLagMs).toBe(5_000)
    board.clear()
    expect(board.plan.algoLagMs).toBe(0)
  })

  it('hands out each act once, in the order in which they were asked for', () => {
    const board = new FaultBoard(1)
    board.strike('ban', 1_000)
    board.strike('cutSockets')
    expect(board.isPending).toBe(true)
    expect(board.takeStrikes()).toEqual([
      { act: 'ban', argument: 1_000 },
      { act: 'cutSockets', argument: undefined },
    ])
    expect(board.isPending).toBe(false)
    expect(board.takeStrikes()).toEqual([])
  })

  it.each([
    [0, 0, 0],
    [0.001, 50, 150],
    [0.3, 29_500, 30_500],
    [0.9, 89_500, 90_500],
    [1, 100_000, 100_000],
  ])('lets a chance of %d happen as often', (share, least, most) => {
    const count = drawn(share, 100_000)
    expect(count).toBeGreaterThanOrEqual(least)
    expect(count).toBeLessThanOrEqual(most)
  })

  it('draws the same for the same seed, and nothing for a chance of nothing', () => {
    expect(drawn(0.5, 1_000)).toBe(drawn(0.5, 1_000))
    const board = new FaultBoard(7)
    const other = new FaultBoard(7)
    for (let i = 0; i < 10; i++) other.happens(0)
    expect(Array.from({ length: 50 }, () => board.happens(0.5))).toEqual(
      Array.from({ length: 50 }, () => other.happens(0.5)),
    )
  })
})
