import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SessionSettings } from '../../src/ports/vocabulary/session.js'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../support/hazelcast-cluster.js'
import { writeShortDay } from '../support/short-days.js'
import { type Death, liveThrough, PARTS, scanFiles, Topology } from '../support/topology.js'
import { until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'

const DAY = { date: '2025-05-10', fromRow: 300, toRow: 1_100, stepMs: 5_000 }
const BARS = DAY.toRow - DAY.fromRow

const folder = temporaryFolder()
/** The days, and the session of them whose bars go straight to the sides: what every other one has to come to. */
let market = ''
let days = ''
let trades = ''
let assets: readonly string[] = []
beforeAll(async () => {
  market = mkdtempSync(join(tmpdir(), 'dolphin-topology-'))
  days = join(market, 'days')
  mkdirSync(days)
  await writeShortDay(days, DAY)
  const out = join(market, 'direct')
  const { code, stderr } = await dolphin(['paper', '--days', days, '--out', out])
  expect([code, stderr]).toEqual([0, expect.any(String)])
  const { venue } = JSON.parse(readFileSync(join(out, 'settings.json'), 'utf8')) as SessionSettings
  const { instruments } = venue.exchange as { readonly instruments: readonly { identity: { symbol: string } }[] }
  assets = instruments.map(({ identity }) => identity.symbol)
  trades = tradesOf(out)
  expect(trades.trimEnd().split('\n').length).toBeGreaterThan(3)
})
afterAll(() => rmSync(market, { recursive: true, force: true }))

const tradesOf = (session: string): string => readFileSync(join(session, 'trades.csv'), 'utf8')

describe('scanner, bridge, grid, trader and executor in one process', () => {
  it('trade recorded days as bars that go straight to the sides do', async () => {
    const out = join(folder.path, 'embedded')
    const { code, stderr } = await dolphin(['paper', '--days', days, '--grid', 'embedded', '--out', out])
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect(tradesOf(out)).toBe(trades)
  })

  it('trade as if nothing had happened when they are killed together and go on', async () => {
    const out = join(folder.path, 'embedded')
    const command = ['paper', '--days', days, '--grid', 'embedded', '--out', out]
    let kills = 0
    for (const atScan of [1, 200, 201, 400]) {
      const { code, stderr } = await dolphin(resumed(command, out), {
        during: (child) => {
          void until(() => child.exitCode !== null || scanFiles(join(out, 'scans')) >= atScan).then(() =>
            child.kill('SIGKILL'),
          )
        },
      })
      // On a busy machine it may have come to its end before it is looked at.
      if (code === 0) break
      expect(code, stderr).toBe(null)
      kills++
    }
    expect(kills).toBeGreaterThan(0)
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

  const session = (speed: number | 'max'): Topology => {
    topology = new Topology({ folder: folder.path, days, bars: BARS, assets, url, speed })
    return topology
  }

  it('trade as one process does', async () => {
    const processes = session('max')
    expect(await liveThrough(processes, [], cluster)).toBe(0)
    expect(tradesOf(processes.out)).toBe(trades)
  })

  it.each<[string, Death[]]>([
    [
      'each of them is killed in turn, early, in the middle and late',
      [60, 300, 550].flatMap((atScan) => PARTS.map((of, i) => ({ of, atScan: atScan + 40 * i, delayMs: 7 * i }))),
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
    const processes = session(500)
    // On a busy machine the session may be over before the last of them.
    expect(await liveThrough(processes, deaths, cluster)).toBeGreaterThan(deaths.length / 2)
    expect(tradesOf(processes.out), processes.log()).toBe(trades)
  })
})
