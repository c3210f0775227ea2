import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

const folder = temporaryFolder()

describe('dolphin serve external-factors --once', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  beforeEach(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.close())

  const once = (...more: string[]) =>
    dolphin(['serve', 'external-factors', '--once', '--exchange-at', sandbox.origin, ...more], { cwd: folder.path })

  it('says what the four sources say, with ages and hosts, and writes nothing', async () => {
    const { code, stdout, stderr } = await once()
    expect(code, stderr).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(['source', 'funding', 'dvol', 'fng', 'taker'])
    for (const line of lines.slice(1))
      expect(line).toMatch(/^\w+ +-?\d[\d.e-]* +-?[\d.]+ (s|min|h) +127\.0\.0\.1:\d+ +ok$/)
    expect(existsSync(join(folder.path, 'factors'))).toBe(false)
  })

  it('says as JSON what exf_latest would be', async () => {
    const { code, stdout } = await once('--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).sources).toMatchObject({ funding: { ok: true }, dvol: { ok: true }, fng: { ok: true } })
  })

  it.each([
    ['factorHtmlShare', 'answer: expected JSON, found "<!DOCTYPE html>'],
    ['factorAbsurdShare', 'range: expected a number from 1 to 500, found'],
    ['factorWrongTypeShare', 'expected a number, or one as a text, found {"amount":'],
  ] as const)('names what is wrong with two of them under %s, tells the others, and fails', async (knob, why) => {
    sandbox.exchange.faults.set(knob, 1)
    const { code, stdout, stderr } = await once()
    expect([code, stderr]).toEqual([1, 'WARNING missing: dvol, fng\n'])
    expect(stdout).toContain(why)
    expect(stdout).toMatch(/^funding .* ok$/m)
    expect(stdout).toMatch(/^taker .* ok$/m)
  })

  it('says of hosts that cannot be reached that they cannot', async () => {
    const { code, stdout } = await once('--deribit-url', 'http://127.0.0.1:1', '--fng-url', 'http://127.0.0.1:1')
    expect(code).toBe(1)
    expect(stdout.match(/^(dvol|fng) +- +- +127\.0\.0\.1:1 +\S/gm)).toHaveLength(2)
  })
})

it('the built sandbox prints where Deribit and alternative.me are, and is asked there', async () => {
  const sandbox = new RunningDolphin(['sandbox', '--port', '0', '--symbols', 'BTCUSDT', '--json'])
  const { restUrl, deribitUrl, fngUrl } = JSON.parse(await until(() => /^.*\n/.exec(sandbox.out)?.[0]))
  const asked = ['--exchange-at', restUrl, '--deribit-url', deribitUrl, '--fng-url', fngUrl]
  const { code, stderr } = await dolphin(['serve', 'external-factors', '--once', ...asked])
  expect([code, stderr]).toEqual([0, ''])
  await sandbox.stop('SIGTERM')
})

it('a paper session at live prices asks for the factors itself, and begins the file of their rows', async () => {
  const sandbox = await startSandbox()
  try {
    const file = join(folder.path, 'rows', 'factors.csv')
    const { code, stderr } = await dolphin([
      ...[
        'paper',
        '--live',
        '--exchange-at',
        sandbox.origin,
        '--out',
        join(folder.path, 'paper'),
        '--bar-seconds',
        '1',
      ],
      ...['--symbols', 'BTCUSDT,ETHUSDT', '--bars', '8', '--external-factors', file],
    ])
    expect(code, stderr).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('date,funding_btc,dvol_btc,fng,taker,w750,fng_date\n')
    const kept = JSON.parse(readFileSync(join(folder.path, 'rows', 'factors.kept.json'), 'utf8'))
    expect(new Set(kept.values.map(({ source }: { source: string }) => source)).size).toBe(4)
  } finally {
    await sandbox.close()
  }
})
