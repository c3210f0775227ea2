import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeShortDay } from '../support/short-days.js'
import { until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'

describe('dolphin paper --speed <factor> --resume', () => {
  const folder = temporaryFolder()
  let out = ''
  let command: readonly string[] = []
  beforeEach(async () => {
    const days = join(folder.path, 'days')
    out = join(folder.path, 'session')
    mkdirSync(days)
    await writeShortDay(days, { date: '2025-05-10', fromRow: 300, toRow: 480, stepMs: 500 })
    command = ['paper', '--days', days, '--out', out, '--fills', 'bar-price', '--json']
  })
  const byClock = (...more: string[]) => dolphin([...command, '--speed', '40', ...more])
  /** Interrupted with a position: the entry of this day is the exchange's first order. */
  const interrupted = () =>
    dolphin([...command, '--speed', '40'], {
      during: async (child) => {
        const journal = journalOf('exchange')
        await until(() => existsSync(journal) && readFileSync(journal, 'utf8').includes('STOP_MARKET'))
        child.kill('SIGINT')
      },
    })
  const journalOf = (kind: string) => join(out, 'journal', kind, 'journal-00000001.log')

  it('goes on mid-position, says where, and ends with what the exchange and its journals have', async () => {
    const first = await interrupted()
    expect(first.code).toBe(130)
    expect(first.stderr).toMatch(/Interrupted at .*; the session is in .*session, and --resume continues it\./)
    const { code, stdout, stderr } = await byClock('--resume')
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(stderr).toMatch(/The session goes on after bar \d+ of 2025-05-10T05:0\d:[\d.]+Z\./)
    const report = JSON.parse(stdout) as Report
    expect(report).toMatchObject({ bars: 180, disagreements: [] })
    const replayed = await dolphin(['journal', 'replay', join(out, 'journal', 'exchange'), '--json'])
    const { kind, state } = JSON.parse(replayed.stdout) as Replayed
    expect(kind).toBe('exchange')
    expect(state.orders[0]).toMatchObject({ request: { type: 'MARKET', side: 'SELL' }, status: 'FILLED' })
    expect(Object.keys(state.account.positions)).toHaveLength(report.openTrades.length)
    const again = await byClock()
    expect(again.stderr).toContain('holds a session already')
  })

  it('is refused by a session at --speed max, and one at --speed max by a session by the clock', async () => {
    await interrupted()
    const computed = await dolphin([...command, '--resume'])
    expect(computed.code).toBe(2)
    expect(computed.stderr).toMatch(/--speed: the session goes by the clock, as it was begun: expected a factor/)
    rmSync(out, { recursive: true })
    expect((await dolphin(command)).code).toBe(0)
    for (const attempt of [1, 2]) {
      const { code, stderr } = await byClock('--resume')
      expect({ attempt, code }).toEqual({ attempt, code: 3 })
      expect(stderr).toMatch(/journal\/exchange: expected the journal of the session's exchange, found none/)
    }
  })

  it('refuses a damaged journal of the exchange, and that of somebody else, with file, expected and found', async () => {
    await interrupted()
    const path = journalOf('exchange')
    const sound = readFileSync(path)
    const damaged = Buffer.from(sound)
    damaged[sound.indexOf('startingBalanceUsd')] = 0x53
    writeFileSync(path, damaged)
    const flipped = await byClock('--resume')
    expect(flipped.code).toBe(3)
    expect(flipped.stderr).toMatch(
      /journal\/exchange\/journal-00000001\.log: damaged at record 1, byte \d+: expected .*, found sum/,
    )
    rmSync(join(out, 'journal', 'exchange'), { recursive: true })
    cpSync(join(out, 'journal', 'decision'), join(out, 'journal', 'exchange'), { recursive: true })
    const foreign = await byClock('--resume')
    expect(foreign.code).toBe(3)
    expect(foreign.stderr).toMatch(/journal-00000001\.log: .*expected kind exchange, found kind decision/)
  })
})

interface Report {
  readonly openTrades: readonly unknown[]
}

interface Replayed {
  readonly kind: string
  readonly state: { readonly orders: readonly unknown[]; readonly account: { readonly positions: object } }
}
