import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  breakerMandates,
  closedBreaker,
  countTrade,
  type LossBreaker,
  resetBreaker,
} from '../../../src/core/risk/loss-breaker.js'

const LIMITS = { consecutiveLossesMax: 3, lossPctMax: 0.1 }

function having(...nets: readonly string[]): LossBreaker {
  return nets.reduce((breaker, net) => countTrade(breaker, net, LIMITS), closedBreaker('1000'))
}

describe('the loss breaker', () => {
  it.each`
    nets                          | state       | cause
    ${[]}                         | ${'CLOSED'} | ${null}
    ${['-1', '-1']}               | ${'CLOSED'} | ${null}
    ${['-1', '-1', '-1']}         | ${'OPEN'}   | ${'3 losses in a row'}
    ${['-1', '-1', '0', '-1']}    | ${'CLOSED'} | ${null}
    ${['-99.99']}                 | ${'CLOSED'} | ${null}
    ${['-100']}                   | ${'OPEN'}   | ${'loss of 100.00 USD of 1000'}
    ${['50', '-149.99', '-0.01']} | ${'OPEN'}   | ${'loss of 100.00 USD of 1000'}
  `('is $state after $nets', ({ nets, state, cause }) => {
    expect(having(...nets)).toMatchObject({ state, cause })
  })

  it('never closes by itself, whatever is won', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 1000 })), (nets) => {
        const opened = having('-1', '-1', '-1', ...nets.map(String))
        expect(opened).toMatchObject({ state: 'OPEN', cause: '3 losses in a row' })
      }),
    )
  })

  it('watches nothing without limits', () => {
    const off = { consecutiveLossesMax: null, lossPctMax: null }
    expect(countTrade(closedBreaker('1000'), '-999', off).state).toBe('CLOSED')
  })

  it('blocks every symbol while open, and none while closed', () => {
    const symbols = ['BTCUSDT', 'ETHUSDT']
    expect(breakerMandates(having(), symbols, 7)).toEqual([])
    const blocks = breakerMandates(having('-100'), symbols, 7)
    expect(blocks.map(({ symbol, type, authority }) => [symbol, type, authority])).toEqual([
      ['BTCUSDT', 'BLOCK', 1],
      ['ETHUSDT', 'BLOCK', 1],
    ])
  })

  it('closes by a command with a reason, and counts anew from the capital of that moment', () => {
    expect(() => resetBreaker('900', ' ')).toThrow('needs a reason')
    expect(resetBreaker('900', 'looked into it')).toEqual(closedBreaker('900'))
  })
})
