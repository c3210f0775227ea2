import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { dolphin, ROOT, temporaryFolder } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

const folder = temporaryFolder()
let sandbox: Awaited<ReturnType<typeof startSandbox>>
let out: string

beforeEach(async () => {
  sandbox = await startSandbox()
  out = join(folder.path, 'paper')
})

afterEach(() => sandbox.close())

/** A session that holds something for three bars, time and again. */
function paper(...more: string[]): string[] {
  const strategy = join(ROOT, 'examples', 'strategies', 'momentum.mjs')
  return [
    ...['paper', '--live', '--exchange-at', sandbox.origin, '--out', out, '--bar-seconds', '1'],
    ...['--symbols', 'BTCUSDT,ETHUSDT', '--strategy', strategy, '--param', 'lookback=2', '--param', 'hold=3'],
    ...more,
  ]
}

function journal(kind: 'decision' | 'execution' | 'exchange'): string {
  const place = join(out, 'journal', kind)
  if (!existsSync(place)) return ''
  const segments = readdirSync(place).filter((name) => name.endsWith('.log'))
  return segments.map((name) => readFileSync(join(place, name), 'utf8')).join('')
}

function count(kind: Parameters<typeof journal>[0], type: string): number {
  return journal(kind).split(`"type":"${type}"`).length - 1
}

describe('a session on paper at the prices of now', () => {
  test('follows, scans, records and trades them, and its record explains every trade', async () => {
    const { code, stdout, stderr } = await dolphin(paper('--bars', '36', '--json'))
    expect(code, stderr).toBe(0)
    const summary = JSON.parse(stdout)
    expect(summary).toMatchObject({ schema: 'dolphin.paper/1', bars: 36 })
    expect(summary.session.live).toEqual({ exchange: sandbox.origin, stepMs: 1_000, fills: 'paper' })
    expect(count('execution', 'fill')).toBeGreaterThan(1)
    expect(readdirSync(join(out, 'days')).some((name) => name.endsWith('.parquet'))).toBe(true)
    const compared = await dolphin(['compare', out, '--json'])
    expect(compared.code).toBe(0)
    expect(JSON.parse(compared.stdout)).toMatchObject({ explained: true })
  })

  test('goes on after a kill with its position, its account and its bars', async () => {
    const first = new RunningDolphin(paper())
    await until(() => count('execution', 'fill') > 0)
    await first.stop('SIGKILL')
    const fills = count('exchange', 'changed')
    expect(fills).toBeGreaterThan(0)
    const bars = count('decision', 'bar')
    const second = new RunningDolphin(paper('--resume'))
    await until(() => count('decision', 'bar') > bars + 3)
    expect(await second.stop('SIGINT')).toBe(130)
    expect(second.said).toContain('The session goes on after bar')
    expect(count('decision', 'begun')).toBe(1)
    expect((await dolphin(['compare', out, '--json'])).code).toBe(0)
  })

  test('ends at Ctrl-C, says that it goes on, and leaves nothing half', async () => {
    const running = new RunningDolphin(paper())
    await until(() => count('decision', 'bar') > 2)
    expect(await running.stop('SIGINT')).toBe(130)
    expect(running.said).toContain('--resume continues it')
    expect((await dolphin(['journal', 'verify', join(out, 'journal', 'decision')])).code).toBe(0)
  })
})
