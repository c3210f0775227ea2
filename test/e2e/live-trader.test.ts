import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hazelcastGrid } from '../../src/adapters/hazelcast/hazelcast-grid.js'
import {
  FEATURE_KEYS,
  GRID_MAPS,
  HEARTBEAT_KEYS,
  LATEST,
  LATEST_LIVE,
  POSTURE_REFERENCE,
  RESULT_KEYS,
  SCAN_STREAM,
} from '../../src/core/grid/names.js'
import { SAFETY } from '../../src/core/grid/watch-documents.js'
import type { Grid } from '../../src/ports/grid.js'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../support/hazelcast-cluster.js'
import { signalStrategy } from '../support/signal-strategy.js'
import { leaveTime, until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'
import { patientConfig } from './patience.js'
import { RunningDolphin } from './running-dolphin.js'

type Document = Readonly<Record<string, unknown>>

/** Publishes a scan every 50 ms, and a posture with each twentieth, until it is stopped. */
class Scanner {
  velDiv = 0
  number = 0
  private isStopped = false
  private readonly ended: Promise<void>

  constructor(private readonly grid: Grid) {
    this.ended = this.run()
  }

  stop(): Promise<void> {
    this.isStopped = true
    return this.ended
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      if (this.number % 20 === 0) await this.posture()
      await this.scan()
      await leaveTime(50)
    }
  }

  private async posture(): Promise<void> {
    const sensors = { cat1: 1, cat2: 1, cat3: 1, cat4: 1, cat5: 1 }
    const text = SAFETY.write({ posture: 'APEX', Rm: 1, sensors, updated_at: new Date().toISOString() })
    await this.grid.reference(POSTURE_REFERENCE).set(text)
    await this.grid.map(GRID_MAPS.safety).set(LATEST, text)
  }

  private async scan(): Promise<void> {
    const text = JSON.stringify({
      scan_number: ++this.number,
      timestamp: new Date().toISOString(),
      vel_div: this.velDiv,
      vol_ok: true,
      asset_prices: { BTCUSDT: 60_000 + (this.number % 7) },
    })
    await this.grid.stream(SCAN_STREAM).append(text)
    await this.grid.map(GRID_MAPS.features).set(FEATURE_KEYS.scan, text)
  }
}

describe.skipIf(!hasHazelcast())('dolphin paper --grid hazelcast://… --mode live', () => {
  const folder = temporaryFolder()
  let cluster: HazelcastCluster
  let grid: Grid
  let url = ''
  let scanner: Scanner | undefined
  const running: RunningDolphin[] = []
  const paper = (...args: string[]): RunningDolphin => {
    const started = new RunningDolphin(['paper', '--grid', url, ...args])
    running.push(started)
    return started
  }
  beforeAll(async () => {
    cluster = await startCluster(1)
    url = `hazelcast://${cluster.address.members.join(',')}`
    grid = await hazelcastGrid({ ...cluster.address, deadlineMs: 60_000, listenerFailed: () => expect.unreachable() })
  })
  beforeEach(() => grid.map(GRID_MAPS.state('BLUE')).remove(LATEST_LIVE))
  afterEach(async () => {
    await scanner?.stop()
    scanner = undefined
    for (const each of running.splice(0)) await each.stop('SIGKILL')
  })
  afterAll(async () => {
    await grid.close()
    await cluster.end()
  })

  const live = (name: string): string[] => [
    ...['--mode', 'live', '--out', join(folder.path, name), '--bar-seconds', '0.05', '--fills', 'bar-price'],
    ...['--strategy', signalStrategy(folder.path), '--execution', patientConfig(folder.path)],
  ]
  const read = async (map: string, key: string): Promise<Document | undefined> => {
    const text = await grid.map(map).get(key)
    return text === undefined ? undefined : (JSON.parse(text) as Document)
  }
  const state = () => read(GRID_MAPS.state('BLUE'), LATEST_LIVE)
  const stateWhere = (holds: (state: Document) => boolean) =>
    until(async () => {
      const document = await state()
      return document !== undefined && holds(document) && document
    }, 20)
  const heartbeatWhere = (holds: (heartbeat: Document) => boolean) =>
    until(async () => {
      const heartbeat = await read(GRID_MAPS.heartbeat, 'trader')
      return heartbeat !== undefined && holds(heartbeat) && heartbeat
    }, 20)

  it.each(['in-process', 'process'])(
    'goes on with its position when it was killed, executor %s, and says in the grid what its journal has',
    async (executor) => {
      await grid.map(GRID_MAPS.heartbeat).remove('trader')
      scanner = new Scanner(grid)
      const out = join(folder.path, 'live')
      const common = [...live('live'), '--json', '--executor', executor]
      const first = paper(...common)
      await stateWhere(({ bar }) => Number(bar) > 3)
      const beat = await heartbeatWhere(({ state }) => state === 'RUNNING')
      expect(beat.detail).toMatch(/^scan \d+ of .*; scans: \d+ taken, .*; posture APEX from the reference; /)
      expect(await read(GRID_MAPS.heartbeat, HEARTBEAT_KEYS.trader)).toMatchObject({ name: 'trader' })
      scanner.velDiv = -1
      const open = await stateWhere(({ position }) => position !== null)
      scanner.velDiv = 0
      expect(await first.stop('SIGKILL')).toBe(null)
      const before = (await state())!
      // The grid says something else than the journal: what another, older trader has left.
      await grid
        .map(GRID_MAPS.state('BLUE'))
        .set(LATEST_LIVE, JSON.stringify({ ...before, bar: 0, position: null, capital: 1 }))

      const second = paper(...common, '--resume')
      const after = await stateWhere(({ bar }) => Number(bar) > Number(before.bar))
      expect(second.said).toMatch(/The session goes on after bar \d+ of \S+: prices of \d+ s until \S+ were missed\./)
      expect(after).toMatchObject({ position: open.position, capital: 25_000, peak_capital: 25_000, trades: 0 })
      const replayed = await dolphin(['journal', 'replay', join(out, 'journal', 'exchange'), '--json'])
      const { orders } = (JSON.parse(replayed.stdout) as { state: { orders: ExchangeOrder[] } }).state
      const resting = orders.filter(({ status }) => status === 'ACKNOWLEDGED').map(({ request }) => request.type)
      expect(resting.toSorted()).toEqual(['LIMIT', 'STOP_MARKET'])
      scanner.velDiv = 1
      const closed = await stateWhere(({ trades }) => trades === 1)
      expect(closed.position).toBeNull()
      const date = new Date().toISOString().slice(0, 10)
      expect(await read(GRID_MAPS.pnl('BLUE'), RESULT_KEYS.live(date))).toMatchObject({ trades: 1 })
      expect(await read(GRID_MAPS.signals, 'by-signal')).toMatchObject({ strategy: 'by-signal' })

      expect(await second.stop('SIGTERM')).toBe(130)
      expect(second.said).toMatch(/Interrupted at \S+; the session is in .*live, and --resume continues it\./)
      expect(await read(GRID_MAPS.heartbeat, 'trader')).toMatchObject({ state: 'EXITED' })
      const last = (await state())!
      expect(Number(last.bar)).toBeGreaterThan(Number(closed.bar) - 1)
      const shown = await dolphin(['journal', 'verify', join(out, 'journal', 'decision')])
      expect(shown.code, shown.stderr).toBe(0)
    },
  )

  it('outlasts a cluster that is lost with all that it held, and trades on', async () => {
    scanner = new Scanner(grid)
    const trader = paper(...live('away'), '--serve', '127.0.0.1:0')
    await stateWhere(({ bar }) => Number(bar) > 3)
    scanner.velDiv = -1
    const open = await stateWhere(({ position }) => position !== null)
    await scanner.stop()
    await cluster.kill(0)
    await until(() => trader.said.includes('is lost, it is tried again and again'))
    await cluster.start()
    await until(() => grid.connection.state === 'CONNECTED')
    // What is known is written anew before anything new is known.
    const anew = await stateWhere(({ position }) => position !== null)
    expect(anew.position).toEqual(open.position)
    scanner = new Scanner(grid)
    scanner.velDiv = 1
    await stateWhere(({ trades }) => trades === 1)
    expect(await trader.stop('SIGINT')).toBe(130)
  })

  it.each([['--json'], ['--quiet']])('says once what it waits for with %s, and stops at once', async (option) => {
    await grid.map(GRID_MAPS.features).remove(FEATURE_KEYS.scan)
    const before = paper('--mode', 'live', '--out', join(folder.path, 'none'), option)
    await until(() => before.said.includes('Waiting for the first scan in the grid.'))
    expect(await before.stop('SIGTERM')).toBe(130)
    expect(before.said.split('Waiting for the first scan').length).toBe(2)
    expect(before.said).toContain('Interrupted before the session began; nothing was written.')
    expect(before.out).toBe('')

    scanner = new Scanner(grid)
    const begun = paper(...live('begun'), option)
    await stateWhere(({ bar }) => Number(bar) >= 0)
    await scanner.stop()
    await begun.stop('SIGKILL')
    const resumed = paper(...live('begun'), option, '--resume')
    await until(() => resumed.said.includes('Waiting for the next scan in the grid.'))
    expect(await resumed.stop('SIGTERM')).toBe(130)
    expect(resumed.said).toContain('--resume continues it.')
  })
})

interface ExchangeOrder {
  readonly status: string
  readonly request: { readonly type: string }
}
