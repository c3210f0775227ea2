import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGE_ROOT } from '../../src/files/package-files.js'
import { leaveTime } from './until.js'

/** The processes of a session whose parts find each other in a cluster. */
export const PARTS = ['scanner', 'bridge', 'survival', 'trader'] as const
export type Part = (typeof PARTS)[number]

export interface TopologyWish {
  /** Of this session alone. */
  readonly folder: string
  readonly days: string
  readonly bars: number
  readonly assets: readonly string[]
  /** `hazelcast://host:port`. */
  readonly url: string
  readonly speed: number | 'max'
}

/** Recorded days, traded by processes: each can be killed at any time, and is then started as a person would. */
export class Topology {
  readonly out: string
  readonly scans: string
  private readonly running = new Map<Part, Running>()
  private readonly said: string[] = []
  /** Resolves with the first that ends without being killed and should not have. */
  private readonly failed: Promise<string>
  private fail: (what: string) => void = () => {}
  private finish: () => void = () => {}
  private readonly finished = new Promise<undefined>((resolve) => {
    this.finish = () => resolve(undefined)
  })
  hasEnded = false

  constructor(private readonly wish: TopologyWish) {
    this.out = join(wish.folder, 'session')
    this.scans = join(wish.folder, 'scans')
    this.failed = new Promise((resolve) => {
      this.fail = resolve
    })
  }

  start(part: Part): void {
    const child = spawn(process.execPath, [MAIN, ...this.command(part)], { env: { ...process.env, NO_COLOR: '1' } })
    const running: Running = { child, isKilled: false, ended: new Promise((resolve) => child.on('close', resolve)) }
    this.running.set(part, running)
    for (const stream of [child.stderr, child.stdout])
      stream!.on('data', (chunk) => this.said.push(`${part}: ${chunk}`))
    child.on('close', (code, signal) => {
      if (running.isKilled) return
      if (code === 0 && part === 'trader') {
        this.hasEnded = true
        this.finish()
      } else if (code !== 0 || part !== 'scanner') {
        this.hasEnded = true
        this.fail(`the ${part} ended with ${signal ?? code}:\n${this.log()}`)
      }
    })
  }

  /** At once, as a crash does. One that has come to its end is left alone. */
  async kill(part: Part): Promise<void> {
    const running = this.running.get(part)
    if (running === undefined) return
    running.isKilled = !isOver(running.child)
    running.child.kill('SIGKILL')
    await running.ended
  }

  /** Until the trader has come to its end. @throws when a part ended that nobody killed. */
  async end(): Promise<void> {
    const failure = await Promise.race([this.finished, this.failed])
    if (failure !== undefined) throw new Error(failure)
  }

  /** What is left of it is killed. */
  async close(): Promise<void> {
    for (const part of this.running.keys()) await this.kill(part)
  }

  log(): string {
    return this.said.join('').slice(-LOG_CHARACTERS)
  }

  private command(part: Part): string[] {
    const { days, bars, assets, url, speed } = this.wish
    switch (part) {
      case 'scanner':
        return ['serve', 'scanner', '--days', days, '--storage', this.scans, '--speed', String(speed)]
      case 'bridge':
        return ['serve', 'bridge', '--scans', this.scans, '--grid', url, '--from', 'all']
      case 'survival':
        return ['serve', 'survival', '--posture', 'APEX', '--grid', url]
      default: {
        const resume = existsSync(join(this.out, 'settings.json')) ? ['--resume'] : []
        const session = ['--mode', 'replay', '--bars', String(bars), '--assets', assets.join(','), '--out', this.out]
        return ['paper', '--grid', url, ...session, ...resume]
      }
    }
  }
}

/** Files that a scanner has written into its storage so far. */
export function scanFiles(storage: string): number {
  const folder = join(storage, 'arrow_scans')
  if (!existsSync(folder)) return 0
  const days = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return days.reduce((sum, { name }) => sum + readdirSync(join(folder, name)).filter(isScan).length, 0)
}

const MAIN = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js')
const LOG_CHARACTERS = 6_000

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  isKilled: boolean
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

function isScan(name: string): boolean {
  return name.startsWith('scan_') && name.endsWith('.arrow')
}

/** A death in the course of a session. */
export interface Death {
  readonly of: Part | 'cluster'
  /** When the scanner has written so many files; and so long after that, ms. */
  readonly atScan: number
  readonly delayMs: number
}

/**
 * Runs a session to its end, with these deaths on the way, in their order; whoever dies is started again at once. Answers how many
 * there were: a session that is over has none.
 *
 * @param cluster killed and started again, with nothing that it held
 */
export async function liveThrough(
  topology: Topology,
  deaths: readonly Death[],
  cluster: { kill(place: number): Promise<void>; start(): Promise<void> },
): Promise<number> {
  for (const part of PARTS) topology.start(part)
  let died = 0
  for (const { of, atScan, delayMs } of deaths) {
    while (!topology.hasEnded && scanFiles(topology.scans) < atScan) await leaveTime(LOOK_MS)
    await leaveTime(delayMs)
    if (topology.hasEnded) break
    died++
    if (of === 'cluster') {
      await cluster.kill(0)
      await cluster.start()
      continue
    }
    await topology.kill(of)
    if (!topology.hasEnded) topology.start(of)
  }
  await topology.end()
  return died
}

const LOOK_MS = 5
