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
