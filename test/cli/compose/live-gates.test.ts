import { describe, expect, it } from 'vitest'
import type { RestOutcome } from '../../../src/adapters/binance/rest/call.js'
import { rulingProblems } from '../../../src/cli/compose/live-gates.js'

const REFUSED = { kind: 'refused', error: { message: 'not for this key', httpStatus: 400 } } as unknown as RestOutcome
const NOWHERE = { kind: 'refused', error: { message: 'no such path', httpStatus: 404 } } as unknown as RestOutcome
const LOST = { kind: 'lost', message: 'no answer in time' } as unknown as RestOutcome

function done(value: unknown): RestOutcome {
  return { kind: 'done', value } as unknown as RestOutcome
}

describe('an account is found set up only where the exchange says so', () => {
  it.each<[why: string, ...Parameters<typeof rulingProblems>, count: number]>([
    ['production must say that the key may not withdraw', 'apiRestrictions', NOWHERE, { name: 'production' }, 1],
    ['a demo cannot say it', 'apiRestrictions', NOWHERE, { name: 'demo' }, 0],
    ['whoever can say it and does not', 'apiRestrictions', REFUSED, { name: 'demo' }, 1],
    ['no answer is no answer anywhere', 'apiRestrictions', LOST, { name: 'demo' }, 1],
    ['a key that may withdraw', 'apiRestrictions', done({ enableWithdrawals: true }), { name: 'production' }, 1],
    ['one that may not', 'apiRestrictions', done({ enableWithdrawals: false }), { name: 'production' }, 0],
    ['an answer without the word', 'positionMode', done({}), { name: 'production' }, 1],
    ['an answer that is none', 'positionMode', done(null), { name: 'production' }, 1],
    ['a refusal', 'multiAssetsMode', REFUSED, { name: 'demo' }, 1],
  ])('%s', (_, route, outcome, at, count) => {
    expect(rulingProblems(route, outcome, at)).toHaveLength(count)
  })
})
