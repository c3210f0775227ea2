import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { scanJournal } from '../../src/core/journal/scan.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { JournalRecord } from '../../src/ports/journal.js'
import { temporaryFolder } from './dolphin.js'

const KILLS = 20
const WRITER = fileURLToPath(new URL('journal-writer.ts', import.meta.url))

const folder = temporaryFolder()

interface Life {
  readonly opened: number
  readonly durable: number
}

/** One writer, killed `afterMs` after it first said that something is durable. */
function live(afterMs: number): Promise<Life> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, folder.path], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    let armed = false
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      if (armed || !stdout.includes('durable')) return
      armed = true
      setTimeout(() => child.kill('SIGKILL'), afterMs)
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('close', (_, signal) => {
      if (signal !== 'SIGKILL' || stdout.includes('failed')) return reject(new Error(`${stdout.slice(-500)}${stderr}`))
      const opened = Number(/opened (\d+)\n/.exec(stdout)![1])
      // Its last word may have been cut by the kill.
      const durable = Number([...stdout.matchAll(/durable (\d+)\n/g)].at(-1)?.[1] ?? opened)
      resolve({ opened, durable })
    })
  })
}

it('a writer killed again and again, at any moment, never loses a record that it called durable', async () => {
  const random = new Xoshiro128(20_260_301)
  let before: Life = { opened: 0, durable: 0 }
  for (let kill = 0; kill < KILLS; kill++) {
    const life = await live(random.between(0, 40))
    expect(life.opened).toBeGreaterThanOrEqual(before.durable)
    before = life
  }
  const names = readdirSync(folder.path)
  const segments = names.filter((name) => /^journal-\d+\.log$/.test(name)).sort()
  const { records, verdict } = scanJournal<JournalRecord>(
    'execution',
    segments.map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder.path, name))) })),
  )
  expect(verdict.kind).not.toBe('corrupt')
  expect(records.length).toBeGreaterThanOrEqual(before.durable)
  expect(records.map(({ n }) => n)).toEqual(records.map((_, i) => i + 1))
  expect(segments.length).toBeGreaterThan(KILLS)
})
