import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { dolphin, ROOT, temporaryFolder } from './dolphin.js'

const run = promisify(execFile)
const folder = temporaryFolder()

/** Beside what it was made for, as after `npm install`. */
function install(made: string): void {
  mkdirSync(join(made, 'node_modules', '@types'), { recursive: true })
  symlinkSync(ROOT, join(made, 'node_modules', 'dolphin-engine'))
  for (const name of ['@types/node', 'undici-types']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(made, 'node_modules', name))
  }
}

describe('dolphin new strategy', () => {
  test('writes a folder whose types hold and whose own tests pass, with Node and dolphin-engine alone', async () => {
    const { code, stdout } = await dolphin(['new', 'strategy', 'turn'], { cwd: folder.path })
    expect(code).toBe(0)
    expect(stdout).toContain('(cd turn && npm install && npm test)')
    expect(stdout).toContain('dolphin backtest days/ --strategy turn/strategy.js')
    const made = join(folder.path, 'turn')
    expect(readdirSync(made).sort()).toEqual([
      'README.md',
      'package.json',
      'strategy.js',
      'strategy.test.js',
      'tsconfig.json',
    ])
    for (const file of readdirSync(made)) expect(readFileSync(join(made, file), 'utf8')).not.toMatch(/__[A-Z]+__/)
    install(made)
    await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', made])
    const tested = await run(process.execPath, ['--test', '--test-reporter=tap'], { cwd: made })
    expect(tested.stdout).toMatch(/^# pass 2$/m)
    expect(tested.stdout).toMatch(/^# fail 0$/m)
  })

  test('writes a test that fails when the rule is another', async () => {
    await dolphin(['new', 'strategy', 'turn'], { cwd: folder.path })
    const made = join(folder.path, 'turn')
    install(made)
    const file = join(made, 'strategy.js')
    writeFileSync(file, readFileSync(file, 'utf8').replace('price > mean', 'price < mean'))
    const tested = await run(process.execPath, ['--test', '--test-reporter=tap'], { cwd: made }).catch((error) => error)
    expect(tested.stdout).toMatch(/not ok \d - a golden day/)
  })

  test.each([
    ['My Strategy', /^<name>: expected 1 to 40 lower-case letters and digits.* found "My Strategy"$/m],
    ['-x', /unknown option|expected 1 to 40/],
    ['a--b', /found "a--b"$/m],
    ['risk', /^<name>: expected a name that nothing else has, found "risk"$/m],
  ])('refuses the name %s', async (name, message) => {
    const { code, stderr } = await dolphin(['new', 'strategy', name], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr.replaceAll(/^.*?(<name>:)/gm, '$1')).toMatch(message)
    expect(existsSync(join(folder.path, name))).toBe(false)
  })

  test('refuses a folder that holds something, and takes an empty one', async () => {
    const out = join(folder.path, 'mine')
    mkdirSync(out)
    expect(await dolphin(['new', 'strategy', 'turn', '--out', out])).toMatchObject({ code: 0 })
    const again = await dolphin(['new', 'strategy', 'turn', '--out', out])
    expect(again.code).toBe(2)
    expect(again.stderr).toMatch(/--out: expected a new or an empty folder, found 5 entries in /)
  })
})
