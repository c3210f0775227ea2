import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScanArchive } from '../../../src/adapters/arrow/scan-archive.js'
import { register } from '../../../src/cli/scan/command.js'
import type { ScanRecord } from '../../../src/ports/scan-archive.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { instrument } from '../../support/instruments.js'
import { TWELVE } from '../../support/kline-files.js'
import { readDays } from '../../support/price-tables.js'
import { startSandbox } from '../../support/sandbox.js'

const folder = temporaryFolder()
const inFolder = (...names: string[]) => join(folder.path, ...names)
let sandbox: Awaited<ReturnType<typeof startSandbox>>

beforeAll(async () => {
  sandbox = await startSandbox({ instruments: TWELVE.map((symbol) => instrument({}, symbol)) })
})
afterAll(() => sandbox.close())

function live(...args: string[]) {
  const at = ['--exchange-at', sandbox.origin, '--storage', inFolder('data')]
  return runCommand(register, ['scan', '--live', ...at, ...args])
}

async function records(): Promise<ScanRecord[]> {
  const archive = await openScanArchive(inFolder('data'))
  const found: ScanRecord[] = []
  for await (const { record } of archive.after(0)) found.push(record)
  await archive.close()
  return found
}

describe('dolphin scan --live', () => {
  it('records each scan as the row of a day that a backtest reads, and goes on with both', async () => {
    const args = ['--symbols', TWELVE.join(), '--bar-seconds', '1', '--record', inFolder('days')]
    const first = await live(...args, '--limit', '2')
    expect([first.code, first.stderr]).toEqual([
      0,
      expect.stringMatching(
        /^Following live prices of http[\s\S]*Cold: [\s\S]*--bar-seconds 60 starts warm[\s\S]*2 scans/,
      ),
    ])
    const second = await live(...args.slice(2), '--limit', '1', '--json', '--quiet')
    expect(JSON.parse(second.stdout)).toMatchObject({ scans: 1, firstNumber: 3, symbols: 12, stoppedBy: null })
    const scans = await records()
    expect(scans.map(({ scanNumber }) => scanNumber)).toEqual([1, 2, 3])
    const days = await readDays(inFolder('days'))
    // A test may run at midnight.
    const times = days.flatMap(({ timestampNs }) => [...timestampNs!])
    expect(times).toEqual(scans.map(({ timestampNs }) => timestampNs))
    for (const ns of times) expect(ns % 1_000_000_000n).toBe(0n)
    const day = days.at(-1)!
    expect(day.assets).toEqual(TWELVE)
    const last = scans.at(-1)!
    expect(day.prices.map((column) => column.at(-1))).toEqual([...last.prices])
    expect(day.scanNumber!.at(-1)).toBe(3n)
    expect(readdirSync(inFolder('days', 'unfinished'))).toHaveLength(1)
    const manifest = JSON.parse(readFileSync(inFolder('days', 'recording.json'), 'utf8'))
    expect(manifest.days[day.date]).toMatchObject({ rows: day.bars, incomplete: expect.any(String) })
    const bytes = readFileSync(inFolder('days', 'origins', `${day.date}.parquet`))
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    const origins = await parquetReadObjects({ file })
    expect(new Set(origins.map(({ symbol }) => symbol))).toEqual(new Set(TWELVE))
    expect(origins.every(({ source }) => ['mid', 'mark', 'none'].includes(String(source)))).toBe(true)
  })

  it('makes up from the storage what a recording that was killed did not come to', async () => {
    const args = ['--symbols', TWELVE.join(), '--bar-seconds', '1', '--limit', '2']
    await live(...args, '--record', inFolder('days'))
    const { code } = await live(...args)
    expect(code).toBe(0)
    const { stderr } = await live(...args, '--record', inFolder('days'))
    expect(stderr).toContain('Recorded 2 scans of the storage that an earlier run did not come to record.')
    const days = await readDays(inFolder('days'))
    expect(days.flatMap(({ scanNumber }) => [...scanNumber!])).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
  })

  it('is warm from klines where steps are a minute long, and follows the contracts that are traded most', async () => {
    const { code, stderr, stdout } = await live('--top', '11', '--bar-seconds', '60', '--limit', '1', '--json')
    expect(code).toBe(0)
    expect(stderr).toContain('Warm: 751 of the 751 steps that the windows hold, from klines of a minute.')
    expect(JSON.parse(stdout)).toMatchObject({ warmUpSteps: 751, symbols: 11, warm: { steps: 751, from: 'klines' } })
    const [scan] = await records()
    expect(scan!.windows.every(({ lambdaMax }) => lambdaMax > 1)).toBe(true)
    expect(scan!.timestampNs % 60_000_000_000n).toBe(0n)
  })

  it('refuses contracts that cannot be followed, each with why, and writes nothing', async () => {
    const { code, stderr } = await live('--symbols', 'BTCUSDT,NOUSDT', '--record', inFolder('days'))
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/--symbols: NOUSDT cannot be followed: the exchange does not list it/),
    ])
    expect(existsSync(inFolder('days'))).toBe(false)
  })

  it('keeps the universe of its storage', async () => {
    await live('--symbols', TWELVE.join(), '--bar-seconds', '1', '--limit', '1')
    const { code, stderr } = await live('--symbols', 'BTCUSDT', '--bar-seconds', '1', '--limit', '1')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--symbols: expected the contracts of the storage/)])
  })

  it.each([
    [[], /--days: expected folders or files of days, or --live, found neither/],
    [['--live', '--days', 'days'], /--days: does not go with --live/],
    [
      ['--live', '--speed', '2', '--from', '2026-01-01'],
      /--from: does not go with --live[\s\S]*--speed: does not go with --live/,
    ],
    [['--days', 'days', '--record', 'r', '--top', '3'], /--top: goes with --live[\s\S]*--record: goes with --live/],
    [
      ['--live', '--bar-seconds', '7'],
      /--bar-seconds: expected 60, or a whole number of seconds that divides it, found "7"/,
    ],
    [['--live', '--exchange-at', 'moon'], /--exchange-at: .*found "moon"/],
    [['--live', '--top', '0'], /--top: expected an integer from 1 to 1000, found "0"/],
    [['--live', '--top', '3', '--symbols', 'BTCUSDT'], /--top: does not go with --symbols/],
  ])('refuses %j', async (args, says) => {
    const { code, stderr } = await runCommand(register, ['scan', '--storage', inFolder('data'), ...args])
    expect([code, stderr]).toEqual([2, expect.stringMatching(says)])
  })
})
