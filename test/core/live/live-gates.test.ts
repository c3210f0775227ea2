import { describe, expect, it } from 'vitest'
import { type LiveFacts, type LiveGate, liveGates } from '../../../src/core/live/live-gates.js'

const AT_MS = 1_700_000_000_000
const RECORD = { holds: true, days: 30, from: '2026-10-01', to: '2026-10-30', sinceMs: AT_MS - 5, faults: [] }

/** Everything as it must be. */
const GOOD: LiveFacts = {
  champion: { hash: 'aaaa', frozenHash: 'aaaa', isOwn: false },
  certificate: { state: 'PASS', expiresAtMs: AT_MS + 1, issuedAtMs: AT_MS - 9, why: '30 days' },
  record: RECORD,
  orderBook: { kind: 'live', source: 'books of BTCUSDT', isProduction: true, sinceMs: AT_MS - 60_000 },
  exchange: { name: 'production', isProduction: true, atMs: AT_MS },
  clock: { offsetMs: -99, toleranceMs: 20, atMs: AT_MS },
  disk: { usedPct: 84.9, atMs: AT_MS },
  grid: { place: 'embedded', sinceMs: AT_MS - 3 },
  confirmation: { alias: 'SgsR', given: 'SgsR', atMs: AT_MS },
}

const MOCK = { ...GOOD.orderBook, isProduction: false } as LiveFacts['orderBook']

function failing(facts: LiveFacts): readonly LiveGate[] {
  return liveGates(facts).flatMap(({ gate, holds }) => (holds ? [] : [gate]))
}

it('all gates hold where everything is as it must be, each with since when', () => {
  expect(failing(GOOD)).toEqual([])
  const since = Object.fromEntries(liveGates(GOOD).map(({ gate, sinceMs }) => [gate, sinceMs]))
  expect(since).toMatchObject({ certificate: AT_MS - 9, paperRecord: AT_MS - 5, orderBook: AT_MS - 60_000 })
})

describe('one thing that is wrong fails its gate, that one alone, and says what to do', () => {
  const none = { state: 'MISSING', expiresAtMs: null, why: 'there is no certificate' } as const
  it.each<{ gate: LiveGate; title: string; facts: Partial<LiveFacts>; found: RegExp }>([
    { gate: 'champion', title: 'other parameters', facts: { champion: { ...GOOD.champion, hash: 'b' } }, found: /b, / },
    {
      gate: 'champion',
      title: 'an own strategy',
      facts: { champion: { ...GOOD.champion, isOwn: true } },
      found: /own/,
    },
    { gate: 'certificate', title: 'no certificate', facts: { certificate: none }, found: /^MISSING: there/ },
    {
      gate: 'certificate',
      title: 'one that expired',
      facts: { certificate: { ...none, state: 'STALE' } },
      found: /ST/,
    },
    { gate: 'paperRecord', title: 'no record', facts: { record: { fault: 'none was named' } }, found: /none was/ },
    {
      gate: 'paperRecord',
      title: 'a record that is too short',
      facts: {
        record: { ...RECORD, holds: false, days: 29, sinceMs: null, faults: [{ date: '2026-09-30', why: 'w' }] },
      },
      found: /29 of 30 .*2026-09-30: w/,
    },
    { gate: 'orderBook', title: 'no order books', facts: { orderBook: { kind: 'none' } }, found: /^no order books/ },
    {
      gate: 'orderBook',
      title: 'a table',
      facts: { orderBook: { kind: 'table', file: 'ob.json' } },
      found: /ob\.json/,
    },
    { gate: 'orderBook', title: 'books of a sandbox', facts: { orderBook: MOCK }, found: /not those of the market/ },
    {
      gate: 'orderBook',
      title: 'books that do not come',
      facts: { orderBook: { fault: 'silence' } },
      found: /silence/,
    },
    {
      gate: 'exchange',
      title: 'an account in hedge mode',
      facts: { exchange: { fault: 'hedge mode' } },
      found: /hedge/,
    },
    {
      gate: 'exchange',
      title: 'the demo',
      facts: { exchange: { name: 'demo', isProduction: false, atMs: AT_MS } },
      found: /demo/,
    },
    {
      gate: 'clock',
      title: 'a clock that is 100 ms off',
      facts: { clock: { offsetMs: 100, toleranceMs: 1, atMs: AT_MS } },
      found: /100 ms ahead/,
    },
    { gate: 'clock', title: 'no time', facts: { clock: { fault: 'no answer' } }, found: /no answer/ },
    { gate: 'disk', title: 'a disk at 85 %', facts: { disk: { usedPct: 85, atMs: AT_MS } }, found: /85 %/ },
    { gate: 'grid', title: 'a cluster that is away', facts: { grid: { fault: 'away' } }, found: /away/ },
    {
      gate: 'confirmation',
      title: 'nobody who means it',
      facts: { confirmation: { alias: 'SgsR', given: undefined, atMs: AT_MS } },
      found: /nobody .* SgsR/,
    },
    {
      gate: 'confirmation',
      title: 'another account',
      facts: { confirmation: { alias: 'SgsR', given: 'sgsr', atMs: AT_MS } },
      found: /is SgsR, you named sgsr/,
    },
  ])('$gate: $title', ({ gate, facts, found }) => {
    const given = { ...GOOD, ...facts }
    expect(failing(given)).toEqual([gate])
    const finding = liveGates(given).find((each) => each.gate === gate)!
    expect(finding.found).toMatch(found)
    expect(finding.remedy).not.toBeNull()
    expect(finding.sinceMs).toBeNull()
  })
})
