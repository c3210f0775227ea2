import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { EXECUTION_CONFIG_DEFAULTS, loadExecutionConfig } from '../../src/config/execution-config.js'
import { DECISION_TIMINGS } from '../../src/core/decision/settings.js'
import { EXECUTION_DEFAULTS } from '../../src/core/execution/settings.js'
import { CHAMPION_RISK } from '../../src/core/risk/risk-config.js'
import { packageFile } from '../../src/files/package-files.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-config-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const written = (text: string): string => {
  const path = join(folder, 'execution.yml')
  writeFileSync(path, text)
  return path
}

describe('the execution configuration', () => {
  it('has the defaults of the core without a file', async () => {
    const config = await loadExecutionConfig()
    expect(config.execution).toEqual(EXECUTION_DEFAULTS)
    expect(config.decision).toEqual(DECISION_TIMINGS)
    expect(config.risk).toEqual(CHAMPION_RISK)
  })

  it('says every default in the packaged file, and nothing else', async () => {
    const path = packageFile('configs', 'execution.yml')
    expect(await loadExecutionConfig(path)).toEqual(await loadExecutionConfig())
    const sections = parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>
    const keys = Object.entries(sections).flatMap(([section, values]) =>
      Object.keys(values).map((key) => `${section}.${key}`),
    )
    expect(keys).toEqual(Object.keys(EXECUTION_CONFIG_DEFAULTS))
  })

  it('changes what a file names and leaves the rest', async () => {
    const config = await loadExecutionConfig(
      written('protection:\n  take_profit: "0.0200"\nrisk:\n  loss_pct_max: null\npaper:\n  maker_fee: 0\n'),
    )
    const defaults = await loadExecutionConfig()
    expect(config).toEqual({
      ...defaults,
      execution: { ...defaults.execution, takeProfit: '0.02' },
      risk: { ...defaults.risk, lossBreaker: { ...defaults.risk.lossBreaker, lossPctMax: null } },
      paper: { ...defaults.paper, makerFee: '0' },
    })
  })

  it.each([
    [
      'protection:\n  take_profit: 0',
      '2:16: protection.take_profit: expected a fraction above zero and below 1, such as 0.0133, found 0',
    ],
    [
      'link:\n  heartbeat_ms: soon',
      '2:17: link.heartbeat_ms: expected a whole number from 1 to 2147483647, found "soon"',
    ],
    ['link: 5', '1:7: link: expected keys with values, found 5'],
    ['- link', '1:1: expected sections (link, entry, …), found ["link"]'],
    ['link:\n  heartbeat: 5', "2:3: link.heartbeat: no such key; did you mean 'link.heartbeat_ms'?"],
    [
      'exchange:\n  retry_after_ms: []',
      '2:19: exchange.retry_after_ms: expected whole numbers of milliseconds from 1 to 2147483647, such as [1000, 2000], found []',
    ],
    [
      'paper:\n  answer_latency_ms: [9, 5]',
      '2:22: paper.answer_latency_ms: expected two whole numbers of milliseconds, such as [10, 90], found [9,5]',
    ],
    [
      'protection:\n  take_profit: -1',
      '2:16: protection.take_profit: expected a fraction above zero and below 1, such as 0.0133, found -1',
    ],
    [
      'paper:\n  taker_fee: [0.0005]',
      '2:14: paper.taker_fee: expected a decimal of zero or more and below 1, such as 0.0005, found [0.0005]',
    ],
    [
      'protection:\n  catastrophic_stop: ["0.10"]',
      '2:22: protection.catastrophic_stop: expected a fraction above zero, such as 0.1, found ["0.10"]',
    ],
    [
      'protection:\n  take_profit: 1.33',
      '2:16: protection.take_profit: expected a fraction above zero and below 1, such as 0.0133, found 1.33 (1.33 % is 0.0133)',
    ],
    [
      'protection:\n  take_profit: "0.2"',
      '2:16: protection.take_profit: expected a fraction below 0.2, found 0.2 (0.2 % is 0.002)',
    ],
    [
      'protection:\n  catastrophic_stop: 10',
      '2:22: protection.catastrophic_stop: expected a fraction up to 1, found 10 (10 % is 0.1)',
    ],
    ['link:\n  heartbeat_ms: 5\n---\nlink:\n  heartbeat_ms: 6', '3:1: expected one YAML document'],
    ['protection:\n  stop_orders: 1', '2:16: protection.stop_orders: expected true or false, found 1'],
    ['risk:\n  leverage_max: null', '2:17: risk.leverage_max: expected a number above zero and below 1000, found null'],
    [
      'risk:\n  leverage_target: 20',
      '1:1: risk: leverageTarget: expected at most leverageMax (L_target ≤ L_max), 10, found 20',
    ],
  ])('says where %j is wrong', async (text, message) => {
    const path = written(`${text}\n`)
    await expect(loadExecutionConfig(path)).rejects.toThrow(`${path}:${message}`)
  })

  it.each(['', '# link:\n#   heartbeat_ms: 500\n'])('refuses a file that says nothing: %j', async (text) => {
    const path = written(text)
    await expect(loadExecutionConfig(path)).rejects.toThrow(
      `${path}:1:1: expected a configuration, found an empty file`,
    )
  })

  it('takes unlikely fractions where they are said to be meant, and never a take-profit of 1 and more', async () => {
    const path = written('protection:\n  take_profit: 0.5\n  catastrophic_stop: 2\n')
    await expect(loadExecutionConfig(path)).rejects.toMatchObject({
      hint: expect.stringContaining('--i-mean-fractions'),
    })
    const { execution } = await loadExecutionConfig(path, { iMeanFractions: true })
    expect(execution).toMatchObject({ takeProfit: '0.5', catastrophicStop: '2' })
    const impossible = written('protection:\n  take_profit: 1\n')
    await expect(loadExecutionConfig(impossible, { iMeanFractions: true })).rejects.toThrow(
      'a fraction above zero and below 1, such as 0.0133, found 1',
    )
  })

  it.each(Object.entries(EXECUTION_CONFIG_DEFAULTS))(
    '%s takes its default, and refuses at its place what is out of range or of another kind',
    async (key, standard) => {
      const [section, name] = key.split('.') as [string, string]
      const load = (text: string) => loadExecutionConfig(written(`# first line\n${section}:\n  ${name}: ${text}\n`))
      await expect(load(JSON.stringify(standard))).resolves.toBeDefined()
      const place = `execution.yml:3:${name.length + 5}: ${key}: expected `
      const odd = [
        '-1',
        '.nan',
        '.inf',
        '-.inf',
        '[]',
        '[0.5]',
        '["0.5"]',
        '{ a: 1 }',
        '1e40',
        '" 0.5"',
        '"0.5 "',
        '"0x1"',
      ]
      for (const text of [...odd, ...(typeof standard === 'number' ? ['0', '9007199254740993'] : ['-0.5'])]) {
        await expect(load(text), text).rejects.toThrow(place)
      }
    },
  )

  it.each([
    ['protection.take_profit', '0'],
    ['protection.take_profit', '1'],
    ['protection.take_profit', '1.33'],
    ['protection.catastrophic_stop', '"0"'],
    ['paper.taker_fee', '1'],
    ['paper.half_spread_bps', '10000'],
    ['paper.displayed_usd', '0'],
    ['paper.leverage', '0.5'],
    ['risk.stop_loss_pct', '1'],
    ['risk.consecutive_losses_max', '1.5'],
    ['link.heartbeat_ms', '2147483648'],
    ['journal.capacity', '1.5'],
  ])('%s is never %s', async (key, text) => {
    const [section, name] = key.split('.')
    await expect(loadExecutionConfig(written(`${section}:\n  ${name}: ${text}\n`))).rejects.toThrow(`${key}: expected `)
  })

  it('says every mistake at once', async () => {
    const path = written('link:\n  a: 1\n  b: 2\n')
    await expect(loadExecutionConfig(path)).rejects.toThrow(/link\.a: no such key.*\n.*link\.b: no such key/)
  })
})
