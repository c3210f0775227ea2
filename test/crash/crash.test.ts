import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CrashRig } from './crash-rig.js'
import { type Evidence, lawsAfterKill, lawsAtRest } from './evidence.js'
import { killPoint } from './kill-plan.js'

const SEED = 20_260
const KILLS = 5

describe('an executor that is killed again and again', () => {
  let folder = ''
  let evidence: Evidence
  const broken: string[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dolphin-crash-'))
    const rig = await CrashRig.start(SEED, folder)
    try {
      for (let life = 1; life <= KILLS; life++) {
        const { wrong } = await rig.life(life)
        broken.push(...(wrong === undefined ? [] : [wrong]), ...lawsAfterKill(await rig.evidence()))
      }
      evidence = await rig.rest()
    } finally {
      await rig.close()
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(`loses no fill, counts none twice and places no order twice (${KILLS} kills, seed ${SEED})`, () => {
    expect([...broken, ...lawsAtRest(evidence)]).toEqual([])
  })

  it('traded meanwhile', () => {
    expect(evidence.submits.size).toBeGreaterThan(KILLS)
    expect(evidence.fills.length).toBeGreaterThan(0)
    expect(evidence.execution.records.filter(({ type }) => type === 'started').length).toBeGreaterThan(1)
  })

  const fill = (): Evidence['fills'][number] => evidence.fills[0]!
  it.each<[string, RegExp, (held: Evidence) => Evidence]>([
    ['a fill that was lost', /recorded differ: missing \w+ \d+/, (held) => withRecords(held, (r) => r.type !== 'fill')],
    [
      'a fill that was counted twice',
      /is in the executor's journal twice/,
      (held) => ({ ...held, execution: { ...held.execution, records: doubled(held.execution.records) } }),
    ],
    ['a fill that was invented', /was never made/, (held) => ({ ...held, fills: held.fills.slice(1) })],
    [
      'an entry that was sent twice',
      /e was submitted 2 times/,
      (held) => withSubmits(held, { arrived: 2, accepted: 1 }),
    ],
    ['an order that was made twice', /was accepted 2 times/, (held) => withSubmits(held, { arrived: 2, accepted: 2 })],
    [
      'an entry that left before its record',
      /without a durable record/,
      (held) => withRecords(held, (r) => r.type !== 'order'),
    ],
    ['a report that was lost', /reported differ/, (held) => ({ ...held, decision: [] })],
    [
      'a position that nobody knows of',
      /is open at the exchange/,
      (held) => ({ ...held, positions: [{ ...POSITION, symbol: fill().symbol }] }),
    ],
    [
      'a journal that replays to another state',
      /replays to/,
      (held) => ({ ...held, stopped: { ...held.stopped!, stateHash: '0'.repeat(16) } }),
    ],
  ])('would be found out: %s', (_, law, tamper) => {
    expect(lawsAtRest(tamper(evidence)).some((found) => law.test(found))).toBe(true)
  })
})

it('the same seed kills at the same points, and at points of every kind', () => {
  const points = Array.from({ length: 200 }, (_, life) => killPoint(SEED, life))
  expect(points).toEqual(Array.from({ length: 200 }, (_, life) => killPoint(SEED, life)))
  const signs = new Set(points.map((point) => (point.kind === 'sign' ? point.sign : 'time')))
  expect(signs.size).toBe(15)
})

const POSITION = {
  symbol: '',
  quantity: '1',
  entryPrice: '1',
  markPrice: '1',
  unrealizedPnlUsd: '0',
  liquidationPrice: null,
}

type Records = Evidence['execution']['records']

/** The same journal without some of its records. */
function withRecords(held: Evidence, keep: (record: Records[number]) => boolean): Evidence {
  return { ...held, execution: { ...held.execution, records: held.execution.records.filter(keep) } }
}

function withSubmits(held: Evidence, seen: { readonly arrived: number; readonly accepted: number }): Evidence {
  return { ...held, submits: new Map([...held.submits.keys()].map((id) => [id, seen])) }
}

/** The same journal with every fill twice. */
function doubled(records: Records): Records {
  const twice: Records[number][] = []
  for (const record of records) twice.push(record, ...(record.type === 'fill' ? [record] : []))
  return twice
}
