import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRecording } from '../../../src/adapters/market-parquet/recording-file.js'
import { marketObserver } from '../../../src/cli/compose/market-observer.js'
import { serveObservationOptions } from '../../../src/cli/serve/observation-options.js'
import type { RawServeObservationOptions } from '../../../src/cli/serve/observation-table.js'
import { runObservation } from '../../../src/cli/serve/run-observation.js'
import { MACHINE } from '../../../src/cli/serve/run-service.js'
import type { StopCause } from '../../../src/cli/shell/signals.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../../src/core/grid/names.js'
import { OBSERVATION } from '../../../src/core/grid/observation-document.js'
import { SERVICE_HEARTBEAT } from '../../../src/core/grid/watch-documents.js'
import { shownTexts, temporaryFolder } from '../../support/in-process-command.js'
import { startSandbox } from '../../support/sandbox.js'
import { sharedGrid } from '../../support/shared-grid.js'
import { StandInObserver } from '../../support/stand-in-observer.js'
import { until } from '../../support/until.js'

const GRID = 'hazelcast://127.0.0.1:5701'
const folder = temporaryFolder()
const market = (): string => join(folder.path, 'market')

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

const shown = shownTexts()

async function running(raw: RawServeObservationOptions, observerOf = marketObserver) {
  const grid = sharedGrid()
  let stop: (cause: StopCause) => void = () => {}
  const stopped = new Promise<StopCause>((resolve) => {
    stop = resolve
  })
  const options = await serveObservationOptions({
    ...{ exchangeAt: sandbox.origin, grid: GRID, symbols: 'BTCUSDT,ETHUSDT', json: true },
    ...raw,
  })
  const surroundings = { ...MACHINE, openGrid: grid.openGrid, signals: () => ({ stopped, release: () => {} }) }
  const ended = runObservation(options, surroundings, observerOf)
  const watcher = grid.client()
  const text = async (map: string, key: string) => (await watcher.map(map).get(key)) ?? ''
  const document = async () => {
    const reading = OBSERVATION.read(await text(GRID_MAPS.features, FEATURE_KEYS.observation))
    return 'value' in reading ? reading.value : undefined
  }
  const heartbeat = async () => {
    const reading = SERVICE_HEARTBEAT.read(await text(GRID_MAPS.heartbeat, 'observation'))
    return 'value' in reading ? reading.value : undefined
  }
  return { ended, stop, document, heartbeat }
}

describe('dolphin serve observation', () => {
  it('publishes regime and status of each contract, beats, and records what it was told', async () => {
    const { ended, stop, document, heartbeat } = await running({ record: market(), cadence: '500ms' })
    const told = await until(async () => {
      const now = await document()
      return now?.symbols.BTCUSDT?.price !== undefined && now
    })
    expect(told).toMatchObject({
      ...{ status: 'UNINITIALIZED', cadence_ms: 500, recorded: true, refused: 0 },
      symbols: { BTCUSDT: { regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA' }, ETHUSDT: { regime: 'UNKNOWN' } },
    })
    expect(await until(heartbeat)).toMatchObject({ name: 'observation', state: 'RUNNING' })
    stop('SIGTERM')
    expect(await ended).toBe(0)
    expect(JSON.parse(shown.find((text) => text.startsWith('{'))!)).toMatchObject({
      name: 'observation',
      state: 'EXITED',
    })
    expect(await readRecording(market())).toMatchObject({ stepMs: 500, books: 'partial', gaps: [] })
  })

  it('says in the grid that an observation has failed, and ends', async () => {
    const failing = (of: Parameters<typeof marketObserver>[0]) => {
      const observer = new StandInObserver(of.symbols)
      observer.failure = { reason: 'NODE_INVARIANT', detail: 'a bug' }
      return observer
    }
    const { ended, document } = await running({}, failing)
    expect(await ended).toBe(1)
    expect(await document()).toMatchObject({ status: 'FAILED', failure_reason: 'NODE_INVARIANT', symbols: {} })
    expect(shown.join('')).toContain('the observation has FAILED before its first advance: NODE_INVARIANT, a bug.')
  })
})

describe('the options of dolphin serve observation', () => {
  it('win over the file', async () => {
    const config = join(folder.path, 'services.yml')
    writeFileSync(config, `grid:\n  url: ${GRID}\nobservation:\n  top: 7\n  cadence_ms: 2000\n  record: a\n`)
    expect((await serveObservationOptions({ config })).observation).toMatchObject({
      top: 7,
      cadenceMs: 2_000,
      record: 'a',
    })
    const typed = await serveObservationOptions({ config, symbols: 'AUSDT', cadence: '1s', record: 'b', serve: true })
    expect(typed.observation).toMatchObject({ symbols: ['AUSDT'], cadenceMs: 1_000, record: 'b' })
    expect(typed.observation.top).toBeUndefined()
    expect(typed.serve).toEqual({ host: '127.0.0.1', port: 8080 })
  })

  it.each<[string, RawServeObservationOptions, RegExp]>([
    ['a grid that nobody shares', {}, /^--grid: /],
    ['symbols and the most traded', { grid: GRID, symbols: 'AUSDT', top: '2' }, /^--top: does not go with --symbols/],
    ['an address of others', { grid: GRID, serve: '10.0.0.1:80' }, /^--serve: expected an address of this machine/],
  ])('refuse %s', async (_, raw, says) => {
    await expect(serveObservationOptions(raw)).rejects.toThrow(says)
  })
})
