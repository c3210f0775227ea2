import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CLUSTER,
  freePorts,
  JAR,
  type StartedMember,
  startMember,
  writeConfiguration,
} from '../../scripts/hazelcast-members.mjs'
import type { HazelcastAddress } from '../../src/adapters/hazelcast/url.js'
import { until } from './until.js'

/**
 * Whether this machine can run a cluster: it has Java and the server's jar (`node scripts/hazelcast.mjs fetch`).
 *
 * @returns false after saying loudly that its tests will be skipped
 * @throws when it cannot and `DOLPHIN_REQUIRE_HAZELCAST=1`: where a cluster is promised, a skip would be a false green
 */
export function hasHazelcast(): boolean {
  const problem = missing()
  if (problem === undefined) return true
  if (process.env.DOLPHIN_REQUIRE_HAZELCAST === '1') throw new Error(`DOLPHIN_REQUIRE_HAZELCAST=1, but ${problem}`)
  process.stderr.write(`\n!!! HAZELCAST TESTS SKIPPED: ${problem}\n\n`)
  return false
}

function missing(): string | undefined {
  if (!existsSync(JAR)) return 'the server is not here: node scripts/hazelcast.mjs fetch'
  if (spawnSync('java', ['-version']).status !== 0) return 'no java found on PATH'
  return undefined
}

/** Starts as many members, on ports that the system chooses. With three there are references and locks that outlive a member. */
export async function startCluster(count: 1 | 3, settings: ClusterSettings = {}): Promise<HazelcastCluster> {
  for (;;) {
    const cluster = new HazelcastCluster(await freePorts(count), settings)
    try {
      await cluster.start()
      return cluster
    } catch (error) {
      await cluster.end()
      // Between the choice of a port and its use somebody else took it.
      if (!String(error).includes('already in use')) throw error
    }
  }
}

export interface ClusterSettings {
  readonly streamCapacity?: number
  /** A member that is silent for so long has left: on a busy machine one may be without having been told to. */
  readonly silentSeconds?: number
}

/**
 * Members that are processes of this machine, each to be killed, frozen and started again. Whatever happens, they end with
 * this process.
 */
export class HazelcastCluster {
  readonly address: HazelcastAddress
  private readonly folder = mkdtempSync(join(tmpdir(), 'dolphin-hazelcast-'))
  private readonly configurationPath: string
  private readonly members: (StartedMember | undefined)[]

  constructor(
    private readonly ports: readonly number[],
    settings: ClusterSettings,
  ) {
    this.address = { members: ports.map((port) => `127.0.0.1:${port}`), cluster: CLUSTER }
    this.configurationPath = writeConfiguration(this.folder, { ports, ...settings })
    this.members = ports.map(() => undefined)
  }

  /** All that are down. The first one alone, since two that start at once may each found a cluster. */
  async start(): Promise<void> {
    const down = this.ports.flatMap((_, place) => (this.members[place] === undefined ? [place] : []))
    const hasReferences = this.ports.length === 3 && down.length === 3
    const [founder, ...others] = down
    if (founder === undefined) return
    const running = this.ports.length - down.length
    await this.startOne(founder, { members: running + 1, hasReferences: false })
    const ready = others.map((place) => this.startOne(place, { members: this.ports.length, hasReferences }))
    await Promise.all(ready)
  }

  /** At once, as a power loss does. */
  async kill(place: number): Promise<void> {
    const member = this.members[place]
    if (member === undefined) return
    this.members[place] = undefined
    process.kill(await member.pid, 'SIGKILL')
    await member.ended
  }

  /** It is there, and does not answer. */
  async freeze(place: number): Promise<void> {
    process.kill(await this.members[place]!.pid, 'SIGSTOP')
  }

  async thaw(place: number): Promise<void> {
    process.kill(await this.members[place]!.pid, 'SIGCONT')
  }

  /** The place of the member that leads the references and locks that have no group of their own. */
  async leader(): Promise<number> {
    return await until(() => {
      const places = this.ports.flatMap((_, place) => (leads(this.logFile(place)) ? [place] : []))
      return places.length === 1 && { place: places[0]! }
    }).then(({ place }) => place)
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map((_, place) => this.kill(place)))
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async startOne(place: number, as: { members: number; hasReferences: boolean }): Promise<void> {
    const member = startMember({
      ...as,
      configurationPath: this.configurationPath,
      port: this.ports[place]!,
      logFile: this.logFile(place),
    })
    this.members[place] = member
    try {
      await member.ready()
    } catch (error) {
      this.members[place] = undefined
      throw error
    }
  }

  private logFile(place: number): string {
    return join(this.folder, `member-${place}.log`)
  }
}

/** Whether it was the leader of the default group when it last spoke of that group. */
function leads(logFile: string): boolean {
  const groups = readFileSync(logFile, 'utf8').split('CP Group Members {groupId: default(').slice(1)
  return groups.at(-1)?.split(']\n')[0]?.includes('LEADER this') ?? false
}
