import { type AddressInfo, createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { register } from '../../../src/cli/sandbox/command.js'
import { chosenMarket } from '../../../src/cli/sandbox/market.js'
import { type RawSandboxOptions, sandboxOptions } from '../../../src/cli/sandbox/options.js'
import { FAULTS } from '../../../src/sandbox/faults.js'
import { runCommand } from '../../support/in-process-command.js'
import { SANDBOX_TOKEN, startSandbox } from '../../support/sandbox.js'
import { until } from '../../support/until.js'

const RAW: RawSandboxOptions = { port: '0', symbols: '3', seed: '1', speed: '1', balance: '10000' }

describe('the options of a sandbox', () => {
  test('every mistake is named, with what was expected and found', async () => {
    const { code, stderr } = await runCommand(register, [
      'sandbox',
      ...['--port', '70000', '--symbols', 'btc', '--speed', '0', '--balance', '-1'],
      ...['--fault', 'bam', '--fault', 'throttledShare=2', '--fault', 'haltSymbol'],
    ])
    expect(code).toBe(2)
    for (const text of [
      '--port: expected an integer from 0 to 65535, found "70000"',
      '--symbols: expected a number or names such as BTCUSDT,ETHUSDT',
      '--speed: expected a number above 0, found "0"',
      '--balance: expected a number above 0, found "-1"',
      '--fault: no fault is called "bam"; did you mean \'ban\'?',
      '--fault: throttledShare takes a share from 0 to 1, found "2"',
      '--fault: haltSymbol takes a symbol, found none',
    ]) {
      expect(stderr).toContain(text)
    }
  })

  test('key, secret and token are others in each run', () => {
    const [one, other] = [sandboxOptions(RAW).secrets, sandboxOptions(RAW).secrets]
    for (const name of ['apiKey', 'secret', 'token'] as const) expect(one[name]).not.toBe(other[name])
  })

  test('symbols are so many, or those that are named', async () => {
    const listed = async (symbols: string): Promise<readonly string[]> => {
      const { instruments } = await chosenMarket(sandboxOptions({ ...RAW, symbols }), Date.UTC(2026, 9, 7))
      return instruments.map(({ identity }) => identity.symbol)
    }
    expect(await listed('3')).toEqual(['BTCUSDT', 'ETHUSDT', 'SOLUSDT'])
    expect(await listed('ethusdt,币安人生USDT')).toEqual(['ETHUSDT', '币安人生USDT'])
    expect(await listed('540')).toHaveLength(540)
  })

  test('the days of a folder are its prices', async () => {
    const options = sandboxOptions({ ...RAW, days: ['fixtures/days'], symbols: 'BTCUSDT' })
    const { player } = await chosenMarket(options, Date.UTC(2026, 9, 7))
    const startMs = Date.UTC(2026, 9, 7)
    expect(player.sinceMs('BTCUSDT')).toBeLessThan(startMs - 3_600_000)
    expect(player.play(startMs).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['quote', 'print']))
    expect(player.nextDueMs()! - startMs).toBeLessThanOrEqual(60_000)
  })

  test('a symbol that the days do not have is refused', async () => {
    const options = sandboxOptions({ ...RAW, days: ['fixtures/days'], symbols: 'NOBODYUSDT' })
    await expect(chosenMarket(options, 0)).rejects.toThrow('--symbols: not in the days: NOBODYUSDT')
  })
})

describe('a sandbox that cannot begin', () => {
  test('names the option, and what it found there', async () => {
    const { code, stderr } = await runCommand(register, ['sandbox', '--port', '0', '--fault', 'haltSymbol=NOPEUSDT'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--fault: haltSymbol takes a symbol that is listed')])
  })

  test('names the port that another program has', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    try {
      const { code, stderr } = await runCommand(register, ['sandbox', '--port', String(port)])
      expect(code).toBe(1)
      expect(stderr).toContain(`--port: cannot listen at 127.0.0.1:${port}: `)
      expect(stderr).toContain('name another port, or 0 for any free one')
    } finally {
      await new Promise((resolve) => taken.close(resolve))
    }
  })
})

describe('rehearsing at a sandbox', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  beforeAll(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.exchange.faults.clear())
  afterAll(() => sandbox.close())

  const run = (...args: readonly string[]) =>
    runCommand(register, ['sandbox', ...args, '--at', sandbox.origin, '--token', SANDBOX_TOKEN])

  test('every fault is listed with what it does', async () => {
    const { code, stdout } = await runCommand(register, ['sandbox', 'faults'])
    expect(code).toBe(0)
    for (const [name, { what }] of Object.entries(FAULTS))
      expect(stdout).toMatch(new RegExp(`^${name} .*${escaped(what)}$`, 'm'))
  })

  test('a fault is set, shown and taken back', async () => {
    expect(await run('fault', 'algoStuck', 'yes')).toMatchObject({
      code: 0,
      stdout: '{"fault":"algoStuck","value":true}\n',
    })
    expect(JSON.parse((await run('status')).stdout).faults).toEqual({ algoStuck: true })
    await run('fault', 'all', '--clear')
    expect(JSON.parse((await run('status')).stdout).faults).toEqual({})
  })

  test('a price falls at once', async () => {
    const price = async (): Promise<number> => {
      const response = await fetch(`${sandbox.origin}/fapi/v1/ticker/price?symbol=ETHUSDT`)
      return Number(((await response.json()) as { readonly price: string }).price)
    }
    const before = await price()
    expect((await runCommand(register, priced('-30', 'ETHUSDT'))).code).toBe(0)
    await until(async () => (await price()) < 0.75 * before)
  })

  function priced(...args: readonly string[]): readonly string[] {
    return ['sandbox', 'price', '--at', sandbox.origin, '--token', SANDBOX_TOKEN, '--', ...args]
  }

  test.each<readonly [args: readonly string[], code: number, text: string]>([
    [['fault', 'bam'], 2, 'no fault is called "bam"'],
    [['fault', 'ban'], 2, 'ban takes milliseconds, found none'],
    [['price', 'much'], 2, 'percent: expected a number, found "much"'],
    [['restart', 'soon'], 2, 'ms: expected milliseconds, found "soon"'],
    [['price', '5', 'NOBODYUSDT'], 1, 'NOBODYUSDT is not played here'],
    [['fault', 'haltSymbol', 'NOPEUSDT'], 1, 'haltSymbol takes a symbol that is listed here, found'],
    [['fault', 'ban', '--clear'], 1, 'ban is nothing that holds'],
  ])('%j is refused with %d', async (args, code, text) => {
    const answer = await run(...args)
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringContaining(text)])
  })

  test('without a token, and without a sandbox, it says what is missing', async () => {
    const at = ['--at', sandbox.origin]
    expect((await runCommand(register, ['sandbox', 'fault', 'ban', '1', ...at])).stderr).toContain(
      '$DOLPHIN_SANDBOX_TOKEN',
    )
    const wrong = await runCommand(register, ['sandbox', 'fault', 'ban', '1', ...at, '--token', 'wrong'])
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('expected the token of the sandbox')])
    const nowhere = await runCommand(register, ['sandbox', 'status', '--at', 'http://127.0.0.1:1'])
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('start one with `dolphin sandbox`')])
  })
})

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
