import type { ChildProcess } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dolphin, type Finished, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()

/** Runs an executor that has nobody to talk to until `then` has been done to it. */
function executor(then: (child: ChildProcess) => void, more: readonly string[] = []): Promise<Finished> {
  const paths = ['--link', at('link.sock'), '--exchange', at('exchange.sock'), '--journal', at('journal')]
  return dolphin(['executor', ...paths, ...more], {
    during: (child) => {
      let seen = ''
      child.stderr!.on('data', (text) => {
        const before = seen
        seen += text
        if (!before.includes('Executor ready') && seen.includes('Executor ready')) then(child)
      })
    },
  })
}

const at = (name: string): string => join(folder.path, name)
const segment = (): string => at('journal/journal-00000001.log')
const stop = (signal: NodeJS.Signals) => (child: ChildProcess) => void child.kill(signal)

describe('dolphin executor', () => {
  it.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ])('stops on %s with %i, says where it stands, and is found there again', async (signal, expected) => {
    const first = await executor(stop(signal), ['--json'])
    expect(first.code).toBe(expected)
    expect(first.stderr).toMatch(
      /Executor ready: 0 records in .*journal, flat\.\n(.*\n)*Executor stopped: \d+ records, state [0-9a-f]{16}, flat\./,
    )
    const { records, stateHash } = JSON.parse(first.stdout) as { records: number; stateHash: string }
    expect(records).toBeGreaterThan(0)
    const second = await executor(stop('SIGTERM'))
    expect(second.stderr).toContain(`Executor ready: ${records} records in`)
    expect(first.stderr).toContain(`state ${stateHash}`)
  })

  it('stops when whoever started it goes away, if it is told to', async () => {
    const { code } = await executor((child) => child.stdin!.end(), ['--until-stdin-ends'])
    expect(code).toBe(0)
  })

  it('goes on behind the last write of a crash, and says what it cut off', async () => {
    await executor(stop('SIGTERM'))
    appendFileSync(segment(), '0badf00d 7 {"half a rec')
    const { code, stderr } = await executor(stop('SIGTERM'))
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /journal-00000001\.log: the last write was never finished: \d+ bytes from byte \d+ on .*it was cut and kept as/,
    )
  })

  it('refuses a damaged journal, and says at which record', async () => {
    await executor(stop('SIGTERM'))
    await executor(stop('SIGTERM'))
    const text = readFileSync(segment(), 'utf8')
    writeFileSync(segment(), text.replace('"type":"started"', '"type":"stopped"'))
    const { code, stderr } = await executor(() => {})
    expect(code).toBe(3)
    expect(stderr).toMatch(/journal-00000001\.log: damaged at record 1, byte \d+: expected .*, found .*/)
  })

  it('shares its journal with no other', async () => {
    let second: Promise<Finished> | undefined
    await executor((child) => {
      second = executor(() => {})
      void second.then(() => child.kill('SIGTERM'))
    })
    const { code, stderr } = await second!
    expect(code).toBe(2)
    expect(stderr).toMatch(/journal/)
  })

  it('says everything that is wrong with a command line at once', async () => {
    const wrong = ['--link', 'a.sock', '--exchange', 'a.sock', '--journal', '', '--symbols', 'btc', '--clock', '5']
    const { code, stderr } = await dolphin(['executor', ...wrong])
    expect(code).toBe(2)
    expect(stderr).toBe(`error: --journal: expected a folder, found ""
error: --exchange: expected another socket than --link, found "a.sock"
error: --symbols: expected symbols such as BTCUSDT,ETHUSDT, found "btc"
error: --clock: expected speed@epochMs@realEpochMs, found "5"
`)
  })

  it('needs a path that a socket can have', async () => {
    const long = at('x'.repeat(120))
    mkdirSync(at('journal'))
    const { code, stderr } = await dolphin([
      'executor',
      '--link',
      long,
      '--exchange',
      at('e'),
      '--journal',
      at('journal'),
    ])
    expect(code).toBe(2)
    expect(stderr).toMatch(/expected a socket path of at most 103 bytes, found \d+/)
  })
})
