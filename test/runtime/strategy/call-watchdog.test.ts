import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const watchdog = new URL('../../../dist/runtime/strategy/call-watchdog.js', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'watchdog-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A process that runs a strategy with this `onBar` over ten bars of 2025-05-09, and says so when it is done. */
function run(onBar: string) {
  const path = join(folder, 'mine.mjs')
  writeFileSync(
    path,
    `import { CallWatchdog } from '${watchdog}'
const strategy = { id: 'mine', ${onBar}, onFill() {}, onEntryDropped() {}, snapshot() {}, restore() {} }
const watched = new CallWatchdog({ strategyId: 'mine', file: 'mine.mjs', limitMs: 400 })
const all = watched.watched(strategy)
// Longer than the limit: only calls count.
await new Promise((resolve) => setTimeout(resolve, 500))
for (let bar = 0; bar < 10; bar++) all.onBar({ bar, timestampMs: Date.UTC(2025, 4, 9) + bar })
await watched.close()
console.log('done')
`,
  )
  return spawnSync(process.execPath, [path], { encoding: 'utf8', cwd: folder, timeout: 600_000 })
}

describe('the watchdog of a strategy in this thread', () => {
  test('ends a process whose strategy never comes back, with its line, bar and date', () => {
    const { status, stderr, stdout } = run('onBar({ bar }) { let i = 0; while (bar === 7) i++ }')
    expect(stderr).toMatch(/^mine\.mjs:2:\d+: strategy mine: bar 7 of 2025-05-09 runs for 0\.4 s now: stopped\n$/)
    expect(status).toBe(1)
    expect(stdout).toBe('')
  })

  test('lets a strategy alone that comes back, and what it throws through', () => {
    expect(run('onBar() { return [] }')).toMatchObject({ status: 0, stdout: 'done\n', stderr: '' })
    const { status, stderr } = run('onBar() { throw new Error("its own") }')
    expect(status).toBe(1)
    expect(stderr).toContain('Error: its own')
  })
})
