import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import { PACKAGE_ROOT } from '../../src/files/package-files.js'
import type { SessionSettings } from '../../src/ports/vocabulary/session.js'
import { type HazelcastCluster, startCluster } from '../support/hazelcast-cluster.js'
import { writeShortDay } from '../support/short-days.js'
import { type Death, liveThrough, PARTS, Topology } from '../support/topology.js'

export interface TopologyKillsReport {
  readonly kills: number
  readonly sessions: number
  readonly trades: number
  /** What was broken, with seed and deaths; empty when every session traded as if nothing had happened. */
  readonly broken: readonly string[]
}

/**
 * Kills the processes of a session on a cluster, and the cluster's only member, again and again: each session's trades are those of
 * bars that go straight to the sides. Sessions until there were so many kills.
 */
export async function topologyKillsRun(options: {
  readonly seed: number
  readonly kills: number
  readonly tell: (line: string) => void
}): Promise<TopologyKillsReport> {
  const totals = { kills: 0, sessions: 0, trades: 0 }
  const broken: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-topology-'))
  const market = await directly(folder)
  const cluster = await startCluster(1, { streamCapacity: 2_000 })
  try {
    while (totals.kills < options.kills && broken.length === 0) {
      const seed = options.seed + totals.sessions
      const deaths = deathsOf(seed, Math.min(KILLS_PER_SESSION, options.kills - totals.kills))
      options.tell(`seed ${seed}: ${deaths.map(deathText).join(', ')}`)
      const session = join(folder, `seed-${seed}`)
      mkdirSync(session)
      const { kills, problem } = await killed(session, { seed, deaths, market, cluster })
      totals.kills += kills
      totals.sessions++
      totals.trades += market.trades.trimEnd().split('\n').length - 1
      if (problem !== undefined) broken.push(`seed ${seed}: ${problem} (${session})`)
    }
  } finally {
    await cluster.end()
  }
  if (broken.length === 0) rmSync(folder, { recursive: true, force: true })
  return { ...totals, broken }
}

const KILLS_PER_SESSION = 10
/** More scans than a stream that was lost is begun anew with, and a day that ends on the way. */
const DAYS = [
  { date: '2025-05-10', fromRow: 300, toRow: 1_100, stepMs: 5_000 },
  { date: '2025-05-11', fromRow: 300, toRow: 800, stepMs: 5_000 },
]
const BARS = DAYS.reduce((sum, { fromRow, toRow }) => sum + toRow - fromRow, 0)
const MAIN = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js')

interface Market {
  readonly days: string
  readonly assets: readonly string[]
  /** What every session has to come to. */
  readonly trades: string
}

async function directly(folder: string): Promise<Market> {
  const days = join(folder, 'days')
  const out = join(folder, 'direct')
  mkdirSync(days)
  for (const day of DAYS) await writeShortDay(days, day)
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'paper', '--days', days, '--out', out, '--quiet'])
  if (status !== 0) throw new Error(`dolphin paper ended with ${status}: ${stderr}`)
  const { venue } = JSON.parse(readFileSync(join(out, 'settings.json'), 'utf8')) as SessionSettings
  const { instruments } = venue.exchange as { readonly instruments: readonly { identity: { symbol: string } }[] }
  const trades = readFileSync(join(out, 'trades.csv'), 'utf8')
  return { days, assets: instruments.map(({ identity }) => identity.symbol), trades }
}

async function killed(
  folder: string,
  wish: {
    readonly seed: number
    readonly deaths: readonly Death[]
    readonly market: Market
    readonly cluster: HazelcastCluster
  },
): Promise<{ readonly kills: number; readonly problem?: string }> {
  const { seed, deaths, market, cluster } = wish
  const { days, assets } = market
  const url = `hazelcast://${cluster.address.members.join(',')}`
  const topology = new Topology({ folder, days, bars: BARS, assets, url, speed: SPEEDS[seed % SPEEDS.length]! })
  try {
    const kills = await liveThrough(topology, deaths, cluster)
    const trades = readFileSync(join(topology.out, 'trades.csv'), 'utf8')
    return trades === market.trades ? { kills } : { kills, problem: `its trades differ:\n${topology.log()}` }
  } catch (error) {
    return { kills: deaths.length, problem: String(error) }
  } finally {
    await topology.close()
    await cluster.kill(0)
    await cluster.start()
  }
}

/** Times faster than the market: from what the files take, to a pace that leaves the other parts idle now and then. */
const SPEEDS = ['max', 500, 1_000] as const

/** The same seed gives the same deaths. */
function deathsOf(seed: number, count: number): readonly Death[] {
  const random = new Xoshiro128(seed, 0)
  const deaths = Array.from({ length: count }, () => ({
    of: random.integer(0, 9) === 0 ? ('cluster' as const) : PARTS[random.integer(0, PARTS.length - 1)]!,
    // Also before the first scan, and when all are written and not yet traded.
    atScan: random.integer(0, BARS),
    // Often before the one that was started last has come to anything.
    delayMs: random.integer(0, 1) === 0 ? 0 : random.integer(0, 1_500),
  }))
  return deaths.sort((one, other) => one.atScan - other.atScan)
}

function deathText({ of, atScan, delayMs }: Death): string {
  return `${of} at ${atScan} + ${delayMs} ms`
}
