import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { SIGNALS } from '../../src/core/grid/trader-documents.js'
import { DAYS, dolphin, ROOT, temporaryFolder } from './dolphin.js'

const DATE = '2025-05-10'
const folder = temporaryFolder()

it('a session that a program runs itself trades what dolphin paper trades', async () => {
  const example = join(ROOT, 'examples', 'paper-session.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [example, DATE], { cwd: folder.path })
  const command = ['paper', '--days', DAYS, '--from', DATE, '--to', DATE, '--out', 'session', '--json', '--quiet']
  const paper = await dolphin(command, { cwd: folder.path })
  const { bars, performance, trades } = JSON.parse(paper.stdout) as PaperReport
  const { netPnl, capitalUsd } = performance
  expect(trades.length).toBeGreaterThan(0)
  expect(stdout.trimEnd().split('\n')).toEqual([
    ...trades.map(({ direction, symbol, netPnl, reason }) => `${direction} ${symbol}: ${netPnl} USD, ${reason}`),
    `${bars} bars, ${trades.length} trades, net ${netPnl} USD, capital ${capitalUsd} USD`,
  ])
})

it('a program on the grid hears every scan of its day once, in order, and leaves there what it wants', async () => {
  const example = join(ROOT, 'examples', 'grid-trader.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [example], { cwd: folder.path })
  const [, heard, wanted] = /^(\d+) scans heard; the last wish in the grid: (.*)\n$/.exec(stdout)!
  expect(heard).toBe('300')
  const reading = SIGNALS.read(wanted!)
  expect(reading).toMatchObject({ value: { strategy: 'example', mandates: [{ symbol: 'BTCUSDT' }] } })
  const again = await promisify(execFile)(process.execPath, [example], { cwd: folder.path })
  expect(again.stdout).toBe(stdout)
})

it('a skill of a program runs through its gate, is caught at a look at what it has not declared, and runs no more', async () => {
  const example = join(ROOT, 'examples', 'own-skill.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [example], { cwd: folder.path })
  const lines = stdout.split('\n')
  expect(lines.filter((line) => /^\w/.test(line))).toEqual([
    'open: COMPLETE, the skill is ACTIVE',
    'locked: COMPLETE, the skill is ACTIVE',
    'nosy: DEGRADED, the skill is QUARANTINED',
    'after: DEGRADED, the skill is QUARANTINED',
  ])
  expect(lines.filter((line) => /report:|SKIPPED|VIOLATION/.test(line))).toEqual([
    '  report: {"regime":"TRENDING_NORMAL_VOL","ranked":["sure","keen"]}',
    '  TASK_SKIPPED GATE',
    '  SKILL_VIOLATION LAYER_BYPASS QUARANTINE',
    '  TASK_SKIPPED SKILL_UNAVAILABLE',
  ])
})

interface PaperReport {
  readonly bars: number
  readonly performance: { readonly netPnl: string; readonly capitalUsd: string }
  readonly trades: readonly {
    readonly direction: string
    readonly symbol: string
    readonly netPnl: string
    readonly reason: string
  }[]
}
