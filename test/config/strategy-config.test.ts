import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Mistake } from '../../src/base/mistakes.js'
import { DOTTED_KEYS, inWords, schemaOf } from '../../src/config/schema-problems.js'
import {
  CHAMPION_CONFIG,
  loadConfig,
  readConfig,
  refuseDrift,
  refuseDriftedChampion,
} from '../../src/config/strategy-config.js'
import {
  CHAMPION_HASH,
  DEFAULT_PARAMETERS,
  expectation,
  PARAMETER_NAMES,
  parametersHash,
} from '../../src/core/engine/parameters.js'
import { packageFile } from '../../src/files/package-files.js'

const HEAD = 'strategy: mine\ndirection: short\n'

/** What a configuration is refused with, one line per problem. */
function refusal(text: string): string {
  try {
    readConfig(text, 'x.yml')
  } catch (error) {
    expect(error).toBeInstanceOf(Mistake)
    return (error as Mistake).message
  }
  throw new Error('expected a refusal')
}

describe('the packaged configurations', () => {
  it.each([
    ['blue.yml', -1],
    ['green.yml', 1],
  ])('%s is the champion, traded in its direction', (name, direction) => {
    const config = loadConfig(packageFile('configs', name))
    expect(config.parameters).toEqual(DEFAULT_PARAMETERS)
    expect(parametersHash(config.parameters)).toBe(CHAMPION_HASH)
    expect(config).toMatchObject({ direction, research: false, initialCapital: 25_000, drifted: [] })
  })

  it.each(['blue.yml', 'green.yml'])('%s spells out every key of the schema and the champion hash', (name) => {
    const text = readFileSync(packageFile('configs', name), 'utf8')
    for (const dotted of DOTTED_KEYS) expect(text).toMatch(new RegExp(`^ {2}${dotted.split('.')[1]}: `, 'm'))
    expect(text).toContain(`champion_hash: ${CHAMPION_HASH}`)
  })

  it('the champion as it ships is what its text says, known without parsing it', () => {
    const shipped = loadConfig(CHAMPION_CONFIG)
    expect(shipped).toEqual(readConfig(readFileSync(CHAMPION_CONFIG, 'utf8'), shipped.file))
    expect(shipped.parameters).toBe(DEFAULT_PARAMETERS)
  })

  it('a champion file that is no longer the champion is refused, research or not', () => {
    const text = readFileSync(CHAMPION_CONFIG, 'utf8').replace('fraction: 0.20', 'fraction: 0.25')
    const line = text.split('\n').findIndex((row) => row.includes('fraction: 0.25')) + 1
    const tampered = readConfig(text.replace('research: false', 'research: true'), 'configs/blue.yml')
    expect(() => refuseDriftedChampion(tampered)).toThrow(
      `configs/blue.yml:${line}:13: sizing.fraction: 0.25 drifts from the champion's 0.2`,
    )
    expect(() => refuseDriftedChampion(loadConfig(CHAMPION_CONFIG))).not.toThrow()
  })
})

describe('the schema', () => {
  it('has exactly the parameters, and the capital', () => {
    const bare = DOTTED_KEYS.map((dotted) => dotted.split('.')[1]!)
    expect(bare.toSorted()).toEqual([...PARAMETER_NAMES, 'initial_capital'].toSorted())
  })

  it.each(DOTTED_KEYS.filter((key) => key !== 'run.initial_capital'))('%s accepts what the core accepts', (dotted) => {
    const name = dotted.split('.')[1] as keyof typeof DEFAULT_PARAMETERS
    expect(inWords(schemaOf(dotted))).toBe(expectation(name))
    expect((schemaOf(dotted) as { default?: unknown }).default).toBe(DEFAULT_PARAMETERS[name])
  })
})

describe('a wrong configuration is refused at the exact place', () => {
  it.each([
    [
      'a mistyped key',
      `${HEAD}sizing:\n  fractoin: 0.1\n`,
      "x.yml:4:3: sizing.fractoin: unknown key; did you mean 'fraction'?",
    ],
    ['a mistyped section', `${HEAD}sizin:\n`, "x.yml:3:1: sizin: unknown key; did you mean 'sizing'?"],
    [
      'camel case',
      `${HEAD}exits:\n  maxHoldBars: 5\n`,
      "x.yml:4:3: exits.maxHoldBars: unknown key; did you mean 'max_hold_bars'?",
    ],
    [
      'a key of another section',
      `${HEAD}sizing:\n  max_hold_bars: 5\n`,
      "x.yml:4:3: sizing.max_hold_bars: unknown key; 'max_hold_bars' belongs in section 'exits'",
    ],
    [
      'a key outside its section',
      `${HEAD}fraction: 0.1\n`,
      "x.yml:3:1: fraction: unknown key; 'fraction' belongs in section 'sizing'",
    ],
    [
      'text for a number',
      `${HEAD}sizing:\n  fraction: abc\n`,
      'x.yml:4:13: sizing.fraction: expected a number from 0 to 1, found "abc"',
    ],
    [
      'a number out of range',
      `${HEAD}sizing: {fraction: 1.5}\n`,
      'x.yml:3:20: sizing.fraction: expected a number from 0 to 1, found 1.5',
    ],
    [
      'half a bar',
      `${HEAD}exits:\n  max_hold_bars: 1.5\n`,
      'x.yml:4:18: exits.max_hold_bars: expected an integer from 1 to 1000000, found 1.5',
    ],
    [
      'not a number',
      `${HEAD}sizing:\n  fraction: .nan\n`,
      'x.yml:4:13: sizing.fraction: expected a number from 0 to 1, found NaN',
    ],
    [
      'infinity',
      `${HEAD}sizing:\n  fraction: .inf\n`,
      'x.yml:4:13: sizing.fraction: expected a number from 0 to 1, found Infinity',
    ],
    [
      'yes for true',
      `${HEAD}exits:\n  vd_enabled: yes\n`,
      'x.yml:4:15: exits.vd_enabled: expected true or false, found "yes"',
    ],
    [
      'no value',
      `${HEAD}sizing:\n  fraction:\n  min_leverage: 1\n`,
      'x.yml:4:3: sizing.fraction: expected a number from 0 to 1, found nothing',
    ],
    [
      'a wrong direction',
      'strategy: mine\ndirection: shrt\n',
      `x.yml:2:12: direction: expected 'short' or 'long', found "shrt"`,
    ],
    ['no direction', 'strategy: mine\n', "x.yml:1:1: direction: expected 'short' or 'long', found nothing"],
    [
      'no capital',
      `${HEAD}run:\n  initial_capital: 0\n`,
      'x.yml:4:20: run.initial_capital: expected a number above 0 and up to 1000000000000, found 0',
    ],
    [
      'another champion',
      `${HEAD}champion_hash: 0123456789abcdef\n`,
      `x.yml:3:16: champion_hash: expected ${CHAMPION_HASH}, the hash of this engine's champion, found 0123456789abcdef`,
    ],
    [
      'a short hash',
      `${HEAD}champion_hash: abc\n`,
      'x.yml:3:16: champion_hash: expected 16 lower-case hex digits, found "abc"',
    ],
    [
      'an extreme above its threshold',
      `${HEAD}signal:\n  vel_div_extreme: -0.01\n`,
      'x.yml:4:20: signal.vel_div_extreme: expected a value below vel_div_threshold (-0.02), found -0.01',
    ],
    ['an empty file', '# nothing\n', 'x.yml:1:1: expected a configuration, found an empty file'],
    [
      'a duplicate key',
      `${HEAD}run:\n  seed: 1\n  seed: 2\n`,
      "x.yml:5:3: duplicate key 'seed', first given in line 4",
    ],
    [
      'a duplicate section',
      `${HEAD}run: {seed: 1}\nsizing: {}\nrun: {seed: 2}\n`,
      "x.yml:5:1: duplicate key 'run', first given in line 3",
    ],
    ['a tab', `${HEAD}run:\n\tseed: 1\n`, 'x.yml:4:1: not valid YAML: tabs are not allowed as indentation'],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toBe(message)
  })

  it('an unclosed bracket has a line and a column', () => {
    expect(refusal(`${HEAD}run: {seed: 1\nsizing: 2\n`)).toMatch(/^x\.yml:\d+:\d+: not valid YAML: /)
  })

  it('every problem is reported at once, in the order of the lines', () => {
    const text = 'strategy: mine\ndirection: shrt\nsizing:\n  fractoin: 1\n  fraction: abc\nrnu: {}\n'
    const places = refusal(text)
      .split('\n')
      .map((line) => line.split(': ')[0])
    expect(places).toEqual(['x.yml:2:12', 'x.yml:4:3', 'x.yml:5:13', 'x.yml:6:1'])
  })

  it('a file that is not there is named', () => {
    expect(() => loadConfig('/nowhere/x.yml')).toThrow(
      '/nowhere/x.yml: cannot read the configuration: there is no such file',
    )
  })
})

describe('every number of a strategy', () => {
  const numbers = DOTTED_KEYS.filter((key) => ['number', 'integer'].includes(schemaOf(key).type ?? ''))

  it.each(numbers)('%s is refused at its place when it is none, or out of range', (dotted) => {
    const [section, key] = dotted.split('.') as [string, string]
    for (const text of ['.nan', '.inf', '-.inf', '1e40', '-1e40', '[0.5]', '{ a: 1 }', '" 1"', 'true', 'null']) {
      const place = `x.yml:4:${key.length + 5}: ${dotted}: expected `
      expect(() => readConfig(`${HEAD}${section}:\n  ${key}: ${text}\n`, 'x.yml'), text).toThrow(place)
    }
  })
})

describe('the champion rule', () => {
  const drifted = readConfig(`${HEAD}sizing:\n  fraction: 0.15\nexits:\n  max_hold_bars: 60\n`, 'x.yml')

  it('a file that drifts refuses to start, each drifted line named', () => {
    expect(() => refuseDrift(drifted, false)).toThrow(
      "x.yml:4:13: sizing.fraction: 0.15 drifts from the champion's 0.2\n" +
        "x.yml:6:18: exits.max_hold_bars: 60 drifts from the champion's 120",
    )
  })

  it('declared research runs, by the command line or by the file', () => {
    expect(() => refuseDrift(drifted, true)).not.toThrow()
    expect(() =>
      refuseDrift(readConfig(`research: true\n${HEAD}sizing: {fraction: 0.15}\n`, 'x.yml'), false),
    ).not.toThrow()
  })

  it('what a file leaves out has the champion’s value, and the same value written differently is no drift', () => {
    const config = readConfig(`${HEAD}sizing: {fraction: 2e-1, max_leverage: 5}\n`, 'x.yml')
    expect(config.parameters).toEqual(DEFAULT_PARAMETERS)
    expect(() => refuseDrift(config, false)).not.toThrow()
  })

  it('capital, direction and name are no parameters', () => {
    const config = readConfig('strategy: mine\ndirection: long\nrun: {initial_capital: 1000}\n', 'x.yml')
    expect(config.drifted).toEqual([])
    expect(config.initialCapital).toBe(1000)
  })
})
