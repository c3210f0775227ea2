import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../src/core/engine/engine.js'
import { type EngineSnapshot, SnapshotError } from '../../../src/core/engine/snapshot.js'
import { engineOf, type Market, marketOf, marketShape, portsOf } from '../../support/markets.js'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Path = readonly (string | number)[]

/** Snapshots that runs over random markets lead to, each with the market that it came from. */
interface Taken {
  readonly market: Market
  readonly snapshot: EngineSnapshot
}

const taken: fc.Arbitrary<Taken> = fc.tuple(marketShape, fc.nat(449)).map(([shape, untilBar]) => {
  const market = marketOf(shape)
  const engine = engineOf(market)
  let left = untilBar
  for (const { columns, start, volOk } of market.days) {
    if (left <= 0) break
    engine.beginDay(start)
    engine.attach(columns)
    engine.run(left, volOk)
    left -= columns.bars
  }
  return { market, snapshot: JSON.parse(JSON.stringify(engine.snapshot())) }
})

/** A position opened on its day after several trades, not all of them wins, in a market that draws and tells the time. */
const held = fc
  .sample(
    taken.filter(({ snapshot: { position, feedback, rng, day, timeMs } }) => {
      const wins = feedback.bucketWins.reduce((total, count) => total + count, 0)
      const isOfDay = position !== null && day !== null && day.entries === day.trades + 1
      return isOfDay && timeMs !== null && rng.draws > 0 && feedback.recentWins.length > Math.max(2, wins)
    }),
    { numRuns: 1, seed: 7 },
  )
  .at(0)!
/** Another without a position, on a day without trades. */
const flat = fc
  .sample(
    taken.filter(({ snapshot: { position, feedback, day } }) => {
      return position === null && day?.trades === 0 && day.entries === 0 && feedback.recentWins.length > 0
    }),
    { numRuns: 1, seed: 7 },
  )
  .at(0)!

function changed(snapshot: EngineSnapshot, path: Path, value: Json): Json {
  const copy = JSON.parse(JSON.stringify(snapshot)) as Json
  const container = path.slice(0, -1).reduce<Json>((at, key) => (at as Record<string | number, Json>)[key]!, copy)
  ;(container as Record<string | number, Json>)[path.at(-1)!] = value
  return copy
}

function refusalOf({ market }: Taken, json: unknown): SnapshotError | undefined {
  try {
    Engine.restore(json, portsOf(market))
    return undefined
  } catch (error) {
    if (error instanceof SnapshotError) return error
    throw error
  }
}

describe('a state that no run leads to is refused by its key', () => {
  const { snapshot } = held
  const { barIndex, feedback, rng, day, position, velDivs } = snapshot
  const trades = feedback.bucketTrades.reduce((total, count) => total + count, 0)
  const wins = feedback.bucketWins.reduce((total, count) => total + count, 0)
  const traded = feedback.bucketTrades.findIndex((count) => count > 0)

  test('the snapshots that the table changes are restored', () => {
    expect(refusalOf(held, snapshot)).toBeUndefined()
    expect(refusalOf(flat, flat.snapshot)).toBeUndefined()
    expect([trades > 2, rng.draws > 0, velDivs.length > 1]).toEqual([true, true, true])
  })

  test.each<[Path, Json, string]>([
    [['barIndex'], barIndex + 1, `$.barCount: expected ${barIndex + 1}, as $.barIndex, found ${barIndex}`],
    [['barCount'], barIndex - 1, `$.barCount: expected ${barIndex}, as $.barIndex, found ${barIndex - 1}`],
    [['lastExitBar'], barIndex, `$.lastExitBar: expected a bar before the next one, ${barIndex}, found ${barIndex}`],
    [['lastExitBar'], barIndex - 1, '$.position.entry.entryBar: expected a bar after the last exit'],
    [['feedback', 'bucketWins', traded], trades + 1, `$.feedback.bucketWins[${traded}]: expected at most the`],
    [['feedback', 'bucketTrades', 0], barIndex + 1, '$.feedback.bucketTrades: expected at most'],
    [['feedback', 'recentWins'], [], '$.feedback.recentWins: expected the last'],
    [
      ['feedback', 'recentWins'],
      feedback.recentWins.map(() => true),
      `$.feedback.recentWins: expected at most ${wins} wins`,
    ],
    [['rng', 'draws'], trades + 1, `$.rng.draws: expected at most the ${trades} trades, found ${trades + 1}`],
    [['rng', 'position'], rng.position - 1, '$.rng.position: expected'],
    [['rng', 'words', 100], (rng.words[100]! ^ 1) >>> 0, '$.rng.words[100]: expected'],
    [['parameters', 'seed'], 12_345, 'draws of seed 12345'],
    [['position', 'turnBars'], barIndex, '$.position.turnBars: expected at most the'],
    [['position', 'entry', 'entryBar'], barIndex, '$.position.entry.entryBar: expected a bar before the next one'],
    [
      ['position', 'entry', 'entryTimeMs'],
      9e15,
      '$.position.entry.entryTimeMs: expected a time up to that of the last bar',
    ],
    [['position', 'entry', 'notional'], -1, '$.position.entry.notional: expected a number from zero, found -1'],
    [['position', 'entry', 'leverage'], -0.5, '$.position.entry.leverage: expected a number from zero, found -0.5'],
    [['position', 'entry', 'fraction'], 1.5, '$.position.entry.fraction: expected a number up to one, found 1.5'],
    [['position', 'assetIndex'], 99, '$.position.assetIndex: expected the place of'],
    [['position'], null, '$.day.entries: expected'],
    [['day'], null, '$.day: expected a day, since a position is open, found null'],
    [['day', 'date'], '2025-02-30', '$.day.date: expected a calendar date YYYY-MM-DD, found "2025-02-30"'],
    [['day', 'bars'], barIndex + 1, '$.day.bars: expected at most'],
    [['day', 'trades'], trades + 5, '$.day.trades: expected at most'],
    [['day', 'entries'], day!.bars + 2, '$.day.entries: expected at most one a bar'],
    [['day', 'entries'], day!.entries + 1, '$.day.entries: expected'],
    [['day', 'mcScale'], 0.25, '$.day.mcScale: expected'],
    [['day', 'halted'], !day!.halted, '$.day.halted: expected'],
    [['capital'], null, '$.capital: expected a finite number, found null'],
    [['velDivs'], Array<Json>(velDivs.length).fill(null), '$.velDivs[0]: expected a finite number, found null'],
  ])('%j = %j', (path, value, message) => {
    expect(refusalOf(held, changed(snapshot, path, value))?.message).toContain(message)
  })

  test.each<[string, Path, Json, string]>([
    [
      'the money of a day without trades',
      ['day', 'capitalStart'],
      flat.snapshot.capital + 1,
      '$.day.capitalStart: expected',
    ],
    ['the money on a day without trades', ['capital'], flat.snapshot.capital + 1, '$.day.capitalStart: expected'],
  ])('%s', (_, path, value, message) => {
    expect(refusalOf(flat, changed(flat.snapshot, path, value))?.message).toContain(message)
  })

  test('before the first bar nothing has been seen, bought or lost', () => {
    const fresh = JSON.parse(JSON.stringify(engineOf(held.market).snapshot())) as EngineSnapshot
    const taken = { market: held.market, snapshot: fresh }
    expect(refusalOf(taken, fresh)).toBeUndefined()
    for (const [path, value, message] of [
      [['capital'], fresh.capital - 1, `$.capital: expected ${fresh.initialCapital}, since nothing was traded`],
      [['velDivs'], [0.1], '$.velDivs: expected at most one value for each of the 0 bars seen, found 1'],
    ] as const) {
      expect(refusalOf(taken, changed(fresh, path, value as Json))?.message).toContain(message)
    }
    const seen = changed({ ...fresh, barCount: 3 }, ['barIndex'], 3)
    expect(refusalOf(taken, seen)?.message).toContain('$.day: expected a day, since bars were seen, found null')
  })

  test('a position that is held has something left of it', () => {
    expect(position).not.toBeNull()
    const { entry } = position!
    const adapter = {
      ...snapshot,
      fills: 'adapter' as const,
      pendingEntry: null,
      position: { ...position!, entry: { ...entry, quantity: 2 }, fill: { entryFeesUsd: 0, exit: null } },
    }
    const closed = changed(adapter, ['position', 'fill', 'exit'], { price: 1, quantity: 2, feesUsd: 0 })
    expect(() => Engine.restore(closed, { ...portsOf(held.market), fills: 'adapter' })).toThrow(
      '$.position.fill.exit.quantity: expected less than what was bought, 2, found 2',
    )
  })
})

describe('laws', () => {
  test('every state that a run leads to is restored', () => {
    fc.assert(
      fc.property(taken, (some) => {
        const engine = Engine.restore(some.snapshot, portsOf(some.market))
        expect(JSON.parse(JSON.stringify(engine.snapshot()))).toEqual(some.snapshot)
      }),
      { numRuns: 100 },
    )
  })

  test('one field of another value is refused by a place in the document, or the run goes on soundly', () => {
    let [refused, harmless] = [0, 0]
    fc.assert(
      fc.property(taken, fc.nat(), replacement(), (some, pick, replace) => {
        const paths = leavesOf(some.snapshot as unknown as Json)
        const path = paths[pick % paths.length]!
        const before = path.reduce<Json>(
          (at, key) => (at as Record<string | number, Json>)[key]!,
          some.snapshot as unknown as Json,
        )
        const json = changed(some.snapshot, path, replace(before))
        const refusal = refusalOf(some, json)
        if (refusal !== undefined) {
          refused++
          expect(refusal.path).toMatch(/^\$/)
          return
        }
        harmless++
        goOn(some, json)
      }),
      { numRuns: 1_000 },
    )
    expect(refused).toBeGreaterThan(400)
    expect(harmless).toBeGreaterThan(10)
  })
})

/** Another value of the same kind, and some of another. */
function replacement(): fc.Arbitrary<(before: Json) => Json> {
  const odd = fc.constantFrom<Json>(null, true, '', 'x', -1, 0, 0.5, 1, 2 ** 31, 2 ** 53, -1e300, 1e300, [], {})
  const scale = fc.constantFrom(-1, 0.5, 2, 1e6)
  return fc.oneof(
    odd.map((value) => () => value),
    scale.map((by) => (before: Json) => (typeof before === 'number' ? before * by : before)),
    fc.constantFrom(-1, 1, 100).map((by) => (before: Json) => (typeof before === 'number' ? before + by : before)),
  )
}

/** Every field, few of the generator's 624 words among them. */
function leavesOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  if (Array.isArray(value))
    return [0, value.length >> 1].filter((i) => i < value.length).flatMap((i) => leavesOf(value[i]!, [...path, i]))
  return Object.keys(value).flatMap((key) => leavesOf(value[key]!, [...path, key]))
}

/** A hundred bars more of the market's prices: nothing throws, and what comes of it is a state like any other. */
function goOn({ market }: Taken, json: Json): void {
  const engine = Engine.restore(json, portsOf(market))
  const { columns, start } = market.days.at(-1)!
  engine.beginDay(start)
  engine.addAssets(columns.assets)
  const column = new Map(columns.assets.map((asset, i) => [asset, columns.prices[i]!]))
  for (let row = 0; row < Math.min(columns.bars, 100); row++) {
    const prices = engine.universe.map((asset) => column.get(asset)?.[row] ?? Number.NaN)
    engine.step({ velDiv: columns.velDiv[row]!, prices, volOk: true })
  }
  expect(Number.isFinite(engine.capital)).toBe(true)
  const after = JSON.parse(JSON.stringify(engine.snapshot()))
  expect(() => Engine.restore(after, portsOf(market))).not.toThrow()
}
