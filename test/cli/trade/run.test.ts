import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lookAtGates } from '../../../src/cli/compose/live-gates.js'
import { runTrade } from '../../../src/cli/trade/run.js'
import { tradeOptions } from '../../../src/cli/trade-options.js'
import { CHAMPION_HASH } from '../../../src/core/engine/parameters.js'
import type { LiveGate } from '../../../src/core/live/live-gates.js'
import { issueCertificate } from '../../../src/core/mode/certificate.js'
import { CONSTANTS_HASH } from '../../../src/core/status/frozen-constants.js'
import { startSandbox } from '../../support/sandbox.js'

const KEY = { apiKey: 'live-key-0123456789', secret: 'live-secret-9876543210' }
const CERTIFICATE_KEY = 'certificate-key-0123456789'
/** What nothing outside production, and no version without live order books, can have; all others are looked at as they are. */
const GRANTED: readonly LiveGate[] = ['paperRecord', 'orderBook', 'exchange']

let root: string
let sandbox: Awaited<ReturnType<typeof startSandbox>>

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'dolphin-live-'))
  sandbox = await startSandbox({ keys: [KEY] })
  vi.stubEnv('DOLPHIN_CERTIFICATE_KEY', CERTIFICATE_KEY)
  vi.spyOn(process.stdout, 'write').mockImplementation((_, ...rest: unknown[]) => {
    const written = rest.at(-1)
    if (typeof written === 'function') written()
    return true
  })
})

afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await sandbox.close()
  rmSync(root, { recursive: true, force: true })
})

function certificate(): string {
  const path = join(root, 'certificate.json')
  const figures = { trades: 1, roi: 0.1, profitFactor: 2, maxDrawdown: 0.1, sharpe: 1, roiWithoutEdge: 0.1 }
  const claim = {
    ...{ championHash: CHAMPION_HASH, constantsHash: CONSTANTS_HASH, dataHash: '0', barSeconds: 1, figures },
    ...{ from: '2025-05-01', to: '2025-05-30', days: 30, demands: [], engineVersion: '0.1.0' },
    ...{ issuedAtMs: Date.now() - 1_000, expiresAtMs: Date.now() + 3_600_000 },
  }
  writeFileSync(path, JSON.stringify(issueCertificate(claim, new TextEncoder().encode(CERTIFICATE_KEY))))
  return path
}

/** LIVE for some bars, with some gates granted. */
function live(given: { readonly alias: string; readonly resume?: boolean }, granted = GRANTED) {
  // Each process takes the key out of its environment.
  vi.stubEnv('DOLPHIN_BINANCE_KEY', KEY.apiKey)
  vi.stubEnv('DOLPHIN_BINANCE_SECRET', KEY.secret)
  const options = tradeOptions({
    ...{ environment: 'LIVE', exchangeAt: sandbox.origin, out: join(root, 'live'), symbols: 'BTCUSDT,ETHUSDT' },
    ...{ barSeconds: '1', certificate: certificate(), iMeanIt: given.alias, quiet: true, json: true },
    ...(given.resume ? { resume: true, bars: '6' } : { bars: '3' }),
  })
  return runTrade(options, async (wish) => {
    const gates = await lookAtGates(wish)
    return gates.map((gate) => (granted.includes(gate.gate) ? { ...gate, holds: true, remedy: null } : gate))
  })
}

interface Recorded {
  readonly type: string
  readonly cleared?: readonly string[]
  readonly proposal?: unknown
}

function decisions(): readonly Recorded[] {
  const folder = join(root, 'live', 'journal', 'decision')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .toSorted()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .flatMap((line) => (line.includes('{') ? [JSON.parse(line.slice(line.indexOf('{'))) as Recorded] : []))
}

test('LIVE begins when every gate holds, and at each start opens nothing before the first reconciliation', async () => {
  expect(await live({ alias: 'SgsR' })).toBe(0)
  expect(await live({ alias: 'SgsR', resume: true })).toBe(0)
  const records = decisions()
  const starts = records.flatMap(({ type }, i) => (type === 'started' ? [i] : []))
  expect(starts).toHaveLength(2)
  for (const [k, start] of starts.entries()) {
    const run = records.slice(start, starts[k + 1])
    const agreed = run.findIndex(({ cleared }) => cleared?.includes('RESTART_RECONCILE_REQUIRED'))
    expect(agreed).toBeGreaterThan(0)
    expect(run.slice(0, agreed).filter(({ type, proposal }) => type === 'permitted' || proposal)).toEqual([])
    expect(run.filter(({ type }) => type === 'bar').length).toBeGreaterThanOrEqual(3)
  }
  const settings = JSON.parse(readFileSync(join(root, 'live', 'settings.json'), 'utf8'))
  expect(settings.live).toMatchObject({ exchange: sandbox.origin, fills: 'exchange' })
})

test('LIVE with an account other than the one that was named begins nothing, whatever else holds', async () => {
  await expect(live({ alias: 'Other' })).rejects.toThrow(
    /^LIVE, gate confirmation: the account is SgsR, you named Other/,
  )
  expect(existsSync(join(root, 'live'))).toBe(false)
  expect(sandbox.exchange.view()).toMatchObject({ listenKey: undefined })
})

test.each(GRANTED)('LIVE without its gate %s begins nothing, whatever else holds', async (gate) => {
  const others = GRANTED.filter((each) => each !== gate)
  await expect(live({ alias: 'SgsR' }, others)).rejects.toThrow(new RegExp(`^LIVE, gate ${gate}: `))
  expect(existsSync(join(root, 'live'))).toBe(false)
})
