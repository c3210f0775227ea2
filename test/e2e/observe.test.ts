import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordTwoContracts } from '../support/market-recordings.js'
import { startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

const folder = temporaryFolder()
const market = (): string => join(folder.path, 'market')

describe('dolphin observe on a recording', () => {
  it('says what was observed of a cascade, in 100 columns, and sums it up', async () => {
    await recordTwoContracts(market(), 60)
    const { code, stdout, stderr } = await dolphin(['observe', '--replay', market(), '--every', '1m'])
    expect([code, stderr]).toEqual([0, ''])
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    expect(stdout).toMatch(/^2026-01-05 12:01:00\.000 UTC {2}accepted 872, refused 0$/m)
    expect(stdout).toMatch(/^BTCUSDT +96038\.7 +no data +- +L240k +CASCADING 20 /m)
    expect(stdout).toMatch(/^TRADE +480 +0$/m)
    expect(stdout).toContain('UNKNOWN of 2 symbols all the time')
  })

  it('gives the same bytes twice, with primitives, regime and market of each symbol', async () => {
    await recordTwoContracts(market(), 40)
    const args = ['observe', '--replay', market(), '--json', '--every', '10s']
    const [one, other] = [await dolphin(args), await dolphin(args)]
    expect(other).toEqual(one)
    const lines = one.stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(6)
    expect(JSON.parse(lines[4]!)).toMatchObject({
      ...{ schema: 'dolphin.observation/1', status: 'UNINITIALIZED', symbolsActive: ['BTCUSDT', 'ETHUSDT'] },
      symbols: {
        BTCUSDT: {
          primitives: { cascadeState: { phase: 'CASCADING' }, restingSize: expect.anything() },
          regime: { regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA' },
          market: { price: expect.any(Number), flow10s: expect.anything() },
        },
      },
    })
  })

  it('sums up what was replayed so far at Ctrl-C', async () => {
    await recordTwoContracts(market(), 1_200)
    const running = new RunningDolphin(['observe', '--replay', market(), '--every', '1s'])
    await until(() => running.out.includes('CASCADING'))
    running.pause()
    const ended = running.stop('SIGINT')
    running.resume()
    expect(await ended, running.said).toBe(130)
    expect(running.out).toMatch(/^2026-01-05 12:00:00\.000 UTC … .*, 2 symbols, [\d,]+ advances of 1 s$/m)
    expect(running.said).toContain('the summary is of what was replayed so far')
  })

  it.each<[readonly string[], number, string]>([
    [['--replay', 'nowhere'], 2, 'nowhere: cannot open the recording: there is no such file'],
    [['--replay', 'src'], 3, 'src: expected a folder with a recorded market'],
    [
      ['--replay', 'nowhere', '--from', '2026-01-06', '--to', '2026-01-05'],
      2,
      '--to: expected a time after 2026-01-06',
    ],
    [['--replay', 'nowhere', '--serve'], 2, '--serve: goes with --live'],
    [[], 2, '--replay: expected one of --replay and --live, found none'],
  ])('observe %j ends with %d', async (args, code, says) => {
    const finished = await dolphin(['observe', ...args])
    expect(finished).toMatchObject({ code, stdout: '' })
    expect(finished.stderr).toContain(says)
  })
})

describe('dolphin observe on an exchange', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  beforeAll(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.exchange.faults.clear())
  afterAll(() => sandbox.close())
  const live = (...args: string[]) => ['observe', '--live', '--exchange-at', sandbox.origin, ...args]

  it('records what it observes, and a replay of it says the very same, byte for byte', async () => {
    const running = new RunningDolphin(
      live('--symbols', 'BTCUSDT,ETHUSDT', '--json', '--every', '1s', '--quiet', '--record', market()),
    )
    const last = () => running.out.trimEnd().split('\n').at(-1) ?? ''
    const isHeard = (...kinds: string[]) => kinds.every((kind) => last().includes(`"${kind}"`))
    await until(() => isHeard('TRADE', 'DEPTH_TOP', 'MARK_PRICE', 'OPEN_INTEREST'))
    sandbox.exchange.faults.strike('cascade', 'BTCUSDT')
    await until(() => isHeard('LIQUIDATION'))
    expect(await running.stop('SIGTERM'), running.said).toBe(0)
    const replayed = await dolphin(['observe', '--replay', market(), '--json', '--every', '1s', '--quiet'])
    expect([replayed.code, replayed.stderr]).toEqual([0, ''])
    expect(replayed.stdout).toBe(running.out)
    const { timestampMs, symbols } = JSON.parse(running.out.split('\n')[0]!)
    expect(symbols.ETHUSDT.regime.metrics).toMatchObject({ atr5m: expect.any(Number), atr30m: expect.any(Number) })
    expect(timestampMs).toBeGreaterThan(Date.now() - 1_800_000)
    const verified = await dolphin(['data', 'verify', market()])
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('klines')])
  })

  it('begins cold where nobody wants candles of before', async () => {
    const args = live('--symbols', 'BTCUSDT', '--for', '3s', '--every', '1s', '--json')
    const { code, stdout } = await dolphin([...args, '--no-warm-up'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout.split('\n')[0]!).symbols.BTCUSDT.regime.metrics).not.toHaveProperty('atr5m')
  })

  it('serves its figures to this machine, and sums up at Ctrl-C', async () => {
    const running = new RunningDolphin(live('--symbols', 'BTCUSDT', '--every', '1s', '--serve', '127.0.0.1:0'))
    await until(() => running.out.includes('BTCUSDT'))
    const [, address] = /at (http:\/\/127\.0\.0\.1:\d+)/.exec(running.said)!
    await until(async () => (await textOf(`${address}/metrics`)).includes('accepted_total{kind="DEPTH_TOP"}'))
    const metrics = await textOf(`${address}/metrics`)
    expect(metrics).toContain('dolphin_observation_status{value="UNINITIALIZED"} 1\n')
    expect(metrics).toContain('dolphin_observation_regime{symbol="BTCUSDT",value="UNKNOWN"} 1\n')
    expect(await textOf(`${address}/healthz`)).toBe('ok\n')
    expect(await running.stop('SIGINT')).toBe(130)
    expect(running.out).toMatch(/^status {6}UNINITIALIZED: no failure seen$/m)
  })

  it('ends by itself when its time is over', async () => {
    const { code, stdout } = await dolphin(live('--top', '1', '--for', '3s', '--every', '1s'))
    expect(code).toBe(0)
    expect(stdout).toMatch(/1 symbol, \d advances? of 1 s$/m)
  })

  it('refuses symbols that do not trade there', async () => {
    const { code, stdout, stderr } = await dolphin(live('--symbols', 'BTCUSDT,NOTTHERE', '--record', market()))
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--symbols: NOTTHERE does not trade at')
  })

  it('says that nothing was heard of an exchange that cannot be reached', async () => {
    sandbox.exchange.faults.set('htmlShare', 1)
    const { code, stderr } = await dolphin(live('--symbols', 'BTCUSDT', '--for', '2s'))
    expect([code, stderr]).toEqual([1, expect.stringContaining('--live: nothing was heard of')])
  })
})

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}
