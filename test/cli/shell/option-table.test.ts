import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { OptionCheck } from '../../../src/cli/shell/option-check.js'
import { asTyped, declareOptions, option, parseOptions, type RawOptions } from '../../../src/cli/shell/option-table.js'

const TABLE = {
  size: option({
    flag: '--size',
    value: '<n>',
    help: 'how many',
    standard: '3',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 0 }),
  }),
  out: option({ flag: '--out', value: '[file]', help: 'where to', parse: (typed) => (typed === true ? '-' : typed) }),
  days: option({ flag: '--days', value: '<days...>', help: 'which', parse: asTyped<readonly string[]> }),
  set: option({ flag: '--set', value: '<key=value>', repeats: true, help: 'what', parse: asTyped<readonly string[]> }),
  dryRun: option({ flag: '--dry-run', help: 'only look', parse: asTyped<boolean> }),
}

function typed(...args: string[]): RawOptions<typeof TABLE> {
  const command = new Command('test').exitOverride()
  declareOptions(command, 'Some:', TABLE, ['size', 'out', 'days', 'set', 'dryRun'])
  return command.parse(args, { from: 'user' }).opts()
}

describe('a table of options', () => {
  it('gives each row the words that its value takes', () => {
    expect(typed('--out', '--days', 'a', 'b', '--set', 'x=1', '--set', 'y=2', '--dry-run')).toEqual({
      size: '3',
      out: true,
      days: ['a', 'b'],
      set: ['x=1', 'y=2'],
      dryRun: true,
    })
  })

  it('parses what was typed, leaves out what was not, and keeps every mistake', () => {
    const check = new OptionCheck()
    expect(parseOptions(TABLE, { size: '4', out: true }, check)).toEqual({ size: 4, out: '-' })
    check.done()
    expect(parseOptions(TABLE, { size: 'x', out: 'f' }, check)).toEqual({ out: 'f' })
    expect(() => check.done()).toThrow('--size: expected a number')
  })

  it('shows a row with a help and a standard of the command’s own', () => {
    const command = new Command('test')
    declareOptions(command, 'Some:', TABLE, ['size', ['out', { help: 'elsewhere' }]])
    declareOptions(command, 'More:', TABLE, [['days', { standard: null }], 'set', 'dryRun'])
    const help = command.helpInformation()
    expect(help).toMatch(/Some:\n {2}--size <n> +how many \(default: "3"\)\n {2}--out \[file\] +elsewhere\n/)
    expect(help).toMatch(
      /More:\n {2}--days <days\.\.\.> +which\n {2}--set <key=value> +what\n {2}--dry-run +only look\n/,
    )
  })
})
