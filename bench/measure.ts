import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One figure of a bench: what was measured, and against what in the same run. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The baseline's value in the same unit, and `value / baseline`. */
  readonly baseline?: { readonly name: string; readonly value: number }
  readonly target?: string
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!
}

/** The value that this share of them is at most. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)]!
}

export interface CommandRun {
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakRssMb: number
  readonly stdout: string
}

const REPORTER = fileURLToPath(new URL('report-peak-memory.mjs', import.meta.url))

/** Runs a Node command line as a process of its own: wall time, CPU time and the process's peak memory, threads included. */
export function runNode(args: readonly string[]): CommandRun {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-bench-'))
  try {
    const memoryFile = join(folder, 'peak')
    const start = process.hrtime.bigint()
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', REPORTER, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, DOLPHIN_BENCH_PEAK_FILE: memoryFile },
    })
    const wallMs = Number(process.hrtime.bigint() - start) / 1e6
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
    const [peakKb, cpuMs] = readFileSync(memoryFile, 'utf8').split(' ').map(Number)
    return { wallMs, cpuMs: cpuMs!, peakRssMb: peakKb! / 1024, stdout }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A Python that has the peers' packages: `$PYTHON`, else python3; undefined where there is none. */
export function pythonWith(...packages: readonly string[]): string | undefined {
  for (const candidate of [process.env.PYTHON, 'python3']) {
    if (candidate === undefined) continue
    const probe = spawnSync(candidate, ['-c', packages.map((name) => `import ${name}`).join('\n')])
    if (probe.status === 0) return candidate
  }
  return undefined
}

export function runPython<T>(python: string, args: readonly string[]): T {
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout) as T
}

export function line({ name, value, unit, baseline, target }: Figure): string {
  const ratio =
    baseline === undefined
      ? ''
      : `  ${(value / baseline.value).toFixed(2)} × ${baseline.name} (${number(baseline.value)} ${unit})`
  return `${name.padEnd(44)} ${`${number(value)} ${unit}`.padStart(12)}${ratio}${target === undefined ? '' : `  target ${target}`}`
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3)
}
