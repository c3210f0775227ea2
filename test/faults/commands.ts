import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { parquetDayWriter } from '../../src/adapters/parquet/day-writer.js'
import { EXIT } from '../../src/cli/shell/exit-codes.js'
import { reportError } from '../../src/cli/shell/report-error.js'

import { synthesizeDay } from '../../src/core/days/synthesize.js'
import type { DayColumns } from '../../src/ports/days.js'

/** A command line of which every call to the file system is made to fail once. */
export interface Scene {
  readonly name: string
  readonly module: () => Promise<{ register(parent: Command): void }>
  /** Its words; `at` leads into the folder of the run. */
  readonly words: (at: (name: string) => string) => readonly string[]
  /** Files that it writes and that are always the same, byte for byte. */
  readonly outputs?: readonly string[]
}

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname

export const SCENES: readonly Scene[] = [
  {
    name: 'backtest',
    module: () => import('../../src/cli/backtest/command.js'),
    words: (at) => [
      ...['backtest', at('days'), '--workers', '0', '--cache', at('cache'), '--config', at('blue.yml'), '--quiet'],
      ...[
        '--factors',
        at('factors.csv'),
        '--trades',
        at('out/trades.csv'),
        '--report',
        at('out/report.html'),
        '--json',
      ],
    ],
    outputs: ['out/trades.csv'],
  },
  {
    name: 'paper',
    module: () => import('../../src/cli/paper/command.js'),
    words: (at) => [
      ...['paper', '--days', at('days'), '--out', at('again'), '--execution', at('execution.yml'), '--quiet'],
      ...['--instruments', at('instruments.json')],
    ],
  },
  {
    name: 'paper --resume',
    module: () => import('../../src/cli/paper/command.js'),
    words: (at) => ['paper', '--days', at('days'), '--out', at('session'), '--resume', '--quiet'],
  },
  {
    name: 'compare',
    module: () => import('../../src/cli/compare/command.js'),
    words: (at) => ['compare', at('session'), '--quiet', '--json'],
  },
  ...(['show', 'verify', 'replay', 'archive'] as const).map(
    (name): Scene => ({
      name: `journal ${name}`,
      module: () => import('../../src/cli/journal/command.js'),
      words: (at) => ['journal', name, at('session/journal/decision')],
    }),
  ),
  {
    name: 'scan',
    module: () => import('../../src/cli/scan/command.js'),
    words: (at) => [
      ...['scan', '--days', at('days'), '--storage', at('scans'), '--publish', at('scans.jsonl')],
      ...['--limit', '4', '--quiet'],
    ],
  },
  {
    name: 'certify',
    module: () => import('../../src/cli/certify/command.js'),
    words: (at) => [
      'certify',
      at('days'),
      '--key-file',
      at('key'),
      '--out',
      at('out/c.json'),
      '--cuts',
      '1',
      '--quiet',
    ],
  },
  {
    name: 'data synth',
    module: () => import('../../src/cli/data/command.js'),
    words: (at) => [
      ...['data', 'synth', '--out', at('made'), '--days', '2', '--bars', '48', '--assets', '4', '--quiet'],
    ],
    outputs: ['made/2026-01-01.parquet', 'made/2026-01-02.parquet'],
  },
  {
    name: 'data verify',
    module: () => import('../../src/cli/data/command.js'),
    words: (at) => ['data', 'verify', at('days'), '--quiet', '--write-checksums', at('out/sums')],
  },
  {
    name: 'data build',
    module: () => import('../../src/cli/data/command.js'),
    words: (at) => [
      ...['data', 'build', '--klines', at('prices.csv'), '--out', at('built'), '--universe', 'all', '--quiet'],
      ...['--factors-out', at('out/factors.csv')],
    ],
  },
  {
    name: 'status validate',
    module: () => import('../../src/cli/status/command.js'),
    words: (at) => ['status', 'validate', '--file', at('status.json')],
  },
  {
    name: 'status show',
    module: () => import('../../src/cli/status/command.js'),
    words: (at) => ['status', 'show', '--file', at('status.json')],
  },
  {
    name: 'doctor',
    module: () => import('../../src/cli/doctor/command.js'),
    words: (at) => [
      ...['doctor', '--folder', at('session'), '--config', at('blue.yml'), '--execution', at('execution.yml')],
      ...['--instruments', at('instruments.json')],
    ],
  },
  {
    name: 'new strategy',
    module: () => import('../../src/cli/new/command.js'),
    words: (at) => ['new', 'strategy', 'mine', '--out', at('mine')],
  },
]

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command from source, in this process, and answers as the process would. */
export async function run(scene: Scene, folder: string): Promise<Answer> {
  const { register } = await scene.module()
  const written = { stdout: '', stderr: '' }
  const writes = { stdout: process.stdout.write, stderr: process.stderr.write }
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = ((chunk: unknown, ...rest: unknown[]) => {
      written[name] += String(chunk)
      const done = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined
      done?.()
      return true
    }) as typeof process.stdout.write
  }
  const before = process.exitCode
  process.exitCode = EXIT.ok
  try {
    const program = new Command('dolphin').exitOverride()
    register(program)
    await program.parseAsync(
      scene.words((name) => join(folder, name)),
      { from: 'user' },
    )
  } catch (error) {
    process.exitCode = reportError(error)
  } finally {
    process.stdout.write = writes.stdout
    process.stderr.write = writes.stderr
  }
  const code = Number(process.exitCode)
  process.exitCode = before
  return { code, ...written }
}

/** What the commands read: a synthetic market, a finished session, and configurations. */
export async function prepare(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const name of ['blue.yml', 'execution.yml', 'instruments.json']) {
    cpSync(new URL(`../../configs/${name}`, import.meta.url), join(folder, name))
  }
  cpSync(join(FIXTURES, 'status/account_lockout.json'), join(folder, 'status.json'))
  writeFileSync(join(folder, 'key'), 'a long and secret key\n', { mode: 0o600 })
  writeFileSync(join(folder, 'factors.csv'), 'date,fng\n2026-01-01,40\n2026-01-02,41\n')
  const rows = Array.from({ length: 720 }, (_, i) => {
    const [minute, asset] = [Math.floor(i / 12), i % 12]
    const time = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
    return `${time},A${asset}USDT,${(100 + asset + Math.sin(minute * (asset + 1))).toFixed(4)}`
  })
  writeFileSync(join(folder, 'prices.csv'), `timestamp,symbol,close\n${rows.join('\n')}\n`)
  const day = synthesizeDay({ start: '2026-01-01', seed: 42, bars: 1440, assets: 12, missingRate: 0 }, 0)
  mkdirSync(join(folder, 'days'))
  await parquetDayWriter.write(join(folder, 'days', '2026-01-01.parquet'), headOf(day, BARS))
  const session: Scene = {
    name: 'the session',
    module: () => import('../../src/cli/paper/command.js'),
    words: (at) => ['paper', '--days', at('days'), '--out', at('session'), '--quiet'],
  }
  const { code, stderr } = await run(session, folder)
  if (code !== 0) throw new Error(`${session.name}: ${stderr}`)
}

/** Half an hour: a session plays every second of it. */
const BARS = 30

function headOf(day: DayColumns, bars: number): DayColumns {
  const head = (value: unknown): unknown => {
    if (Array.isArray(value)) return ArrayBuffer.isView(value[0]) ? value.map(head) : value
    return ArrayBuffer.isView(value) ? (value as Float64Array).slice(0, bars) : value
  }
  const eigen = Object.fromEntries(Object.entries(day.eigen).map(([name, column]) => [name, head(column)]))
  const columns = Object.fromEntries(Object.entries(day).map(([name, value]) => [name, head(value)]))
  return { ...columns, bars, eigen } as unknown as DayColumns
}

/** The folder as it was prepared, for another run. */
export function renew(prepared: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  cpSync(prepared, folder, { recursive: true, preserveTimestamps: true })
}
