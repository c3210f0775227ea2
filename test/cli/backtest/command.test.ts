import { Command } from 'commander'
import { expect, test } from 'vitest'
import { register as registerBacktest } from '../../../src/cli/backtest/command.js'
import { BACKTEST_OPTIONS } from '../../../src/cli/backtest/options.js'
import { register as registerPaper } from '../../../src/cli/paper/command.js'
import { PAPER_OPTIONS } from '../../../src/cli/paper/options.js'

test.each([
  ['backtest', registerBacktest, BACKTEST_OPTIONS],
  ['paper', registerPaper, PAPER_OPTIONS],
] as const)('every option that dolphin %s checks can be typed', (name, register, options) => {
  const parent = new Command()
  register(parent)
  const typed = parent.commands.find((command) => command.name() === name)!.options.map(({ long }) => long)
  // Colours are read from the command line itself.
  const checked = Object.values(options).map(({ flag }) => flag)
  expect(checked.filter((flag) => !typed.includes(flag))).toEqual([])
})
