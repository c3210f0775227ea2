import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeShortDay } from '../support/short-days.js'
import { until } from '../support/until.js'
import { DAYS, dolphin, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()

describe('dolphin paper at bar prices', () => {
  it('decides and sizes what the bulk run of the same days does, trade for trade', async () => {
    const out = join(folder.path, 'session')
    const period = ['--from', '2025-05-10', '--to', '2025-05-11', '--fills', 'bar-price', '--quiet']
    const paper = await dolphin(['paper', '--days', DAYS, ...period, '--out', out, '--json'])
    const bulk = await dolphin(['backtest', DAYS, ...period, '--json'])
    expect([paper.code, bulk.code]).toEqual([0, 0])
    const session = JSON.parse(paper.stdout) as PaperReport
    const { trades } = JSON.parse(bulk.stdout) as { readonly trades: readonly BulkTrade[] }
    expect(trades.length).toBeGreaterThan(10)
    expect(session.trades.map(ofSession)).toEqual(trades.map(ofBulk))
    expect(session).toMatchObject({ missed: 0, disagreements: [], performance: { feesUsd: '0', fundingUsd: '0' } })
    const compared = await dolphin(['compare', out, '--quiet'])
    expect(compared.code).toBe(0)
  })
})

describe('a paper session', () => {
  let days = ''
  beforeEach(async () => {
    days = join(folder.path, 'days')
    mkdirSync(days)
    await writeShortDay(days, { date: '2025-05-10', fromRow: 300, toRow: 560, stepMs: 60_000 })
  })
  const paper = (out: string, more: readonly string[] = [], during?: (child: ChildProcess) => void) =>
    dolphin(['paper', '--days', days, '--out', join(folder.path, out), '--json', ...more], during && { during })

  it.each(['bar-price', 'realistic'])('is the same every time, byte for byte (%s)', async (fills) => {
    const [first, second] = await Promise.all(['one', 'two'].map((out) => paper(out, ['--fills', fills])))
    expect([first!.code, second!.code]).toEqual([0, 0])
    const report = (text: string) => ({ ...(JSON.parse(text) as object), folder: '', session: {} })
    expect(report(second!.stdout)).toEqual(report(first!.stdout))
    expect((JSON.parse(first!.stdout) as PaperReport).trades.length).toBeGreaterThan(0)
    for (const file of ['trades.csv', 'daily.csv', 'missed.csv']) expect(read('two', file)).toBe(read('one', file))
    for (const side of ['decision', 'execution']) expect(recordsOf('two', side)).toEqual(recordsOf('one', side))
  })

  it.each<NodeJS.Signals>(['SIGKILL', 'SIGINT'])(
    'goes on after %s, and ends as if nothing had been',
    async (signal) => {
      const whole = await paper('whole')
      const cut = await paper('cut', [], (child) => void interrupt(child, 'cut', signal))
      expect({ signal, code: cut.code }).toEqual({ signal, code: signal === 'SIGINT' ? 130 : null })
      if (signal === 'SIGINT') expect(cut.stderr).toMatch(/Interrupted at 2025-05-10T.*--resume continues it\./)
      const before = recordsOf('cut', 'decision').length
      expect(before).toBeGreaterThan(10)
      expect(before).toBeLessThan(recordsOf('whole', 'decision').length)
      const resumed = await paper('cut', ['--resume'])
      expect({ code: resumed.code, stderr: resumed.code === 0 ? '' : resumed.stderr }).toEqual({ code: 0, stderr: '' })
      const ended = (text: string) => ({ ...(JSON.parse(text) as object), folder: '', session: {} })
      expect(ended(resumed.stdout)).toEqual(ended(whole.stdout))
      for (const side of ['decision', 'execution']) expect(recordsOf('cut', side)).toEqual(recordsOf('whole', side))
      for (const file of ['trades.csv', 'daily.csv', 'missed.csv']) expect(read('cut', file)).toBe(read('whole', file))
    },
  )

  it('is continued only when that is said, and only as it was begun', async () => {
    await paper('held')
    const again = await paper('held')
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/--out: .*held holds a session already/)])
    const other = await paper('held', ['--resume', '--capital', '9000'])
    expect([other.code, other.stderr]).toEqual([
      3,
      expect.stringMatching(/settings\.json: expected initialCapitalUsd "9000"/),
    ])
    const none = await paper('none', ['--resume'])
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/expected a session to continue, found none/)])
  })

  it('refuses a journal that departs from it, and says where', async () => {
    await paper('bent')
    const path = join(folder.path, 'bent', 'journal', 'decision', 'journal-00000001.log')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace('"atMs":', '"atMS":'))
    const damaged = await paper('bent', ['--resume'])
    expect([damaged.code, damaged.stderr]).toEqual([3, expect.stringMatching(/damaged at record 1, byte \d+/)])
  })

  it('leaves another kind of folder alone', async () => {
    mkdirSync(join(folder.path, 'notes'))
    writeFileSync(join(folder.path, 'notes', 'todo.txt'), 'buy milk')
    const { code, stderr } = await paper('notes')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/expected a new or an empty folder, found files in/)])
    expect(readdirSync(join(folder.path, 'notes'))).toEqual(['todo.txt'])
  })

  it('prints a summary that names its files', async () => {
    const out = join(folder.path, 'shown')
    const { code, stdout } = await dolphin(['paper', '--days', days, '--out', out, '--quiet'])
    expect(code).toBe(0)
    for (const line of [
      /blue SHORT on paper/,
      /Fills +realistic, seed 1/,
      /Result +prices +fees +funding +net/,
      /Alerts/,
    ]) {
      expect(stdout).toMatch(line)
    }
    for (const path of stdout.matchAll(/\/\S+(?:\.csv|decision|execution)/g)) expect(existsSync(path[0])).toBe(true)
  })

  it.each<[string, readonly string[], RegExp]>([
    [
      'another kind of fills',
      ['paper', '--days', 'x', '--fills', 'realistc'],
      /--fills: expected realistic or bar-price, found "realistc"; did you mean 'realistic'\?/,
    ],
    [
      'a wrong speed',
      ['paper', '--days', 'x', '--speed', 'fast'],
      /--speed: expected a factor above 0 such as 10, or max, found "fast"/,
    ],
    [
      'a process at full speed',
      ['paper', '--days', 'x', '--executor', 'process'],
      /--speed: expected a factor up to 50 with --executor process, found "max"/,
    ],
    [
      'a clock that no machine keeps up with',
      ['paper', '--days', 'x', '--speed', '1000'],
      /--speed: expected a factor up to 50, or max, found "1000"/,
    ],
    [
      'several at once',
      ['paper', '--days', 'x', '--seed', '-1', '--from', 'May'],
      /--seed: expected an integer.*\n.*--from: expected a date/,
    ],
    ['no such days', ['paper', '--days', '/nowhere'], /\/nowhere/],
    [
      'a day outside',
      ['paper', '--days', DAYS, '--from', '2031-01-01'],
      /no day from 2031-01-01 on; the files cover 2025-05-09 to 2025-06-03/,
    ],
    [
      'a switch for backtests',
      ['paper', '--days', DAYS, '--set', 'close_at_end=true'],
      /a session leaves its position open/,
    ],
  ])('says what is wrong: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await dolphin(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

/** Interrupts a session in its middle: when its journal has some hundred records. */
async function interrupt(child: ChildProcess, out: string, signal: NodeJS.Signals): Promise<void> {
  const journal = join(folder.path, out, 'journal', 'decision', 'journal-00000001.log')
  await until(() => child.exitCode !== null || (existsSync(journal) && statSync(journal).size > 60_000))
  child.kill(signal)
}

function read(out: string, file: string): string {
  return readFileSync(join(folder.path, out, file), 'utf8')
}

/** Lines of records; a journal's header and marks say when and by whom it was written. */
function recordsOf(out: string, side: string): string[] {
  const lines = read(out, join('journal', side, 'journal-00000001.log')).split('\n')
  return lines.filter((line) => /^[0-9a-f]{8} \d/.test(line))
}

interface PaperReport {
  readonly trades: readonly {
    readonly symbol: string
    readonly entryBar: number
    readonly exitBar: number
    readonly entryPrice: string
    readonly exitPrice: string
    readonly quantity: string
    readonly reason: string
  }[]
}

interface BulkTrade {
  readonly asset: string
  readonly entryBar: number
  readonly exitBar: number
  readonly entryPrice: number
  readonly exitPrice: number
  readonly quantity: number
  readonly reason: string
}

function ofSession({
  symbol,
  entryBar,
  exitBar,
  entryPrice,
  exitPrice,
  quantity,
  reason,
}: PaperReport['trades'][number]) {
  return [symbol, entryBar, exitBar, Number(entryPrice), Number(exitPrice), Number(quantity), reason]
}

function ofBulk({ asset, entryBar, exitBar, entryPrice, exitPrice, quantity, reason }: BulkTrade) {
  return [asset, entryBar, exitBar, entryPrice, exitPrice, quantity, reason]
}
