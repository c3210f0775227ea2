import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readAuditTrail } from '../../src/adapters/audit/file-audit-trail.js'
import type { AuditRecord } from '../../src/ports/vocabulary/harness.js'
import { temporaryFolder } from '../support/in-process-command.js'
import { leaveTime, until } from '../support/until.js'

const folder = temporaryFolder()
const LIVES = 8
const EFFECTS_A_CYCLE = 4
const ORDERS_A_CYCLE = 2

it.each([1, 3])(
  'a harness that is killed at any moment makes every effect and every order once (%d at once)',
  async (parallelism) => {
    let cycles = 0
    for (let life = 0; life < LIVES; life++) cycles = await ranUntilKilled(parallelism, Math.random() * 20)
    const records = await readAuditTrail(join(folder.path, 'audit.jsonl'))
    const finished = records.flatMap(({ kind, cycle }) => (kind === 'CYCLE_FINISHED' ? [cycle] : []))
    expect(finished.slice(0, cycles + 1)).toEqual(Array.from({ length: cycles + 1 }, (_, number) => `${number}`))
    expect(records.some(({ kind }) => kind === 'CYCLE_RESUMED')).toBe(true)
    // The last cycle may be under way.
    for (const [file, each] of [
      ['effects.jsonl', EFFECTS_A_CYCLE],
      ['orders.jsonl', ORDERS_A_CYCLE],
    ] as const) {
      const keys = keysIn(file)
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys.length).toBeGreaterThanOrEqual(finished.length * each)
      expect(keys.length).toBeLessThanOrEqual((finished.length + 1) * each)
    }
    const made = new Set([...keysIn('effects.jsonl'), ...keysIn('orders.jsonl')])
    const released = keysOf(records, 'RELEASED')
    const applied = keysOf(records, 'EFFECT').filter((key) => !key.endsWith('/orders'))
    expect([...released, ...applied].filter((key) => !made.has(key))).toEqual([])
    for (const keys of [released, applied]) expect(new Set(keys).size).toBe(keys.length)
  },
)

/** The number of the last cycle that it said was over before it was killed: so many after its first word, or in the middle of one. */
async function ranUntilKilled(parallelism: number, cycles: number): Promise<number> {
  const script = fileURLToPath(new URL('./run-cycles-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder.path, `${parallelism}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const said = (): readonly string[] => text.split('\n').slice(0, -1)
  await until(() => said().length > cycles)
  await leaveTime(Math.random() * 5)
  child.kill('SIGKILL')
  await ended
  return Number(said().at(-1))
}

function keysOf(records: readonly AuditRecord[], kind: 'EFFECT' | 'RELEASED'): readonly string[] {
  return records.flatMap((record) => (record.kind === kind ? [record.key] : []))
}

function keysIn(file: string): readonly string[] {
  const lines = readFileSync(join(folder.path, file), 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => (JSON.parse(line) as { key: string }).key)
}
