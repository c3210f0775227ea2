import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SessionSettings } from '../../src/ports/vocabulary/session.js'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../support/hazelcast-cluster.js'
import { writeShortDay } from '../support/short-days.js'
import { type Death, liveThrough, PARTS, scanFiles, Topology } from '../support/topology.js'
import { until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'

const DAY = { date: '2025-05-10', fromRow: 300, toRow: 1_100, stepMs: 5_000 }
const BARS = DAY.toRow - DAY.fromRow

const folder = temporaryFolder()
let days = ''
beforeEach(async () => {
  days = join(folder.path, 'days')
  mkdirSync(days)
  await writeShortDay(days, DAY)
})

const tradesOf = (session: string): string => readFileSync(join(session, 'trades.csv'), 'utf8')

/** The session of these days whose bars go straight to the sides: what every other one has to come to. */
async function direct(): Promise<{ readonly trades: string; readonly assets: readonly string[] }> {
  const out = join(folder.path, 'direct')
  const { code, stderr } = await dolphin(['paper', '--days', days, '--out', out])
  expect([code, stderr]).toEqual([0, expect.any(String)])
  const { venue } = JSON.parse(readFileSync(join(out, 'settings.json'), 'utf8')) as SessionSettings
  const { instruments } = venue.exchange as { readonly instruments: readonly { identity: { symbol: string } }[] }
  const trades = tradesOf(out)
  expect(trades.trimEnd().split('\n').length).toBeGreaterThan(3)
  return { trades, assets: instruments.map(({ identity }) => identity.symbol) }
}

describe('scanner, bridge, grid, trader and executor in one process', () => {
  it('trade recorded days as bars that go straight to the sides do', async () => {
    const { trades } = await direct()
    const out = join(folder.path, 'embedded')
    const { code, stderr } = await dolphin(['paper', '--days', days, '--grid', 'embedded', '--out', out])
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect(tradesOf(out)).toBe(trades)
  })

  it('trade as if nothing had happened when they are killed together and go on', async () => {
    const { trades } = await direct()
    const out = join(folder.path, 'embedded')
    const command = ['paper', '--days', days, '--grid', 'embedded', '--out', out]
    for (const atScan of [1, 200, 201, 600]) {
      const killed = await dolphin(resumed(command, out), {
        during: (child) => {
          void until(() => child.exitCode !== null || scanFiles(join(out, 'scans')) >= atScan).then(() =>
            child.kill('SIGKILL'),
          )
        },
      })
      expect(killed.code, killed.stderr).toBe(null)
    }
    const { code, stderr } = await dolphin(resumed(command, out))
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect(tradesOf(out)).toBe(trades)
  })
})

const resumed = (command: readonly string[], out: string): string[] =>
  existsSync(join(out, 'settings.json')) ? [...command, '--resume'] : [...command]

describe.skipIf(!hasHazelcast())('scanner, bridge, survival and trader as processes on a cluster', () => {
  let cluster: HazelcastCluster
  let topology: Topology | undefined
  let url = ''
  beforeAll(async () => {
    cluster = await startCluster(1, { streamCapacity: 2_000 })
    url = `hazelcast://${cluster.address.members.join(',')}`
  })
  afterEach(async () => {
    await topology?.close()
    // What the next one finds is an empty grid.
    await cluster.kill(0)
    await cluster.start()
  })
  afterAll(() => cluster.end())

  const session = (assets: readonly string[], speed: number | 'max'): Topology => {
    topology = new Topology({ folder: folder.path, days, bars: BARS, assets, url, speed })
    return topology
  }

  it('trade as one process does', async () => {
    const { trades, assets } = await direct()
    const processes = session(assets, 'max')
    expect(await liveThrough(processes, [], cluster)).toBe(0)
    expect(tradesOf(processes.out)).toBe(trades)
  })

  it.each<[string, Death[]]>([
    [
      'each of them is killed in turn, early, in the middle and late',
      [60, 350, 650].flatMap((atScan) => PARTS.map((of, i) => ({ of, atScan: atScan + 40 * i, delayMs: 7 * i }))),
    ],
    [
      'the only member of the cluster is killed with all that it holds, and trader and bridge around it',
      [
        { of: 'cluster', atScan: 200, delayMs: 0 },
        { of: 'trader', atScan: 200, delayMs: 0 },
        { of: 'bridge', atScan: 200, delayMs: 150 },
        { of: 'trader', atScan: 500, delayMs: 0 },
        { of: 'cluster', atScan: 500, delayMs: 0 },
      ],
    ],
  ])('trade as if nothing had happened when %s', async (_, deaths) => {
    const { trades, assets } = await direct()
    const processes = session(assets, 500)
    expect(await liveThrough(processes, deaths, cluster)).toBe(deaths.length)
    expect(tradesOf(processes.out), processes.log()).toBe(trades)
  })
})
