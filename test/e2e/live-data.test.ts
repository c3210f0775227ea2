import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openScanArchive } from '../../src/adapters/arrow/scan-archive.js'
import { dateOfEpochMs, MS_PER_DAY } from '../../src/base/utc-date.js'
import { instrument } from '../support/instruments.js'
import { TWELVE } from '../support/kline-files.js'
import { readDays } from '../support/price-tables.js'
import { startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { dolphin } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

let sandbox: Awaited<ReturnType<typeof startSandbox>>
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ instruments: TWELVE.map((symbol) => instrument({}, symbol)) })
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-'))
})
afterEach(() => {
  sandbox.exchange.faults.clear()
  rmSync(folder, { recursive: true })
})
afterAll(() => sandbox.close())

/** Names of files below the folder, wherever they lie. */
function files(ending: string): string[] {
  const names = readdirSync(folder, { recursive: true }) as string[]
  return names.filter((name) => name.endsWith(ending)).map((name) => name.split('/').at(-1)!)
}

describe('live scans as a process', () => {
  const command = () => [
    ...['scan', '--live', '--exchange-at', sandbox.origin, '--symbols', TWELVE.join(), '--bar-seconds', '1'],
    ...['--storage', join(folder, 'scans'), '--record', join(folder, 'days')],
  ]

  it('lose no step that they made when they are killed, and end at Ctrl-C with a whole day', async () => {
    const first = new RunningDolphin(command())
    await until(() => files('.arrow').length >= 3)
    await first.stop('SIGKILL')
    const second = new RunningDolphin(command())
    const made = files('.arrow').length
    await until(() => files('.arrow').length >= made + 2)
    expect([await second.stop('SIGINT'), second.out]).toEqual([130, ''])
    expect(second.said).toContain('Stopping at the end of this scan.')
    const archive = await openScanArchive(join(folder, 'scans'))
    const numbers: bigint[] = []
    for await (const { record } of archive.after(0)) numbers.push(BigInt(record.scanNumber))
    await archive.close()
    const days = await readDays(join(folder, 'days'))
    expect(days.flatMap(({ scanNumber }) => [...scanNumber!])).toEqual(numbers)
    expect(numbers).toEqual(numbers.map((_, i) => BigInt(i + 1)))
    const { code, stdout } = await dolphin(['backtest', join(folder, 'days'), '--json'])
    expect([code, JSON.parse(stdout).bars]).toEqual([0, numbers.length])
  })

  it('are a service too, which a supervisor stops', async () => {
    const [, ...options] = command()
    const service = new RunningDolphin(['serve', 'scanner', ...options, '--json'])
    await until(() => files('.arrow').length >= 2)
    expect(await service.stop('SIGTERM')).toBe(0)
    const made = files('.arrow').length
    expect(JSON.parse(service.out)).toMatchObject({ name: 'scanner', state: 'EXITED', last_scan: made })
    const days = await readDays(join(folder, 'days'))
    expect(days.flatMap(({ scanNumber }) => [...scanNumber!])).toEqual(
      Array.from({ length: made }, (_, i) => BigInt(i + 1)),
    )
  })

  it('end at Ctrl-C also while the exchange cannot be reached', async () => {
    sandbox.exchange.faults.set('htmlShare', 1)
    const running = new RunningDolphin(command())
    await until(() => running.said.includes('Following live prices'))
    expect(await running.stop('SIGINT')).toBe(130)
    expect(files('.arrow')).toEqual([])
  })
})

describe('downloads as a process', () => {
  it('continue where they were killed, and end in what an undisturbed one leaves', async () => {
    const day = (ago: number) => dateOfEpochMs(Date.now() - ago * MS_PER_DAY)
    const command = (out: string) => [
      ...['data', 'download', '--at', sandbox.origin, '--symbols', 'BTCUSDT,ETHUSDT', '--from', day(4), '--to', day(3)],
      ...['--out', join(folder, out), '--json', '--quiet'],
    ]
    sandbox.exchange.faults.set('archiveDelayMs', 50)
    const killed = new RunningDolphin(command('klines'))
    await until(() => files('.zip').length >= 2)
    await killed.stop('SIGKILL')
    const { code, stdout } = await dolphin(command('klines'))
    expect([code, JSON.parse(stdout).there]).toEqual([0, 4])
    await dolphin(command('undisturbed'))
    const contents = (out: string) => {
      const names = (readdirSync(join(folder, out), { recursive: true }) as string[]).filter((name) =>
        /\.zip/.test(name),
      )
      return names.sort().map((name) => [name, readFileSync(join(folder, out, name)).toString('hex')])
    }
    expect(contents('klines')).toEqual(contents('undisturbed'))
    expect(files('.tmp')).toEqual([])
  })
})
