import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadStrategy } from '../../src/config/strategy-module.js'
import { temporaryFolder } from '../support/in-process-command.js'

const folder = temporaryFolder()

const METHODS = 'onBar() { return [] }, onEntryDropped() {}, onFill() {}, snapshot() { return null }, restore() {}'
const PARAMETERS = `{
  type: 'object',
  properties: {
    lookback: { type: 'integer', minimum: 2, maximum: 500, default: 60 },
    mode: { enum: ['calm', 'wild'], default: 'calm' },
  },
  additionalProperties: false,
}`

function file(text: string, name = 'mine.mjs'): string {
  const path = join(folder.path, name)
  writeFileSync(path, text)
  return path
}

const whole = () =>
  file(`export default {
  name: 'mine',
  parameters: ${PARAMETERS},
  create({ id, parameters }) { return { id, parameters, ${METHODS} } },
}
`)

describe('a strategy file', () => {
  test('makes strategies with the defaults of its schema, and what is set over them', async () => {
    const { id, parameters, create, sha256 } = await loadStrategy(whole(), ['lookback=90'])
    expect({ id, parameters }).toEqual({ id: 'mine', parameters: { lookback: 90, mode: 'calm' } })
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(create(25_000)).toMatchObject({ id: 'mine', parameters })
    expect(create(25_000)).not.toBe(create(25_000))
  })

  test.each([
    ['lookback=1', /parameter lookback must be >= 2, found 1$/],
    ['lookback=many', /parameter lookback must be integer, found "many"$/],
    ['lokback=90', /^--param: expected one of lookback, mode, found "lokback"; did you mean 'lookback'\?$/],
    ['lookback', /^--param: expected name=value, found "lookback"$/],
    ['mode=mad', /parameter mode must be equal to one of the allowed values, found "mad"$/],
  ])('refuses --param %s with what was expected and found', async (set, message) => {
    await expect(loadStrategy(whole(), [set])).rejects.toThrow(message)
  })

  test.each([
    [
      'no default export',
      'export const strategy = {}',
      /default export: expected \{ name, create \} .* found nothing$/,
    ],
    ['no create', "export default { name: 'mine' }", /create: expected a function, found nothing$/],
    [
      'a bad name',
      'export default { name: "my own", create() {} }',
      /name: expected 1 to 64 visible ASCII .* found "my own"$/,
    ],
    [
      'a parameter without a default',
      `export default { name: 'mine', parameters: { properties: { a: { type: 'number' } } }, create() {} }`,
      /parameters\.a: expected a default, found none$/,
    ],
    [
      'a schema that is none',
      `export default { name: 'mine', parameters: { type: 7 }, create() {} }`,
      /parameters: expected a JSON Schema: /,
    ],
  ])('that has %s is refused by name', async (_, text, message) => {
    await expect(loadStrategy(file(text))).rejects.toThrow(message)
  })

  test('that is not there, or TypeScript, is refused', async () => {
    await expect(loadStrategy(join(folder.path, 'none.mjs'))).rejects.toThrow(
      /none\.mjs: cannot read the strategy: there is no such file/,
    )
    await expect(loadStrategy(file('', 'mine.ts'))).rejects.toMatchObject({
      hint: expect.stringContaining('Compile it first'),
    })
  })

  test.each([
    ['throws', "throw new Error('no')", /create threw Error: no$/],
    ['makes nothing', 'return undefined', /made what has no onBar, onEntryDropped, onFill, snapshot, restore/],
    ['makes one of another id', `return { id: 'other', ${METHODS} }`, /made a strategy of id "other", expected "mine"/],
  ])('whose create %s fails with that', async (_, body, message) => {
    const { create } = await loadStrategy(file(`export default { name: 'mine', create() { ${body} } }`))
    expect(() => create(1)).toThrow(message)
  })
})

describe('an example', () => {
  test.each(['example:cascade-sniper', 'example:geometry'])(
    '%s is no file, and is made like any other',
    async (named) => {
      const loaded = await loadStrategy(named, ['notionalUsd=500'])
      expect(loaded).toMatchObject({ file: named, isExample: true, parameters: { notionalUsd: 500 } })
      expect(loaded.observation).toEqual(loaded.create(25_000).observes)
      expect(loaded.sha256).toBe((await loadStrategy(named)).sha256)
    },
  )

  test.each([
    [
      'example:snipe',
      [],
      /^--strategy: expected a file, example:cascade-sniper or example:geometry, found "example:snipe"/,
    ],
    ['example:geometry', ['mode=CASCADE_MOMENTUM'], /^--param: expected one of notionalUsd, .*, found "mode"/],
    [
      'example:cascade-sniper',
      ['mode=SOON'],
      /parameter mode must be equal to one of the allowed values, found "SOON"$/,
    ],
    ['example:cascade-sniper', ['stopFrac=0'], /parameter stopFrac must be > 0, found 0$/],
  ])('%s with %s is refused', async (named, set, message) => {
    await expect(loadStrategy(named, set)).rejects.toThrow(message)
  })

  test('takes triggers of some coins beside the built-in ones', async () => {
    const { parameters } = await loadStrategy('example:cascade-sniper', ['triggersUsd={"BTC":80000}'])
    expect(parameters.triggersUsd).toEqual({ BTC: 80_000 })
  })
})

describe('what a strategy observes', () => {
  const observing = (observation: string) =>
    loadStrategy(
      file(`export default { name: 'mine', observation: ${observation}, create: () => ({ id: 'mine', ${METHODS} }) }`),
    )

  test.each([
    ['true', true],
    ['false', false],
    ['undefined', false],
    ["['orderBlock', 'tradeBurst']", ['orderBlock', 'tradeBurst']],
  ])('%s', async (text, observation) => {
    expect((await observing(text)).observation).toEqual(observation)
  })

  test.each([
    ['"all"', /observation: expected true, false or names of primitives, found "all"$/],
    ["['orderBlok']", /found "orderBlok"; did you mean 'orderBlock'\?$/],
  ])('%s is refused', async (text, message) => {
    await expect(observing(text)).rejects.toThrow(message)
  })
})
