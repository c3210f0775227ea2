import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import type { StrategyBar, StrategyFill } from '../../../src/ports/strategy.js'
import {
  GuardedStrategy,
  type GuardSettings,
  RecordedFailures,
} from '../../../src/runtime/strategy/guarded-strategy.js'

const threadEntry = new URL('../../../dist/runtime/strategy/guard-thread.js', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'guarded-'))
const made: GuardedStrategy[] = []
let files = 0

afterEach(async () => {
  for (const strategy of made.splice(0)) await strategy.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A guarded strategy whose file has these lines within its class; `onBar` is line 4. */
function guarded(lines: string, more: Partial<GuardSettings> = {}): GuardedStrategy {
  const path = join(folder, `strategy-${files++}.mjs`)
  writeFileSync(path, moduleOf(lines))
  const context = { id: 'mine', initialCapital: 25_000, parameters: { notionalUsd: 1000 } }
  const strategy = new GuardedStrategy({ path, context, threadEntry, ...more })
  made.push(strategy)
  return strategy
}

function moduleOf(lines: string): string {
  return `class Mine {
  constructor({ id, parameters }) { this.id = id; this.parameters = parameters; this.seen = 0 }
  entry(bar) { return { strategyId: this.id, symbol: 'A', type: 'ENTRY', direction: 1, authority: 1, price: bar.prices[0], notionalUsd: this.parameters.notionalUsd, timestampMs: bar.timestampMs, reason: 'TEST' } }
  ${lines}
  onEntryDropped(symbol, reason) { this.dropped = symbol + ' ' + reason }
  onFill(fill) { this.filled = fill.quantity }
  snapshot() { return { seen: this.seen, filled: this.filled ?? null, dropped: this.dropped ?? null } }
  restore({ seen, filled }) { this.seen = seen; this.filled = filled }
}
export default { name: 'mine', create: (context) => new Mine(context) }
`
}

function barOf(bar: number): StrategyBar {
  return {
    bar,
    timestampMs: 1_700_000_000_000 + bar * 60_000,
    symbols: ['A', 'B'],
    prices: Float64Array.of(100 + bar, Number.NaN),
    velDiv: -0.01,
    volOk: true,
    posture: 'APEX',
    ...(bar === 0 && { day: { date: '2025-05-09' } }),
  }
}

function failuresOf(strategyId: string, records: readonly DecisionRecord[]): RecordedFailures {
  const failures = new RecordedFailures(strategyId)
  for (const record of records) failures.take(record)
  return failures
}

const FILL: StrategyFill = {
  symbol: 'A',
  direction: 1,
  leg: 'entry',
  price: 100,
  quantity: 3,
  feesUsd: 0,
  fundingUsd: 0,
  complete: true,
  reason: 'TEST',
}

const COUNTS = 'onBar(bar) { this.seen++; return bar.bar % 2 === 0 ? [this.entry(bar)] : [] }'

describe('a strategy behind its guard', () => {
  test('sees its bars and answers with its mandates, and is told what became of them', () => {
    const strategy = guarded(COUNTS)
    expect(strategy.onBar(barOf(0))).toEqual([
      {
        strategyId: 'mine',
        symbol: 'A',
        type: 'ENTRY',
        direction: 1,
        authority: 1,
        price: 100,
        notionalUsd: 1000,
        timestampMs: 1_700_000_000_000,
        reason: 'TEST',
      },
    ])
    strategy.onEntryDropped('A', 'REJECT_LATCHED')
    expect(strategy.onBar(barOf(1))).toEqual([])
    strategy.onFill(FILL)
    expect(strategy.snapshot()).toMatchObject({
      ended: null,
      strategy: { seen: 2, filled: 3, dropped: 'A REJECT_LATCHED' },
    })
  })

  test('goes on from its snapshot in another thread', () => {
    const before = guarded(COUNTS)
    for (let bar = 0; bar < 5; bar++) before.onBar(barOf(bar))
    const after = guarded(COUNTS)
    after.restore(JSON.parse(JSON.stringify(before.snapshot())))
    for (const strategy of [before, after]) strategy.onBar(barOf(5))
    expect(after.snapshot()).toEqual(before.snapshot())
    expect(() => after.restore({})).toThrow('$.schema: expected dolphin.guarded-strategy/1')
  })

  test.each([
    [
      'throws',
      'onBar() { throw new TypeError("no such thing") }',
      /strategy-\d+\.mjs:4:19: .*onBar at bar 0 of 2025-05-09 threw TypeError: no such thing$/,
    ],
    [
      'returns nonsense',
      'onBar() { return 7 }',
      /onBar at bar 0 of 2025-05-09 returned 7, expected an array of mandates$/,
    ],
    [
      'returns what no thread could send',
      'onBar(bar) { return [{ ...this.entry(bar), price: () => 7 }] }',
      /price: above zero expected/,
    ],
    [
      'decides by chance',
      'onBar(bar) { globalThis.asked = (globalThis.asked ?? 0) + 1; return [{ ...this.entry(bar), notionalUsd: asked }] }',
      /onBar at bar 0 of 2025-05-09 is not deterministic: /,
    ],
    [
      'asks the clock of the process',
      'onBar(bar) { return [{ ...this.entry(bar), notionalUsd: Number(process.hrtime.bigint() % 1000000007n) + 1 }] }',
      /strategy-\d+\.mjs:4:\d+: .*onBar at bar 0 of 2025-05-09 threw Error: process\.hrtime\.bigint\(\) is not for a strategy/,
    ],
    [
      'draws a number',
      'onBar(bar) { return Math.random() < 1e-9 ? [this.entry(bar)] : [] }',
      /strategy-\d+\.mjs:4:\d+: .*threw Error: Math\.random\(\) is not for a strategy: the same bars/,
    ],
    [
      'ends its thread',
      'onBar() { process.exit(0) }',
      /strategy-\d+\.mjs:4:\d+: .*onBar at bar 0 of 2025-05-09 threw Error: process\.exit\(\) is not for a strategy/,
    ],
    [
      'runs forever',
      'onBar() { for (;;) this.seen++ }',
      /strategy-\d+\.mjs:4:\d+: strategy mine: onBar at bar 0 did not answer within 300 ms$/,
    ],
  ])('that %s has ended: it says so with its line, and is not asked again', (_, lines, message) => {
    const strategy = guarded(lines, { deadlineMs: 300, lookMs: 20_000 })
    expect(() => strategy.onBar(barOf(0))).toThrow(message)
    expect(() => strategy.onBar(barOf(1))).toThrow(message)
    expect(() => strategy.onFill(FILL)).not.toThrow()
    const { ended } = strategy.snapshot() as { readonly ended: string }
    expect(ended).toMatch(message)
    const again = guarded(COUNTS)
    again.restore(strategy.snapshot())
    expect(() => again.onBar(barOf(1))).toThrow(message)
  })

  test.each([
    [
      'throws when it is made',
      'constructor() { throw new Error("no parameters") }',
      /broken-\d+\.mjs:4:\d+: strategy mine: create threw Error: no parameters$/,
    ],
    [
      'draws a number when it is made',
      'constructor() { this.seed = Math.random() }',
      /broken-\d+\.mjs:4:\d+: strategy mine: create threw Error: Math\.random\(\) is not for a strategy/,
    ],
    ['does not parse', 'onBar( {', /Invalid destructuring assignment target/],
  ])('that %s is refused', (_, lines, message) => {
    const path = join(folder, `broken-${files++}.mjs`)
    const text = lines.startsWith('constructor')
      ? moduleOf(lines).replace(/\n {2}constructor\(\{.*\n/, '\n\n')
      : moduleOf(lines)
    writeFileSync(path, text)
    const context = { id: 'mine', initialCapital: 25_000, parameters: {} }
    expect(() => new GuardedStrategy({ path, context, threadEntry })).toThrow(message)
  })

  test('fails where its session had it fail, whatever it does now', () => {
    const records = [
      { n: 1, atMs: 0, inputs: '', type: 'bar', bar: { bar: 3 } },
      {
        n: 2,
        atMs: 0,
        inputs: '',
        type: 'alerted',
        alert: {},
        fault: { strategyId: 'mine', call: 'onBar', message: 'was late' },
      },
    ] as unknown as readonly DecisionRecord[]
    const { failures } = failuresOf('mine', records)
    expect(failures).toEqual([{ bar: 3, call: 'onBar', message: 'was late' }])
    expect(failuresOf('other', records).failures).toEqual([])
    const strategy = guarded(COUNTS, { failures })
    for (let bar = 0; bar < 3; bar++) strategy.onBar(barOf(bar))
    expect(() => strategy.onBar(barOf(3))).toThrow('was late')
  })
})
