import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScanFile } from '../../src/adapters/arrow/scan-archive.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import { DAYS, dolphin, MAIN, ROOT, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
const inFolder = (...names: string[]) => join(folder.path, ...names)
const scan = (...args: string[]) => ['scan', '--days', DAYS, '--storage', inFolder('data'), '--quiet', ...args]
const entries = () =>
  existsSync(inFolder('data', 'arrow_scans'))
    ? (readdirSync(inFolder('data', 'arrow_scans'), { recursive: true }) as string[])
    : []
const scanFiles = () => entries().filter((name) => /scan_\d+_\d+\.arrow$/.test(name))
const numbers = () =>
  scanFiles()
    .map((name) => Number(/scan_(\d+)_/.exec(name)![1]))
    .sort((a, b) => a - b)
const published = () =>
  readFileSync(inFolder('scans.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).scan_number as number)
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

describe('dolphin scan', () => {
  it('loads Arrow only when it runs', () => {
    const importsOf = (path: string) =>
      [...readFileSync(join(ROOT, 'src/cli', path), 'utf8').matchAll(/^import (?!type\b).* from '(.+)'/gm)].map(
        ([, from]) => from!,
      )
    expect(importsOf('scan/command.ts')).toEqual(['../live-options.js', '../shell/exit-codes.js'])
    // What is declared for several commands is words and checks alone.
    for (const from of importsOf('live-options.ts')) expect(from).toMatch(/^\.\.?\/(shell|base)\/|\/endpoints\.js$/)
  })

  it('killed again and again, at any moment: no number twice or left out, no half file, no scan unpublished', async () => {
    const random = new Xoshiro128(20_260_105)
    const args = scan('--publish', inFolder('scans.jsonl'))
    let killed = 0
    for (let round = 0; round < 6; round++) {
      const before = scanFiles().length
      const { code } = await dolphin(args, {
        during: (child) => {
          // From when files appear, so that the moment falls among scans whatever the machine's load.
          const wait = setInterval(() => {
            if (scanFiles().length === before) return
            clearInterval(wait)
            setTimeout(() => child.kill('SIGKILL'), random.between(0, 60))
          }, 2)
          child.on('exit', () => clearInterval(wait))
        },
      })
      if (code === null) killed++
      // Whatever the moment, what is there is whole.
      expect(numbers()).toEqual(upTo(numbers().length))
    }
    expect(killed).toBe(6)
    expect((await dolphin(scan('--publish', inFolder('scans.jsonl'), '--limit', '1'))).code).toBe(0)

    const count = numbers().length
    expect(numbers()).toEqual(upTo(count))
    expect(published()).toEqual(upTo(count))
    expect(entries().filter((name) => /\.(tmp|lock)$/.test(name))).toEqual([])
    const times = new Set<bigint>()
    for (const name of scanFiles()) times.add((await readScanFile(inFolder('data', 'arrow_scans', name))).timestampNs)
    expect(times.size).toBe(count)
  })

  it('goes on after a crash in the middle of a file, which counts for nothing', async () => {
    expect((await dolphin(scan('--limit', '2'))).code).toBe(0)
    const day = inFolder('data', 'arrow_scans', '2025-05-09')
    const half = readFileSync(join(day, readdirSync(day)[0]!)).subarray(0, 700)
    writeFileSync(join(day, '.scan_000003_000200.arrow.0123456789ab.tmp'), half)
    const args = scan('--limit', '1').filter((arg) => arg !== '--quiet')
    expect((await dolphin(args)).stderr).toContain('Removed 1 half-written file of an earlier run.')
    expect(numbers()).toEqual([1, 2, 3])
    expect(readdirSync(day)).toHaveLength(3)
  })

  it('lets no second scanner write to a storage', async () => {
    let second: Promise<{ readonly code: number | null; readonly stderr: string }> | undefined
    const { code } = await dolphin(scan('--speed', '1'), {
      during: (child) => {
        const wait = setInterval(() => {
          if (scanFiles().length === 0) return
          clearInterval(wait)
          second = dolphin(scan())
          second.finally(() => child.kill('SIGTERM'))
        }, 10)
      },
    })
    expect(code).toBe(0)
    expect(await second).toMatchObject({ code: 2 })
    expect((await second!).stderr).toMatch(
      /^error: --storage: another scanner \(process \d+ on .+\) writes .*; stop it/,
    )
    expect(numbers()).toEqual([1])
  })

  it('refuses a storage that is itself arrow_scans', async () => {
    mkdirSync(inFolder('arrow_scans'))
    const { code, stderr } = await dolphin(['scan', '--days', DAYS, '--storage', inFolder('arrow_scans')])
    expect(code).toBe(2)
    expect(stderr).toBe(
      'error: --storage: expected the folder above arrow_scans, found arrow_scans itself: ' +
        'scans would go to arrow_scans/arrow_scans\n',
    )
  })

  it('ends quietly when the reader of its publication goes away', () => {
    const command = `set -o pipefail; "${process.execPath}" "${MAIN}" ${scan('--publish', '-').join(' ')} | head -1`
    const shell = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
    expect([shell.status, shell.stderr]).toEqual([0, ''])
    expect(JSON.parse(shell.stdout)).toMatchObject({ scan_number: 1 })
  })
})
