import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import type { DocumentOf } from '../../src/core/grid/document.js'
import type { EXTERNAL_FACTORS } from '../../src/core/grid/feature-documents.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'
import { SandboxExchange } from '../../src/sandbox/sandbox-exchange.js'
import { serveSandbox } from '../../src/sandbox/server/sandbox-server.js'
import { instrument } from '../support/instruments.js'
import { until } from '../support/until.js'
import { temporaryFolder } from './dolphin.js'

const MIDNIGHT = Date.UTC(2026, 0, 6)
const SERVICE = fileURLToPath(new URL('factors-service.ts', import.meta.url))
const folder = temporaryFolder()
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

type Document = DocumentOf<typeof EXTERNAL_FACTORS>

/** A service whose clock shows `atMs` now. */
function serve(sandbox: string, atMs: number) {
  const shiftMs = Math.round(atMs - systemClock.epochMs())
  const child = spawn(process.execPath, ['--import', 'tsx', SERVICE, folder.path, sandbox, String(shiftMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const closed = new Promise((resolve) => child.on('close', resolve))
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  const published = (): Document[] =>
    [...said.matchAll(/^published (.*)\n/gm)].map(([, text]) => JSON.parse(text!) as Document)
  return {
    said: () => said,
    published,
    /** Once all four are known. */
    complete: () =>
      until(() =>
        published().find(
          ({ funding_btc, dvol_btc, fng, taker }) => ![funding_btc, dvol_btc, fng, taker].includes(null),
        ),
      ),
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

/** A sandbox whose clock shows `atMs` now. */
function sandboxAt(atMs: number) {
  const shiftMs = Math.round(atMs - systemClock.epochMs())
  const timer = clockTimer({ ...systemClock, epochMs: () => systemClock.epochMs() + shiftMs })
  const exchange = new SandboxExchange({ instruments: [instrument()], startingBalanceUsd: '10000', seed: 1, keys: [] })
  const quote = { symbol: 'BTCUSDT', bid: '50000', bidQuantity: '5', ask: '50001', askQuantity: '5', mark: '50000' }
  exchange.handle({ kind: 'market', event: { kind: 'quote', quote: { ...quote, timestampMs: atMs } } }, atMs - 60_000)
  return serveSandbox({ exchange, timer, token: 'token', key: { apiKey: 'key', secret: 'secret' } })
}

const rows = () => readFileSync(join(folder.path, 'factors.csv'), 'utf8').split('\n').slice(1, -1)

interface Kept {
  readonly source: string
  readonly value: number
}

function kept(): readonly Kept[] {
  const path = join(folder.path, 'factors.kept.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { readonly values: Kept[] }).values : []
}

it('a service that is killed between 00:00 and 00:05 writes the row of the day, once, of what it knew before 00:00', async () => {
  // However long a start takes on a busy machine, it is before 00:00; then the clocks are wound on.
  const evening = await sandboxAt(MIDNIGHT - 600_000)
  const first = serve(evening.origin, MIDNIGHT - 600_000)
  await first.complete()
  await until(() => kept().length === 4)
  await first.kill()
  const known = Object.fromEntries(kept().map(({ source, value }) => [source, value]))
  await evening.close()

  const morning = await sandboxAt(MIDNIGHT + 60_000)
  const second = serve(morning.origin, MIDNIGHT + 60_000)
  await second.complete()
  await second.kill()
  expect(rows()).toEqual([])
  await morning.close()

  const later = await sandboxAt(MIDNIGHT + 270_000)
  const third = serve(later.origin, MIDNIGHT + 285_000)
  await until(() => rows().length > 0)
  await third.kill()
  const [date, funding, dvol, fng, , , fngDate] = rows()[0]!.split(',')
  expect([date, Number(funding), Number(dvol), fngDate]).toEqual([
    '2026-01-06',
    known.funding,
    known.dvol,
    '2026-01-06',
  ])
  expect(Number(fng)).not.toBeNaN()

  const fourth = serve(later.origin, MIDNIGHT + 310_000)
  await fourth.complete()
  await fourth.kill()
  await later.close()
  expect(rows()).toHaveLength(1)
  for (const { said } of [first, second, third, fourth]) expect(said()).not.toMatch(/^warning .*(row|kept)/m)
}, 120_000)
