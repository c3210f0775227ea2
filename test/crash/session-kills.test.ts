import { beforeAll, describe, expect, it } from 'vitest'
import { type KilledSession, killSession } from './session-kills.js'
import { type SessionEvidence, wholeLaws } from './session-laws.js'

/** How often each session is killed; `npm run crash -- --what session --kills 500` looks for what nobody thought of. */
const KILLS = 3

describe('a session by the clock that is killed goes on, and money, position and trades reconcile', () => {
  let first: KilledSession
  beforeAll(async () => {
    first = await killSession({ seed: 11, fills: 'bar-price', executor: 'in-process', killsMax: KILLS })
  })

  it('with fills at the price of bars', () => {
    expect(first.broken).toEqual([])
    expect(first.kills).toBeGreaterThan(0)
    expect(first.trades).toBeGreaterThan(0)
  })

  it.each([
    ['realistic', 'in-process', 12],
    ['bar-price', 'process', 13],
    ['realistic', 'process', 14],
  ] as const)('with %s fills and an executor %s', async (fills, executor, seed) => {
    const { broken, kills } = await killSession({ seed, fills, executor, killsMax: KILLS })
    expect(broken).toEqual([])
    expect(kills).toBeGreaterThan(0)
  })

  it.each<[string, RegExp, (held: SessionEvidence) => SessionEvidence]>([
    [
      'a fill that the exchange forgot',
      /was never made/,
      (held) => ({
        ...held,
        exchange: held.exchange.map((record) => (record.type === 'changed' ? { ...record, fills: [] } : record)),
      }),
    ],
    [
      'a fill that was lost',
      /were made, .* are in the execution journal/,
      (held) => ({ ...held, execution: held.execution.filter(({ type }) => type !== 'fill') }),
    ],
    [
      'a fill that was counted twice',
      /is in the execution journal twice/,
      (held) => ({ ...held, execution: [...held.execution, ...held.execution] }),
    ],
    ['a bar that was lost', /bars .* were decided on/, (held) => ({ ...held, decision: held.decision.slice(0, -9) })],
    [
      'money that nobody made',
      /the wallet gained/,
      (held) => ({
        ...held,
        exchange: held.exchange.map((record) =>
          record.type === 'changed' ? { ...record, account: { ...record.account, walletUsd: '1' } } : record,
        ),
      }),
    ],
    [
      'a position without its exits',
      /naked/,
      (held) => ({
        ...held,
        exchange: held.exchange.map((record) =>
          record.type === 'changed'
            ? { ...record, orders: record.orders.filter(({ request }) => !request.reduceOnly) }
            : record,
        ),
      }),
    ],
  ])('would be found out: %s', (_, law, tamper) => {
    const found = wholeLaws(tamper(first.evidence), first.report!, 'in-process')
    expect(found.some((text) => law.test(text))).toBe(true)
  })
})
