import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openKlines } from '../../../../src/adapters/klines/klines.js'
import { dateOfEpochMs, MS_PER_DAY } from '../../../../src/base/utc-date.js'
import { register } from '../../../../src/cli/data/command.js'
import { runCommand, temporaryFolder } from '../../../support/in-process-command.js'
import { startSandbox } from '../../../support/sandbox.js'

const folder = temporaryFolder()
let sandbox: Awaited<ReturnType<typeof startSandbox>>

beforeAll(async () => {
  sandbox = await startSandbox()
})
beforeEach(() => sandbox.exchange.faults.clear())
afterAll(() => sandbox.close())

const day = (ago: number) => dateOfEpochMs(Date.now() - ago * MS_PER_DAY)

function download(...args: readonly string[]) {
  return runCommand(register, ['data', 'download', '--at', sandbox.origin, '--out', folder.path, ...args])
}

function files(): string[] {
  return (readdirSync(folder.path, { recursive: true }) as string[])
    .filter((name) => statSync(join(folder.path, name)).isFile())
    .map((name) => name.split('/').at(-1)!)
    .sort()
}

async function barsOf(symbol: string, date: string): Promise<number> {
  const archive = await openKlines([folder.path])
  const bars = (await archive.read(symbol, date))?.openTimesMs.length ?? 0
  await archive.close()
  return bars
}

describe('dolphin data download', () => {
  it('fetches whole days from the archive, and today over REST, in the layout that data build reads', async () => {
    const [threeAgo, twoAgo, today] = [day(3), day(2), day(0)]
    const { code, stdout } = await download('--symbols', 'BTCUSDT,ETHUSDT', '--from', threeAgo, '--to', today, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ days: 8, there: 8, missing: [], files: { kept: 0 } })
    expect(files()).toEqual(
      expect.arrayContaining([`BTCUSDT-1m-${threeAgo}.zip`, `BTCUSDT-1m-${threeAgo}.zip.CHECKSUM`]),
    )
    expect(files()).toEqual(expect.arrayContaining([`ETHUSDT-1m-${today}.csv`, `ETHUSDT-1m-${today}.csv.CHECKSUM`]))
    expect(await barsOf('BTCUSDT', twoAgo)).toBe(1_440)
  })

  it('keeps what is there and verified, and fetches what is damaged again', async () => {
    const args = ['--symbols', 'BTCUSDT', '--from', day(3), '--to', day(2), '--json']
    await download(...args)
    const path = join(folder.path, 'BTCUSDT', '1m', `BTCUSDT-1m-${day(3)}.zip`)
    const before = readFileSync(path)
    writeFileSync(path, 'damaged')
    writeFileSync(join(folder.path, 'BTCUSDT', '1m', `.BTCUSDT-1m-${day(3)}.zip.0123456789ab.tmp`), 'of a killed run')
    const { code, stdout } = await download(...args)
    expect([code, JSON.parse(stdout).files]).toEqual([0, { archive: 1, rest: 0, kept: 1 }])
    expect(readFileSync(path)).toEqual(before)
    expect(files().filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('takes nothing whose bytes contradict its checksum: from REST instead, or not at all', async () => {
    sandbox.exchange.faults.set('archiveChecksumWrong', true)
    const args = ['--symbols', 'BTCUSDT', '--from', day(3), '--to', day(3), '--json', '--source']
    const archive = await download(...args, 'archive')
    expect(archive.code).toBe(1)
    expect(JSON.parse(archive.stdout).missing).toMatchObject([{ symbol: 'BTCUSDT', days: 1, why: 'checksum' }])
    expect(files()).toEqual([])
    const auto = await download(...args, 'auto')
    expect([auto.code, JSON.parse(auto.stdout).files]).toEqual([0, { archive: 0, rest: 1, kept: 0 }])
    expect(await barsOf('BTCUSDT', day(3))).toBe(1_440)
    // When the archive is sound again, nothing is missing that it would be asked for.
    sandbox.exchange.faults.clear()
    expect(JSON.parse((await download(...args, 'archive')).stdout).files.kept).toBe(1)
  })

  it('leaves no half file under a name of its own when files come cut off', async () => {
    sandbox.exchange.faults.set('archiveTruncated', true)
    const { code } = await download('--symbols', 'BTCUSDT', '--from', day(2), '--to', day(2), '--source', 'archive')
    expect([code, files()]).toEqual([1, []])
  })

  it('tells what was not listed, and fails for it only where it may have been', async () => {
    const { code, stdout } = await download('--symbols', 'NOUSDT', '--from', day(3), '--to', day(2), '--json')
    expect(code).toBe(1)
    const lacks = [{ symbol: 'NOUSDT', from: day(3), to: day(2), days: 2, why: 'not-listed' }]
    expect(JSON.parse(stdout).missing).toEqual(lacks)
    const { symbols: rows } = (await (await fetch(`${sandbox.origin}/fapi/v1/exchangeInfo`)).json()) as {
      readonly symbols: readonly { readonly symbol: string; readonly onboardDate: number }[]
    }
    const listedOn = dateOfEpochMs(rows.find(({ symbol }) => symbol === 'BTCUSDT')!.onboardDate)
    const before = dateOfEpochMs(Date.parse(listedOn) - MS_PER_DAY)
    const early = await download('--symbols', 'BTCUSDT', '--from', before, '--to', before, '--json')
    const missing = [{ symbol: 'BTCUSDT', from: before, to: before, days: 1, why: 'not-listed-yet' }]
    expect([early.code, JSON.parse(early.stdout).missing]).toEqual([0, missing])
  })

  it('takes another exchange through ccxt, which is content with the sandbox', async () => {
    const args = ['--exchange', 'binanceusdm', '--symbols', 'BTCUSDT,ETH/USDT:USDT,NOPE']
    const days = ['--from', day(2), '--to', day(2), '--json']
    const { code, stdout } = await download(...args, ...days)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ there: 2, missing: [{ symbol: 'NOPE', why: 'not-listed' }] })
    expect(files()).toEqual(expect.arrayContaining([`binanceusdm-BTCUSDT-1m-${day(2)}.csv`]))
    expect([await barsOf('BTCUSDT', day(2)), await barsOf('ETHUSDT', day(2))]).toEqual([1_440, 1_440])
    expect(JSON.parse((await download(...args, ...days)).stdout).files).toEqual({ archive: 0, rest: 0, kept: 2 })
  })

  it('refuses an exchange and an interval that there is not', async () => {
    const other = await download('--exchange', 'binanceusdn', '--symbols', 'BTCUSDT', '--from', day(1))
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/did you mean 'binanceusdm'/)])
    const interval = await download('--exchange', 'binanceusdm', '--interval', '7m', '--from', day(1))
    const says = expect.stringMatching(/--interval: expected one of binanceusdm/)
    expect([interval.code, interval.stderr]).toEqual([2, says])
  })
})
