import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import { PACKAGE_ROOT } from '../../src/files/package-files.js'
import type { FillMode } from '../../src/ports/vocabulary/paper.js'
import { patientConfig } from '../e2e/patience.js'
import { writeShortDay } from '../support/short-days.js'
import { killedLaws, type SessionEvidence, type SessionReport, sessionEvidence, wholeLaws } from './session-laws.js'

/** A session that has come to its end. */
export interface KilledSession extends SessionKillsReport {
  readonly evidence: SessionEvidence
  readonly report: SessionReport | undefined
}

export interface SessionKillsReport {
  readonly kills: number
  readonly sessions: number
  readonly trades: number
  /** What was broken, with seed and kill; empty when every law held. */
  readonly broken: readonly string[]
}

/** Kills `dolphin paper` by the clock again and again, and continues it to its end; sessions until there were so many kills. */
export async function sessionKillsRun(options: {
  readonly seed: number
  readonly kills: number
  readonly tell: (line: string) => void
}): Promise<SessionKillsReport> {
  const totals = { kills: 0, sessions: 0, trades: 0 }
  const broken: string[] = []
  for (let run = 0; totals.kills < options.kills && broken.length === 0; run++) {
    const seed = options.seed + run
    const fills = run % 2 === 0 ? 'bar-price' : 'realistic'
    const executor = run % 4 < 2 ? 'in-process' : 'process'
    const killsMax = Math.min(KILLS_PER_SESSION, options.kills - totals.kills)
    const found = await killSession({ seed, fills, executor, killsMax, tell: options.tell })
    totals.kills += found.kills
    totals.sessions++
    totals.trades += found.trades
    broken.push(...found.broken.map((law) => `seed ${seed}, ${fills}, ${executor}: ${law}`))
  }
  return { ...totals, broken }
}

const KILLS_PER_SESSION = 12

/** One session on a short day, killed up to `killsMax` times on its way to the end. */
export async function killSession(wish: {
  readonly seed: number
  readonly fills: FillMode
  readonly executor: 'in-process' | 'process'
  readonly killsMax: number
  readonly tell?: (line: string) => void
}): Promise<KilledSession> {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-kills-'))
  const out = join(folder, 'session')
  mkdirSync(join(folder, 'days'))
  await writeShortDay(join(folder, 'days'), { date: '2025-05-10', fromRow: 300, toRow: 560, stepMs: 500 })
  const random = new Xoshiro128(wish.seed, 0)
  const broken: string[] = []
  let kills = 0
  for (;;) {
    const point = kills < wish.killsMax ? killPoint(random) : undefined
    const { end, stdout, stderr } = await life(commandOf(folder, wish), out, point)
    if (end !== 'SIGKILL') {
      const evidence = sessionEvidence(out)
      const report = end === 0 ? (JSON.parse(stdout) as SessionReport) : undefined
      if (report === undefined) broken.push(`it ended with ${end}: ${stderr.slice(-1_000)}`)
      else broken.push(...wholeLaws(evidence, report, wish.executor))
      if (broken.length === 0) rmSync(folder, { recursive: true, force: true })
      const trades = report?.trades.length ?? 0
      return { kills, sessions: 1, trades, broken: broken.map((law) => `${law} (${out})`), evidence, report }
    }
    kills++
    wish.tell?.(`seed ${wish.seed} kill ${kills}: ${JSON.stringify(point)}`)
    broken.push(...killedLaws(sessionEvidence(out)).map((law) => `after kill ${kills}: ${law}`))
  }
}

/** When the process dies: so long after it was started, or when a journal of it has grown for the nth time. */
type KillPoint = { readonly afterMs: number } | { readonly journal: keyof typeof OFTEN; readonly nth: number }

/** How often each of them grows in a life that is not ended. */
const OFTEN = { exchange: 5, execution: 20, decision: 250 } as const

function killPoint(random: Xoshiro128): KillPoint {
  const dice = random.integer(0, 9)
  if (dice < 2) return { afterMs: random.integer(0, 900) }
  const journal = dice < 5 ? 'exchange' : dice < 7 ? 'execution' : 'decision'
  return { journal, nth: random.integer(1, OFTEN[journal]) }
}

const MAIN = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js')

function commandOf(folder: string, { fills, executor }: { fills: FillMode; executor: string }): string[] {
  if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is not there: run npm run build first')
  const out = join(folder, 'session')
  const how = ['--fills', fills, '--speed', executor === 'process' ? '20' : '40', '--executor', executor]
  // Two processes that share a core are slow to answer, which is none of what is looked at here.
  const limits = executor === 'process' ? ['--execution', patientConfig(folder)] : []
  const resume = existsSync(join(out, 'settings.json')) ? ['--resume'] : []
  return [MAIN, 'paper', '--days', join(folder, 'days'), '--out', out, ...how, ...limits, ...resume, '--json']
}

interface Ended {
  readonly end: number | NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
}

function life(command: readonly string[], out: string, point: KillPoint | undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { env: { ...process.env, NO_COLOR: '1' } })
    const stop = killAt(child, out, point)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', reject)
    child.on('exit', (_, signal) => {
      stop()
      // An executor of its own lives on for a moment, and holds the pipes.
      if (signal === 'SIGKILL') resolve({ end: signal, stdout, stderr })
    })
    child.on('close', (code, signal) => resolve({ end: signal ?? code ?? -1, stdout, stderr }))
  })
}

function killAt(child: ChildProcess, out: string, point: KillPoint | undefined): () => void {
  if (point === undefined) return () => {}
  if ('afterMs' in point) {
    const timer = setTimeout(() => child.kill('SIGKILL'), point.afterMs)
    return () => clearTimeout(timer)
  }
  const path = join(out, 'journal', point.journal, 'journal-00000001.log')
  const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  let last = size()
  let grown = 0
  const timer = setInterval(() => {
    const now = size()
    if (now === last) return
    last = now
    if (++grown === point.nth) child.kill('SIGKILL')
  }, 1)
  return () => clearInterval(timer)
}
