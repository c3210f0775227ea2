import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
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
