import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeShortDay } from '../support/short-days.js'
import { dolphin, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
let days = ''

beforeEach(async () => {
  days = join(folder.path, 'days')
  mkdirSync(days)
  await writeShortDay(days, { date: '2025-05-10', fromRow: 300, toRow: 420, stepMs: 60_000 })
})

const paper = (more: readonly string[], during?: (child: ChildProcess) => void) =>
  dolphin(['paper', ...more], { cwd: folder.path, ...(during && { during }) })
const ofDays = (out: string, ...more: readonly string[]) =>
  paper(['--days', days, '--grid', 'embedded', '--out', out, ...more])

describe('dolphin paper on a grid in its process', () => {
  it('says in one line what runs, and tells of the whole session what a session without a grid does', async () => {
    const onGrid = await ofDays('grid')
    expect({ code: onGrid.code, stderr: onGrid.stderr }).toEqual({
      code: 0,
      stderr:
        'Running in this process: a scanner that plays 1 recorded day into grid/scans → a bridge → a grid → a trader → an executor → a paper exchange.\n',
    })
    const alone = await paper(['--days', days, '--out', 'alone'])
    expect(onGrid.stdout.replaceAll('grid/', 'alone/').replace('compare grid', 'compare alone')).toBe(alone.stdout)
    expect(onGrid.stdout).toContain('Next            dolphin compare grid')
  })

  it('that ends before its days do is not held against the backtest of these days', async () => {
    const { code, stdout } = await ofDays('part', '--bars', '20', '--quiet')
    expect(code).toBe(0)
    expect(stdout).toContain('Period          2025-05-10, 1 day, 20 bars')
    expect(stdout).not.toContain('dolphin compare')
  })

  it('goes on as what it was begun as: a session by the clock is not replayed', async () => {
    const byClock = ['--days', days, '--out', 'clock', '--speed', '50']
    const begun = await paper(byClock, (child) => void onceSaid(child, 'stderr', /./).then(() => child.kill('SIGINT')))
    expect(begun.code).toBe(130)
    const { code, stderr } = await ofDays('clock', '--resume')
    expect(code).toBe(2)
    expect(stderr).toContain(
      'error: --mode: the session goes by the clock, as it was begun: expected live, found replay',
    )
  })
})

describe('dolphin paper on a cluster that is not there', () => {
  it('waits, says for what, and writes nothing when it is interrupted', async () => {
    const url = `hazelcast://127.0.0.1:${await freePort()}`
    const { code, stderr } = await paper(['--grid', url, '--out', 'nothing'], (child) => {
      void onceSaid(child, 'stderr', /first scan/).then(() => child.kill('SIGINT'))
    })
    expect(code).toBe(130)
    expect(stderr.split('\n').slice(0, 4)).toEqual([
      `No connection to the grid ${url} yet (connect ECONNREFUSED ${url.slice('hazelcast://'.length)}), it is tried again and again.`,
      'Waiting for the first scan in the grid.',
      'Stopping at the end of this bar. Press Ctrl-C again to exit at once.',
      'Interrupted before the session began; nothing was written.',
    ])
  })

  it('refuses a folder that holds a session before it waits for anything', async () => {
    expect((await ofDays('held', '--bars', '2', '--quiet')).code).toBe(0)
    const { code, stderr } = await paper(['--grid', `hazelcast://127.0.0.1:${await freePort()}`, '--out', 'held'])
    expect([code, stderr]).toEqual([
      2,
      'error: --out: held holds a session already\nContinue it with --resume, or name another folder.\n',
    ])
  })
})

it('an executor in a process of its own is refused where the scans are replayed, and what goes instead is said', async () => {
  const { code, stderr } = await paper(['--executor', 'process'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/^error: --executor: expected in-process where scans are replayed: .*--mode live/)
})

/** Resolves when the process has written the words. */
function onceSaid(child: ChildProcess, stream: 'stdout' | 'stderr', words: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let text = ''
    child[stream]?.on('data', (chunk) => {
      text += chunk
      if (words.test(text)) resolve()
    })
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
