import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ALL_FAULT_KINDS } from './fault-plan.js'
import type { Failure } from './find-failure.js'

function simulate(...args: readonly string[]): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
} {
  const script = join(import.meta.dirname, 'simulate.ts')
  return spawnSync(process.execPath, ['--import', 'tsx', script, ...args], { encoding: 'utf8' })
}

test('seeds that pass end with 0 and say how much was simulated, how fast, and how often each fault struck', () => {
  const { status, stdout, stderr } = simulate('--seeds', '7', '--from', '40', '--minutes', '3', '--json')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const result = JSON.parse(stdout)
  expect(result).toMatchObject({ seeds: 7, virtualMs: 7 * 180_000, failure: null })
  expect(result.timesRealTime).toBeGreaterThan(0)
  expect(result.eventsPerSecond).toBeGreaterThan(0)
  expect(Object.keys(result.faults)).toEqual(ALL_FAULT_KINDS)
})

test('the same seeds leave the same trace, on however many threads', () => {
  const [one, two] = ['1', '2'].map((workers) => {
    const { stdout } = simulate('--seeds', '12', '--minutes', '3', '--workers', workers, '--json')
    return JSON.parse(stdout).traceHash as string
  })
  expect(one).toMatch(/^[0-9a-f]{16}$/)
  expect(two).toBe(one)
})

test('a seed that fails ends with 1 and prints a plan that fails again from its file', () => {
  const bug = ['--planted', 'counts-duplicates', '--minutes', '3']
  const first = simulate('--seeds', '60', ...bug, '--json')
  expect(first.status).toBe(1)
  const failure = JSON.parse(first.stdout).failure as Failure
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-simulate-test-'))
  try {
    const plan = join(folder, 'plan.json')
    writeFileSync(plan, JSON.stringify(failure.plan))
    const again = simulate('--seed', String(failure.seed), ...bug, '--plan', plan)
    expect(again.status).toBe(1)
    expect(again.stdout).toContain(`FAILED: seed ${failure.seed}, ${failure.invariant}`)
    expect(again.stdout).toContain('"kind":"venue-duplicate-stream"')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([
  ['--seeds many', '--seeds: expected a number, found many'],
  ['--minutes 1', '--minutes: expected at least 3, found 1'],
  ['--planted nothing', '--planted: expected one of resubmits-unknown,'],
])('%s is refused with what was expected', (args, message) => {
  const { status, stderr } = simulate(...args.split(' '))
  expect(status).toBe(2)
  expect(stderr).toContain(message)
})
