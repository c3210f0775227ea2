import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DAYS, dolphin, ROOT, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
/** The shortest of the bundled days. */
const SHORT_DAY = ['--from', '2025-05-09', '--to', '2025-05-09']
const ONE_DAY = ['--from', '2025-05-12', '--to', '2025-05-12']

/** A strategy file; `body` is what stands at line 4. */
function strategy(body: string, name = 'mine.mjs'): string {
  writeFileSync(
    join(folder.path, name),
    `class Mine {
  constructor({ id, parameters }) { this.id = id; this.parameters = parameters; this.bars = 0 }
  entry(bar) { return { strategyId: this.id, symbol: 'BTCUSDT', type: 'ENTRY', direction: 1, authority: 1, price: bar.prices[bar.symbols.indexOf('BTCUSDT')], notionalUsd: 10000, timestampMs: bar.timestampMs, reason: 'TEST' } }
  ${body}
  onEntryDropped() {}
  onFill() {}
  snapshot() { return { bars: this.bars } }
  restore({ bars }) { this.bars = bars }
}
const parameters = { type: 'object', properties: { lookback: { type: 'integer', default: 60 } }, additionalProperties: false }
export default { name: 'mine', parameters, create: (context) => new Mine(context) }
`,
  )
  return name
}

const backtest = (...args: readonly string[]) =>
  dolphin(['backtest', DAYS, ...ONE_DAY, '--quiet', ...args], { cwd: folder.path })
const paper = (...args: readonly string[]) =>
  dolphin(['paper', '--days', DAYS, ...SHORT_DAY, '--out', 'session', ...args], { cwd: folder.path })

const at = (bar: number, then: string) => `onBar(bar) { if (bar.bar === ${bar}) ${then}; return [] }`

describe('a strategy file that cannot be used is refused at its own place, with exit code 2', () => {
  test.each([
    ['a syntax error', 'onBar( { {', [], /^mine\.mjs:4: cannot be loaded: SyntaxError: /m],
    [
      'a throw at a bar',
      at(7, 'throw new TypeError("no such thing")'),
      [],
      /^mine\.mjs:4:\d+: strategy mine: onBar at bar 7 of 2025-05-12 threw TypeError: no such thing$/m,
    ],
    [
      'a mandate that is none',
      at(7, 'return ["buy"]'),
      [],
      /^mine\.mjs: strategy mine: onBar at bar 7 of 2025-05-12 returned a mandate whose form: an object expected, "buy" found$/m,
    ],
    [
      'an entry for nothing',
      at(7, 'return [{ ...this.entry(bar), notionalUsd: 0 }]'),
      [],
      /notionalUsd: above zero expected, 0 found$/m,
    ],
    [
      'decisions by chance',
      'onBar(bar) { globalThis.asked = (globalThis.asked ?? 0) + 1; return [{ ...this.entry(bar), notionalUsd: asked }] }',
      [],
      /^mine\.mjs: strategy mine: onBar at bar 0 of 2025-05-12 is not deterministic: two strategies/m,
    ],
    [
      'a clock that is asked at a bar',
      at(7, 'this.bars = Date.now()'),
      [],
      /^mine\.mjs:4:\d+: strategy mine: onBar at bar 7 of 2025-05-12 threw Error: Date\.now\(\) is not for a strategy: a bar's timestampMs is the time$/m,
    ],
    [
      'an exit at a bar',
      at(7, 'process.exit(0)'),
      [],
      /^mine\.mjs:4:\d+: strategy mine: onBar at bar 7 of 2025-05-12 threw Error: process\.exit\(\) is not for a strategy/m,
    ],
    [
      'an exit while it is loaded',
      'static { process.exit(0) }',
      [],
      /^mine\.mjs:4:\d+: cannot be loaded: Error: process\.exit\(\) is not for a strategy/m,
    ],
    [
      'an unknown parameter',
      'onBar() { return [] }',
      ['--param', 'lokback=9'],
      /^error: --param: expected one of lookback, found "lokback"; did you mean 'lookback'\?$/m,
    ],
    [
      'a parameter of another type',
      'onBar() { return [] }',
      ['--param', 'lookback=many'],
      /^mine\.mjs: parameter lookback must be integer, found "many"$/m,
    ],
    [
      'what only the champion has',
      'onBar() { return [] }',
      ['--forewarner', 'monte-carlo', '--direction', 'long'],
      /--direction: is the champion's, and does not go with --strategy\n(?:.*\n)*.*--forewarner: is the champion's/m,
    ],
  ])('%s', async (_, body, more, message) => {
    const { code, stderr, stdout } = await backtest('--strategy', strategy(body), ...more)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('internal error')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  test('a file without a default export, TypeScript, and one that is not there', async () => {
    writeFileSync(join(folder.path, 'empty.mjs'), 'export const strategy = 1\n')
    writeFileSync(join(folder.path, 'typed.ts'), 'export default {}\n')
    const rows = [
      ['empty.mjs', /^empty\.mjs: default export: expected \{ name, create \}/m],
      ['typed.ts', /^typed\.ts: expected JavaScript, found TypeScript$/m],
      ['none.mjs', /^none\.mjs: cannot read the strategy: there is no such file/m],
    ] as const
    for (const [file, message] of rows) {
      const { code, stderr } = await backtest('--strategy', file)
      expect(stderr).toMatch(message)
      expect(code).toBe(2)
    }
  })

  test('by certify, which signs the champion, and a parameter without a strategy', async () => {
    const certified = await dolphin(['certify', DAYS, '--strategy', strategy('onBar() { return [] }')], {
      cwd: folder.path,
    })
    expect(certified.code).toBe(2)
    expect(certified.stderr).toContain("unknown option '--strategy'")
    const { code, stderr } = await backtest('--param', 'lookback=9')
    expect(code).toBe(2)
    expect(stderr).toContain('--param: needs --strategy <file>')
  })
})

describe('a backtest of a strategy file', () => {
  test('says which strategy it was, in the summary and in the report, and holds to its bars', async () => {
    const file = join(ROOT, 'examples', 'strategies', 'momentum.mjs')
    const asked = ['--strategy', file, '--param', 'lookback=60', '--json', 'run.json', '--causality-check', '6']
    const { code, stdout } = await backtest(...asked)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}momentum {2}dolphin-engine/m)
    expect(stdout).toContain('Parameters      lookback=60  hold=120  notionalShare=0.5')
    expect(stdout).toMatch(/Causality +\d+ of \d+ decisions probed: none of them used a later bar\n.*\n +6 cuts, /)
    expect(stdout).toMatch(/^ {2}HELD +\d+/m)
    const report = JSON.parse(readFileSync(join(folder.path, 'run.json'), 'utf8'))
    expect(report).toMatchObject({
      strategy: 'momentum',
      research: true,
      ownStrategy: { file, parameters: { lookback: 60, hold: 120, notionalShare: 0.5 } },
    })
    expect(report.ownStrategy.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test('that never comes back is ended, with its line, bar and date', async () => {
    const { code, stderr } = await backtest('--strategy', strategy(at(7, 'for (;;) this.bars++')))
    expect(stderr).toMatch(/^mine\.mjs:4:\d+: strategy mine: bar 7 of 2025-05-12 runs for 10 s now: stopped\n$/)
    expect(code).toBe(1)
  })

  test('whose file waits for what never comes is named', async () => {
    writeFileSync(join(folder.path, 'mine.mjs'), 'await new Promise(() => {})\n')
    const { code, stderr } = await backtest('--strategy', 'mine.mjs')
    expect(stderr).toMatch(
      /^mine\.mjs: strategy mine\.mjs: its loading never came back: the process had nothing left to do$/m,
    )
    expect(code).toBe(1)
  })

  test('whose file never finishes loading is ended, too', async () => {
    writeFileSync(join(folder.path, 'mine.mjs'), 'for (;;) {}\n')
    const { code, stderr } = await backtest('--strategy', 'mine.mjs')
    expect(stderr).toMatch(/^mine\.mjs:1:\d+: strategy mine\.mjs: its loading runs for 10 s now: stopped\n$/)
    expect(code).toBe(1)
  })
})

describe('a paper session of a strategy file', () => {
  test('trades it, can be continued, and is compared with the backtest of the very same file', async () => {
    const file = join(folder.path, 'momentum.mjs')
    writeFileSync(file, readFileSync(join(ROOT, 'examples', 'strategies', 'momentum.mjs')))
    const asked = ['--strategy', 'momentum.mjs', '--param', 'lookback=60']
    const first = await paper(...asked)
    expect(first).toMatchObject({ code: 0 })
    expect(first.stdout).toContain('momentum on paper')
    const again = await paper(...asked, '--resume')
    expect(again.stdout).toBe(first.stdout)
    const replayed = await dolphin(['journal', 'replay', 'session/journal/decision', '--json'], { cwd: folder.path })
    expect(first.stdout).toContain(JSON.parse(replayed.stdout).stateHash)
    const compared = await dolphin(['compare', 'session', '--quiet'], { cwd: folder.path })
    expect(compared).toMatchObject({ code: 0 })
    expect(compared.stdout).toContain('Explained: every difference has its cause.')
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n// Another file.\n`)
    const other = await dolphin(['compare', 'session', '--quiet'], { cwd: folder.path })
    expect(other.code).toBe(2)
    expect(other.stderr).toMatch(
      /^momentum\.mjs: expected the strategy that the session traded \(SHA-256 [0-9a-f]{64}\), found another/m,
    )
  })

  test.each([
    [
      'throws',
      at(40, 'throw new TypeError("no such thing")'),
      /mine\.mjs:4:\d+: strategy mine: onBar at bar 40 of 2025-05-09 threw TypeError: no such thing/,
    ],
    ['returns nonsense', at(40, 'return 7'), /onBar at bar 40 of 2025-05-09 returned 7, expected an array of mandates/],
    [
      'never comes back',
      at(40, 'for (;;) this.bars++'),
      /mine\.mjs:4:\d+: strategy mine: onBar at bar 40 did not answer within 1000 ms/,
    ],
    [
      'draws a number',
      'onBar(bar) { return bar.bar === 40 ? [{ ...this.entry(bar), notionalUsd: 5000 + 1000 * Math.random() }] : [] }',
      /mine\.mjs:4:\d+: .*onBar at bar 40 of 2025-05-09 threw Error: Math\.random\(\) is not for a strategy/,
    ],
  ])('goes on to its end when the strategy %s, and says so with its line', async (_, body, message) => {
    const enters = body.replace('return []', 'return bar.bar === 10 ? [this.entry(bar)] : []')
    const first = await paper('--strategy', strategy(enters))
    expect(first.stderr).toMatch(/mine is blocked: onBar: /)
    expect(first.stderr).toMatch(message)
    expect(first.stdout).toContain('1 × ERROR')
    expect(first.code).toBe(0)
    // What it holds stays where the protective exits are.
    if (enters !== body) expect(first.stdout).toMatch(/Still open: LONG|TAKE_PROFIT|CATASTROPHIC_STOP/)
    const again = await paper('--strategy', 'mine.mjs', '--resume')
    expect(again.stdout).toBe(first.stdout)
  })
})
