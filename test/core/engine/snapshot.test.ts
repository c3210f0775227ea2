import { describe, expect, test } from 'vitest'
import { Engine } from '../../../src/core/engine/engine.js'
import type { EnginePorts } from '../../../src/core/engine/fills.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { SnapshotError } from '../../../src/core/engine/snapshot.js'
import { entryRecord } from '../../support/markets.js'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Path = readonly (string | number)[]

/** Fields that may be null; every other one may not. */
const NULLABLE = new Set([
  '$.timeMs',
  '$.parkedAcb',
  '$.position',
  '$.day',
  '$.day.forewarnerMaxLeverage',
  '$.position.entry.entryTimeMs',
  '$.position.entry.ars',
  '$.position.entry.arsAdjusted',
  '$.position.entry.alignment',
])

/** A snapshot in which no field is null and no list empty. */
function fullSnapshot(): { [key: string]: Json } {
  const engine = new Engine(DEFAULT_PARAMETERS, 1000)
  engine.addAssets(['ETHUSDT', 'BTCUSDT'])
  const forewarner = { assess: () => ({ envelopeScore: 1, catastrophicProbability: 0, source: 'REAL_MODEL' as const }) }
  engine.beginDay({ date: '2026-01-05', forewarner, acb: { boost: 1.2, beta: 0.5, source: 'given' } })
  engine.step({ velDiv: -0.01, prices: [10, 100], volOk: true, timeMs: 5 })
  engine.parkAcb({ boost: 1.1, beta: 0.2 })
  const snapshot = {
    ...engine.snapshot(),
    feedback: { bucketWins: [0, 1, 0, 0], bucketTrades: [0, 1, 0, 0], recentWins: [true] },
    position: {
      entry: entryRecord({ entryTimeMs: 5, ars: 1, arsAdjusted: 1, alignment: 0.5 }),
      assetIndex: 1,
      turnBars: 0,
      subdayNormalization: false,
    },
  }
  return JSON.parse(JSON.stringify(snapshot))
}

/** Every place in a document, lists by their first and last item. */
function placesOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? [...new Set([0, value.length - 1])] : Object.keys(value)
  return [path, ...keys.flatMap((key) => placesOf((value as Record<string | number, Json>)[key]!, [...path, key]))]
}

function textOf(path: Path): string {
  return `$${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')}`
}

function valueAt(document: Json, path: Path): Json {
  return path.reduce<Json>((value, key) => (value as Record<string | number, Json>)[key]!, document)
}

/** A copy of the full snapshot with one place edited by `edit(container, key)`. */
function edited(path: Path, edit: (container: Record<string | number, Json>, key: string | number) => void): Json {
  const copy = fullSnapshot()
  edit(valueAt(copy, path.slice(0, -1)) as Record<string | number, Json>, path.at(-1)!)
  return copy
}

function refusal(json: unknown, ports: EnginePorts = {}): SnapshotError {
  try {
    Engine.restore(json, ports)
  } catch (error) {
    if (error instanceof SnapshotError) return error
    throw error
  }
  throw new Error('the snapshot was restored')
}

function otherTypes(value: Json): Json[] {
  if (typeof value === 'number') return ['1', true, {}, []]
  if (typeof value === 'string') return [1, true, {}, [], '']
  if (typeof value === 'boolean') return [0, 1, 'true', {}, []]
  return Array.isArray(value) ? [{}, 'list', 1, true] : [[], 'object', 1, true]
}

const places = placesOf(fullSnapshot()).filter((path) => path.length > 0)
const fieldPlaces = places.filter((path) => typeof path.at(-1) === 'string')
const objectPlaces = placesOf(fullSnapshot()).filter((path) => {
  const value = valueAt(fullSnapshot(), path)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
})

test('the full snapshot itself is restored, and snapshots again to the same document', () => {
  expect(JSON.parse(JSON.stringify(Engine.restore(fullSnapshot()).snapshot()))).toEqual(fullSnapshot())
})

describe('a snapshot is refused with the place of what is wrong', () => {
  test(`each of ${fieldPlaces.length} fields when it is missing`, () => {
    for (const path of fieldPlaces) {
      const json = edited(path, (container, key) => delete container[key])
      expect(refusal(json).path, textOf(path)).toBe(textOf(path))
    }
  })

  test('each value when it is of another type, or null where it may not be', () => {
    for (const path of places) {
      const values = otherTypes(valueAt(fullSnapshot(), path))
      if (!NULLABLE.has(textOf(path))) values.push(null)
      for (const value of values) {
        const json = edited(path, (container, key) => {
          container[key] = value
        })
        expect(refusal(json).path.startsWith(textOf(path)), `${textOf(path)} = ${JSON.stringify(value)}`).toBe(true)
      }
    }
  })

  test('each object when it has a field too many', () => {
    expect(objectPlaces.length).toBeGreaterThan(6)
    for (const path of objectPlaces) {
      const json = fullSnapshot()
      ;(valueAt(json, path) as Record<string, Json>).surprise = 1
      expect(refusal(json).path).toBe(`${textOf(path)}.surprise`)
    }
  })

  test.each([null, undefined, 'text', 5, []])('a document that is %j', (json) => {
    expect(refusal(json).path).toBe('$')
  })

  test.each<[Path, Json, string]>([
    [
      ['schema'],
      'dolphin.engine/2',
      'engine snapshot: $.schema: expected one of dolphin.engine/1, found "dolphin.engine/2"',
    ],
    [['parameters', 'fraction'], 2, '$.parameters.fraction: expected a number from 0 to 1, found "2"'],
    [['barIndex'], -1, '$.barIndex: expected a count, found -1'],
    [['barIndex'], 0.5, '$.barIndex: expected a count, found 0.5'],
    [['lastExitBar'], -2, '$.lastExitBar: expected a count, found -2'],
    [['universe'], ['BTCUSDT', 'BTCUSDT'], '$.universe[1]: expected every symbol once, found "BTCUSDT"'],
    [['prices'], [[1]], '$.prices: expected 2 assets, found "1 assets"'],
    [['prices', 0], [0], '$.prices[0][0]: expected a price above zero, found 0'],
    [['prices', 0], Array<Json>(201).fill(1), '$.prices[0]: expected at most 200 items, found "201 items"'],
    [['velDivs'], Array<Json>(201).fill(0), '$.velDivs: expected at most 200 items, found "201 items"'],
    [['rng', 'words'], [1, 2, 3], '$.rng.words: expected 624 items, found "3 items"'],
    [['rng', 'words', 3], 4294967296, '$.rng.words[3]: expected at most 4294967295, found 4294967296'],
    [['rng', 'position'], 625, '$.rng.position: expected at most 624, found 625'],
    [['feedback', 'bucketWins'], [0], '$.feedback.bucketWins: expected 4 items, found "1 items"'],
    [['position', 'assetIndex'], 0, '$.position.assetIndex: expected the place of BTCUSDT in the universe, found 0'],
    [['prices', 1], [], '$.prices[1]: expected a price of the asset that is held, found "none"'],
    [['day'], null, '$.day: expected a day, since a position is open, found null'],
    [['position', 'entry', 'direction'], 0, '$.position.entry.direction: expected one of -1, 1, found 0'],
    [['position', 'entry', 'bucket'], 4, '$.position.entry.bucket: expected one of 0, 1, 2, 3, found 4'],
    [['day', 'posture'], 'ASLEEP', '$.day.posture: expected one of APEX, STALKER, TURTLE, HIBERNATE, found "ASLEEP"'],
  ])('%j = %j', (path, value, message) => {
    const json = edited(path, (container, key) => {
      container[key] = value
    })
    expect(refusal(json).message).toContain(message)
  })
})

describe('where an adapter fills', () => {
  const ports = { fills: 'adapter' as const }
  const proposed = JSON.parse(JSON.stringify(entryRecord())) as Json
  const fill = { entryFeesUsd: 0.5, exit: { price: 99, quantity: 1, feesUsd: 0.1 } }
  const pendingExit = { reason: 'MAX_HOLD', price: 99 }

  /** With a position that has been opened, reduced, and is about to be closed. */
  function heldSnapshot(): { [key: string]: Json } {
    const snapshot = fullSnapshot()
    const position = snapshot.position as { [key: string]: Json }
    const entry = { ...(position.entry as { [key: string]: Json }), quantity: 10 }
    return { ...snapshot, fills: 'adapter', pendingEntry: null, position: { ...position, entry, fill, pendingExit } }
  }

  function pendingSnapshot(): { [key: string]: Json } {
    return { ...fullSnapshot(), fills: 'adapter', pendingEntry: proposed, position: null }
  }

  test.each([
    ['a position', heldSnapshot()],
    ['a proposed entry', pendingSnapshot()],
  ])('%s is restored, and snapshots again to the same document', (_, snapshot) => {
    expect(JSON.parse(JSON.stringify(Engine.restore(snapshot, ports).snapshot()))).toEqual(snapshot)
  })

  test('a snapshot of simulated fills has none of it', () => {
    const keys = Object.keys(new Engine(DEFAULT_PARAMETERS, 1).snapshot())
    expect(keys).not.toContain('fills')
    expect(keys).not.toContain('pendingEntry')
  })

  test('a snapshot is restored only where fills come from where they came from', () => {
    expect(refusal(heldSnapshot()).message).toContain('$.fills: expected simulated, found "adapter"')
    expect(refusal(fullSnapshot(), ports).message).toContain('$.fills: expected adapter, found "simulated"')
  })

  test.each<[Path, Json | undefined, string]>([
    [['fills'], 'simulated', '$.fills: expected one of adapter'],
    [['position', 'fill'], undefined, '$.position.fill: expected what was confirmed, found nothing'],
    [['position', 'fill', 'entryFeesUsd'], null, '$.position.fill.entryFeesUsd: expected a finite number'],
    [['position', 'fill', 'exit', 'quantity'], 0, '$.position.fill.exit.quantity: expected a number above zero'],
    [['position', 'entry', 'quantity'], undefined, '$.position.entry.quantity: expected what was confirmed'],
    [['position', 'pendingExit', 'reason'], 'BORED', '$.position.pendingExit.reason: expected one of FIXED_TP'],
    [['pendingEntry'], proposed, '$.pendingEntry: expected none, since a position is open'],
  ])('a position: %j = %j', (path, value, message) => {
    expect(refusal(withValue(heldSnapshot(), path, value), ports).message).toContain(message)
  })

  test.each<[Path, Json | undefined, string]>([
    [['pendingEntry', 'asset'], 'XRPUSDT', '$.pendingEntry.asset: expected an asset of the universe, found "XRPUSDT"'],
    [['pendingEntry', 'quantity'], 1, '$.pendingEntry.quantity: expected no such field'],
    [['day'], null, '$.day: expected a day, since an entry is proposed'],
  ])('a proposed entry: %j = %j', (path, value, message) => {
    expect(refusal(withValue(pendingSnapshot(), path, value), ports).message).toContain(message)
  })

  test.each<[Path, Json]>([
    [['pendingEntry'], proposed],
    [['position', 'fill'], fill],
  ])('where fills are simulated, %j has no place', (path, value) => {
    const position = path[0] === 'pendingEntry' ? { position: null } : {}
    expect(refusal(withValue({ ...fullSnapshot(), ...position }, path, value)).path).toBe(textOf(path))
  })

  function withValue(document: Json, path: Path, value: Json | undefined): Json {
    const copy = JSON.parse(JSON.stringify(document)) as Json
    const container = valueAt(copy, path.slice(0, -1)) as Record<string | number, Json>
    if (value === undefined) delete container[path.at(-1)!]
    else container[path.at(-1)!] = value
    return copy
  }
})
