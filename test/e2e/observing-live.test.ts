import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DecisionRecord, RecordedBar } from '../../src/core/decision/records.js'
import { startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

const folder = temporaryFolder()
let sandbox: Awaited<ReturnType<typeof startSandbox>>
let out: string

beforeEach(async () => {
  sandbox = await startSandbox()
  out = join(folder.path, 'live')
})
afterEach(() => sandbox.close())

/** Goes with a cascade: it need not wait for somebody who takes it in. */
function paper(...more: string[]): string[] {
  return [
    ...['paper', '--live', '--exchange-at', sandbox.origin, '--out', out, '--bar-seconds', '1', '--books', 'none'],
    ...['--symbols', 'BTCUSDT,ETHUSDT', '--strategy', 'example:cascade-sniper', '--observe', 'live'],
    ...['--param', 'mode=CASCADE_MOMENTUM', '--param', 'triggersUsd={"BTC":1000,"ETH":1000}'],
    ...more,
  ]
}

function records(): readonly DecisionRecord[] {
  const place = join(out, 'journal', 'decision')
  if (!existsSync(place)) return []
  const lines = readdirSync(place)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(join(place, name), 'utf8').split('\n'))
  return lines.flatMap((line) => {
    const [, json] = /^[0-9a-f]{8} \d+ (\{.*\})$/.exec(line) ?? []
    return json === undefined ? [] : [JSON.parse(json) as DecisionRecord]
  })
}

function bars(): readonly RecordedBar[] {
  return records().flatMap((record) => (record.type === 'bar' ? [record.bar] : []))
}

/** Until the link of the sides is OK. An entry before that is dropped, and the next trigger takes a minute. */
const LINK_BARS = 10

function isObserved(): boolean {
  return bars().some(({ observation }) => observation?.symbols.BTCUSDT?.market.price !== undefined)
}

async function metricsOf(address: string): Promise<string> {
  return (await fetch(`${address}/metrics`)).text()
}

function isEntered(): boolean {
  return records().some((record) => record.type === 'report' && record.report.type === 'FILL_REPORT')
}

describe('an example at the prices of now', () => {
  test('enters on a cascade that it observes, goes on after a kill, and its journal leads to the same again', async () => {
    const first = new RunningDolphin(paper())
    await until(() => bars().length > LINK_BARS && isObserved())
    sandbox.exchange.faults.strike('cascade', 'BTCUSDT')
    await until(isEntered)
    await first.stop('SIGKILL')
    const before = bars().length
    const second = new RunningDolphin(paper('--resume', '--serve', '127.0.0.1:0'))
    const address = await until(() => /Status at (http:\/\/\S+?),/.exec(second.said)?.[1])
    await until(() => bars().length > before + 2 && isObserved())
    await until(async () => /^dolphin_observation_accepted_total\{kind="TRADE"\} \d+$/m.test(await metricsOf(address)))
    expect(await second.stop('SIGINT'), second.said).toBe(130)

    const triggering = bars().find(({ observation }) => observation?.symbols.BTCUSDT?.primitives.liquidationBurst)
    expect(triggering!.observation!.timestampMs).toBeLessThanOrEqual(triggering!.timestampMs)
    expect((await dolphin(['journal', 'replay', join(out, 'journal', 'decision'), '--whole'])).code).toBe(0)
    const compared = await dolphin(['compare', out, '--json'])
    expect(compared.code, compared.stderr).toBe(0)
    expect(JSON.parse(compared.stdout)).toMatchObject({ explained: true })
  })
})
