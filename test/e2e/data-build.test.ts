import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DayColumns } from '../../src/ports/days.js'
import { firstDifference } from '../golden/first-difference.js'
import { snakeCased } from '../golden/golden-run.js'
import { goldenDir } from '../support/golden.js'
import { bytesOf, FIXTURE_DAYS, readDays, writeTidyTable } from '../support/price-tables.js'
import { dolphin, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
const at = (...names: string[]) => join(folder.path, ...names)

let market: DayColumns[]
beforeAll(async () => {
  market = await readDays(FIXTURE_DAYS)
})

/** Milliseconds after which a build is killed: from before the first day to near the end. */
const KILLS = [120, 180, 240, 300, 360, 420]

describe('dolphin data build, from prices to trades', () => {
  it('gives the golden trades of the recorded month with two commands', async () => {
    writeTidyTable(at('prices.csv'), market)
    const built = await dolphin([
      'data',
      'build',
      '--klines',
      at('prices.csv'),
      '--universe',
      'all',
      '--out',
      at('days'),
    ])
    expect(built).toMatchObject({ code: 0 })
    for (const { date } of market) {
      expect(bytesOf(at('days', `${date}.parquet`)), date).toBe(bytesOf(join(FIXTURE_DAYS, `${date}.parquet`)))
    }
    const { code, stdout } = await dolphin(['backtest', at('days'), '--json', '--quiet'])
    expect(code).toBe(0)
    const golden = JSON.parse(readFileSync(join(goldenDir(), 'real-may-2025', 'expected.json'), 'utf8')) as Golden
    const trades = (JSON.parse(stdout) as { trades: Record<string, unknown>[] }).trades
    expect(firstDifference(golden.trades, snakeCased(trades))).toBeUndefined()
  })

  it('continues after being killed at any moment and ends in the same bytes', async () => {
    const days = market.slice(0, 6)
    writeTidyTable(at('prices.csv'), days)
    const command = ['data', 'build', '--klines', at('prices.csv'), '--universe', 'all', '--out']
    expect((await dolphin([...command, at('whole')])).code).toBe(0)
    for (const killMs of KILLS) {
      await dolphin([...command, at('killed')], {
        during: (child) => {
          setTimeout(() => child.kill('SIGKILL'), killMs)
        },
      })
    }
    const finished = await dolphin([...command, at('killed')])
    expect(finished).toMatchObject({ code: 0 })
    for (const { date } of days) {
      expect(bytesOf(at('killed', `${date}.parquet`)), date).toBe(bytesOf(at('whole', `${date}.parquet`)))
    }
  })

  it('refuses damaged input with its place and exit code 3', async () => {
    writeFileSync(at('BTCUSDT-1m-2025-05-10.zip'), 'no archive')
    const { code, stderr } = await dolphin(['data', 'build', '--klines', folder.path, '--out', at('days')])
    expect(code).toBe(3)
    expect(stderr).toContain('BTCUSDT-1m-2025-05-10.zip')
  })
})

interface Golden {
  readonly trades: readonly unknown[]
}
