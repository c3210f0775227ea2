import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DAYS, dolphin, MAIN, ROOT, temporaryFolder } from './dolphin.js'

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
const folder = temporaryFolder()

describe('the command line', () => {
  it.each(['--version', '-V'])('%s prints the version alone', async (flag) => {
    expect(await dolphin([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it.each([
    [['paper'], 'market. On virtual time a day takes'],
    [['data', 'build'], '(default: the packaged configs/universe.json)'],
  ])('%s --help fills its lines and names no path of this machine', async (command, text) => {
    const { stdout } = await dolphin([...command, '--help'])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(text)
    expect(stdout).not.toContain(ROOT)
    const [, about] = stdout.split('\n\n')
    const lines = about!.split('\n')
    // A line is full when the first word of the next has no room in it.
    for (const [i, line] of lines.slice(0, -1).entries()) {
      expect(`${line} ${lines[i + 1]!.split(' ')[0]}`.length).toBeGreaterThan(80)
    }
  })

  it('loads nothing but commander and a few kilobytes of its own before a command is chosen', () => {
    const packages = new Set<string>()
    const seen = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      for (const [, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'";]*['"]([^'"]+)['"]/gm)) {
        if (from!.startsWith('.')) visit(join(dirname(file), from!))
        else if (!from!.startsWith('node:')) packages.add(from!)
      }
    }
    visit(MAIN)
    expect([...packages]).toEqual(['commander'])
    const ours = [...seen].reduce((bytes, file) => bytes + statSync(file).size, 0)
    expect(ours).toBeLessThan(16_000)
  })

  it.each([
    [['--help'], ['backtest', 'demo', 'data', 'Exit codes:', '130  interrupted']],
    [
      ['backtest', '--help'],
      ['--vol-gate', '--set <key=value>', '--keep-going', 'Examples:', 'Exit codes:'],
    ],
    [['help', 'backtest'], ['--vol-gate']],
    [
      ['demo', '--help'],
      ['--out <file>', 'dolphin-demo.html'],
    ],
  ])('%j explains itself', async (args, mentions) => {
    const { code, stdout, stderr } = await dolphin(args)
    expect(code).toBe(0)
    expect(stderr).toBe('')
    for (const mention of mentions) expect(stdout).toContain(mention)
  })

  it.each([
    [['bactest'], "error: unknown command 'bactest'\n(Did you mean backtest?)"],
    [['backtest', 'days', '--form', '2025-05-09'], "error: unknown option '--form'\n(Did you mean --from?)"],
    [['demo', '--ot', 'x'], "error: unknown option '--ot'\n(Did you mean --out?)"],
    [['backtest', 'days', '--from'], "error: option '--from <date>' argument missing"],
  ])('%j is a usage error with a suggestion', async (args, message) => {
    const { code, stdout, stderr } = await dolphin(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
  })
})

describe('colours', () => {
  const isColoured = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const { stdout, stderr } = await dolphin(args, { cwd: folder.path, env })
    return [stdout.includes('\x1b['), stderr.includes('\x1b[')]
  }
  const force = { NO_COLOR: '', FORCE_COLOR: '1' }
  const wrong = ['backtest', 'days', '--from', 'x']

  it('come where they are forced', async () => {
    expect(await isColoured(['demo', '--quiet'], force)).toEqual([true, false])
    expect(await isColoured(wrong, force)).toEqual([false, true])
  })

  it.each([
    ['without a terminal', [], { NO_COLOR: '' }],
    ['with --no-color', ['--no-color'], force],
    ['with NO_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }],
  ])('never come %s', async (_, flags, env) => {
    expect(await isColoured(['demo', '--quiet', ...flags], env)).toEqual([false, false])
    expect(await isColoured([...flags, ...wrong], env)).toEqual([false, false])
  })
})

describe('dolphin demo', () => {
  it('runs the bundled days offline and writes a report', async () => {
    const { code, stdout, stderr } = await dolphin(['demo'], { cwd: folder.path })
    expect(code).toBe(0)
    expect(stdout).toContain('blue SHORT')
    expect(stdout).toContain('2025-05-09 to 2025-06-03, 26 days')
    expect(stdout).toMatch(/Report +dolphin-demo\.html/)
    expect(stderr).toMatch(/^Open the report in a browser: file:\/\/\/.*\/dolphin-demo\.html\n$/)
    expect(readdirSync(folder.path)).toEqual(['dolphin-demo.html'])
    expect(readFileSync(join(folder.path, 'dolphin-demo.html'), 'utf8')).toMatch(/^<!doctype html>/i)
  })

  it('--json prints JSON and nothing else on stdout', async () => {
    const { code, stdout } = await dolphin(['demo', '--json', '--out', 'x/demo.html'], { cwd: folder.path })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'dolphin.backtest/1', strategy: 'blue', research: false })
    expect(readdirSync(join(folder.path, 'x'))).toEqual(['demo.html'])
  })

  it('wants a page to write to', async () => {
    const { code, stderr } = await dolphin(['demo', '--out', 'demo.pdf'], { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'error: --out: expected a file name.html, found "demo.pdf"\n' })
  })

  it('stays within 100 columns', async () => {
    const { stdout } = await dolphin(['demo', '--quiet'], { cwd: folder.path })
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })
})

describe('a reader that goes away', () => {
  it.each([
    ['the summary', `backtest ${DAYS} --by-day --by-asset`],
    ['JSON', `backtest ${DAYS} --json`],
    ['help', 'backtest --help'],
  ])('of %s is no error', (_, command) => {
    const shell = spawnSync('bash', ['-c', `set -o pipefail; "${process.execPath}" "${MAIN}" ${command} | head -1`], {
      encoding: 'utf8',
      cwd: folder.path,
    })
    expect(shell.stderr).toBe('')
    expect(shell.status).toBe(0)
    expect(shell.stdout.split('\n').length).toBeLessThanOrEqual(2)
  })
})

describe.runIf(existsSync('/dev/full'))('a disk that is full', () => {
  it('where the output goes to is an error with a reason, and no stack', () => {
    const command = `"${process.execPath}" "${MAIN}" backtest ${DAYS} --json > /dev/full`
    const shell = spawnSync('bash', ['-c', command], { encoding: 'utf8', cwd: folder.path })
    expect(shell.stderr).toBe('error: <stdout>: cannot write it: ENOSPC: no space left on device, write\n')
    expect(shell.status).toBe(1)
  })
})
