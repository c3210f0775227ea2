import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dateOfEpochMs, MS_PER_DAY } from '../../src/base/utc-date.js'
import { readFlowDay } from '../../src/cli/compose/flow-days.js'
import type { FlowRecord, FlowRow } from '../../src/ports/vocabulary/flows.js'
import { HAS_REDIS, RedisServer } from '../support/redis-server.js'
import { until } from '../support/until.js'
import { DAYS, dolphin, type Finished, temporaryFolder } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

const DATE = '2025-05-20'
const folder = temporaryFolder()

/** A command of flows in a folder of the test's own. */
function flows(...args: readonly string[]): Promise<Finished> {
  return dolphin(['flows', ...args], { cwd: folder.path })
}

/** As {@link flows}, but it can be stopped. */
function running(...args: readonly string[]): RunningDolphin {
  return new RunningDolphin(['flows', ...args, ...at()])
}

/** Where a command that runs elsewhere finds the folder of the test. */
function at(): readonly string[] {
  const config = join(folder.path, 'services.yml')
  writeFileSync(config, `flows:\n  run: supervised-day:blue\n  paper_logs: ${join(folder.path, 'paper_logs')}\n`)
  return ['--folder', join(folder.path, 'flows'), '--config', config]
}

async function records(flow: string, date: string, more: readonly string[] = []): Promise<readonly FlowRecord[]> {
  const { stdout } = await flows('history', flow, '--date', date, '--records', '--json', ...more)
  return linesOf<FlowRecord>(stdout)
}

async function rows(flow: string, more: readonly string[] = []): Promise<readonly FlowRow[]> {
  return linesOf<FlowRow>((await flows('history', flow, '--json', ...more)).stdout)
}

function linesOf<T>(text: string): readonly T[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as T)
}

/** Each effect was made, and recorded, once. */
function effectsOf(all: readonly FlowRecord[]): readonly string[] {
  const keys = all.flatMap((record) => (record.kind === 'EFFECT' ? [record.key] : []))
  expect(new Set(keys).size).toBe(keys.length)
  return all.flatMap((record) => (record.kind === 'EFFECT' ? [record.name] : []))
}

describe('a flow that is run by hand', () => {
  it.each(['blue', 'green'])('of %s runs a bundled day once: again, it says so and does nothing', async (colour) => {
    const asked = ['run', 'paper-day', '--colour', colour, '--date', DATE]
    const first = await flows(...asked)
    expect(first.code).toBe(0)
    expect(first.stdout).toMatch(new RegExp(`^paper-day ${colour} ${DATE}: SUCCESS in `))
    expect(first.stdout).toMatch(/Capital {7}25,000\.00 USDT \(the initial one\)\n {2}After .* USDT/)
    expect(first.stderr).toMatch(
      /✓ load_day .*\n.*✓ restore_capital .*\n.*✓ run_day .*\n.*✓ write_state .*\n.*✓ log_pnl/,
    )
    const log = join(folder.path, 'paper_logs', colour, 'pnl.jsonl')
    const before = readFileSync(log, 'utf8')
    const second = await flows(...asked)
    expect(second).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/was done before, SUCCESS at .*: nothing was run\.\n$/),
    })
    expect(readFileSync(log, 'utf8')).toBe(before)
    expect(linesOf(before)).toHaveLength(1)
    expect((await rows('paper-day', ['--colour', colour])).map(({ attempts }) => attempts)).toEqual([1])
  })

  it('answers with the row of the ledger as JSON', async () => {
    const { stdout, code } = await flows('run', 'paper-day', '--date', DATE, '--capital', '1000', '--json', '--quiet')
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        schema: 'dolphin.flow-run/1',
        end: 'SUCCESS',
        isNew: true,
        row: { stamp: DATE, summary: { capitalBefore: 1_000 } },
      },
    ])
  })

  it('dry writes nothing, whether there is a grid or none', async () => {
    const asked = ['run', 'paper-day', '--date', DATE, '--dry-run']
    expect(await flows(...asked)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('it can be run. Nothing was kept.'),
    })
    expect(readdirSync(folder.path)).toEqual([])
    await flows('run', 'paper-day', '--date', '2025-05-19')
    const grid = readFileSync(join(folder.path, 'flows', 'grid'))
    expect((await flows(...asked)).stdout).toContain('USDT (of 2025-05-19)')
    expect(readFileSync(join(folder.path, 'flows', 'grid')).equals(grid)).toBe(true)
    expect((await rows('paper-day')).map(({ stamp }) => stamp)).toEqual(['2025-05-19'])
  })

  it.each([
    [
      ['run', 'paper-dya'],
      "<flow>: expected 'paper-day', 'supervised-day' or 'forewarner', found \"paper-dya\"; did you mean 'paper-day'?",
    ],
    [['run', 'paper-day', '--colour', 'red'], "--colour: expected 'blue' or 'green', found \"red\""],
    [['run', 'paper-day', '--date', '2025-02-30'], '--date: expected a date YYYY-MM-DD, found "2025-02-30"'],
    [['run', 'paper-day', '--date', '2999-01-01'], '--date: expected a date that is due'],
    [
      ['run', 'paper-day', '--date', '2025-04-01'],
      'the bundled days: expected a file YYYY-MM-DD.parquet or .jsonl of 2025-04-01, found none',
    ],
    [['run', 'paper-day', '--date', DATE, '--days', 'nowhere'], '--days: expected a folder of days, found "nowhere"'],
    [['run', 'paper-day', '--date', DATE, '--capital', '0'], '--capital: expected a number above 0, found "0"'],
    [['backfill', 'paper-day', '--to', DATE], '--from: expected the first date, found nothing'],
    [['backfill', 'forewarner', '--from', DATE], 'expected paper-day or supervised-day, found forewarner'],
    [['waive', 'paper-day', '--date', DATE], '--reason: expected why, found nothing'],
  ])('refuses %j, and begins nothing', async (args, message) => {
    const { code, stderr, stdout } = await flows(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(existsSync(join(folder.path, 'flows', 'grid'))).toBe(false)
  })

  it('that fails says which task, why, and what to do; given up, it is left alone', async () => {
    const days = join(folder.path, 'days')
    mkdirSync(days)
    writeFileSync(join(days, `${DATE}.jsonl`), 'no day\n')
    const failed = await flows('run', 'paper-day', '--date', DATE, '--days', days)
    expect(failed.code).toBe(1)
    expect(failed.stderr).toMatch(/FAILED at load_day: .*2025-05-20\.jsonl/)
    expect(failed.stderr).toContain(
      `run it again: dolphin flows run paper-day --colour blue --date ${DATE}; or give it up:`,
    )
    expect((await flows('status', 'paper-day')).code).toBe(1)
    expect((await flows('waive', 'paper-day', '--date', DATE, '--reason', 'no data')).stdout).toContain(
      'is waived: no data',
    )
    expect((await flows('run', 'paper-day', '--date', DATE)).stdout).toMatch(/was waived at .*: nothing was run/)
  })

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'and ends by %s goes on from there, and makes each effect once',
    async (signal) => {
      const asked = ['run', 'supervised-day', '--posture', 'APEX', '--date', DATE]
      const run = running(...asked)
      await until(() => run.said.includes('✓ restore_capital'))
      const code = await run.stop(signal)
      if (signal === 'SIGINT') {
        expect(code).toBe(130)
        expect(run.said).toContain(
          `what was done stands, and dolphin flows run supervised-day --colour blue --date ${DATE} goes on from there.`,
        )
      }
      const again = await dolphin(['flows', ...asked, ...at()])
      expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/SUCCESS in .* s, run 2\n/) })
      expect(again.stderr).toMatch(/✓ restore_capital +from the run before/)
      expect(effectsOf(await records('supervised-day', DATE))).toEqual(['pnl', 'state', 'heartbeat'])
    },
  )
})

describe('a backfill', () => {
  it('comes to what a backtest over the same days comes to, and again does nothing', async () => {
    const period = ['--from', '2025-05-09', '--to', '2025-05-15']
    const asked = ['backfill', 'paper-day', ...period, '--json']
    const first = await flows(...asked)
    const runs = linesOf<{ end: string; row: FlowRow }>(first.stdout)
    const { stdout } = await dolphin(['backtest', DAYS, ...period, '--json', '--quiet'])
    const { days } = JSON.parse(stdout) as { days: readonly { date: string; capital: number }[] }
    expect([first.code, runs.map(({ row }) => [row.stamp, row.summary?.capital])]).toEqual([
      0,
      days.map(({ date, capital }) => [date, capital]),
    ])
    const again = linesOf<{ end: string; row: FlowRow }>((await flows(...asked)).stdout)
    expect(again.map(({ end }) => end)).toEqual(runs.map(() => 'DONE'))
  })
})

/** Yesterday's day, and today's, should midnight pass meanwhile: that of a bundled day at another date. */
async function daysOfNow(days: string): Promise<void> {
  mkdirSync(days)
  const { columns } = await readFlowDay(DAYS, DATE)
  for (const ago of [0, 1]) {
    const stamp = dateOfEpochMs(Date.now() - ago * MS_PER_DAY)
    const shiftMs = Date.parse(stamp) - Date.parse(DATE)
    const lines = Array.from({ length: columns.bars }, (_, row) => {
      const prices = columns.assets.map((symbol, i) => [symbol, orNull(columns.prices[i]![row]!)])
      const timestamp = Number(columns.timestampNs![row]! / 1_000_000n) + shiftMs
      return JSON.stringify({ timestamp, vel_div: orNull(columns.velDiv[row]!), ...Object.fromEntries(prices) })
    })
    writeFileSync(join(days, `${stamp}.jsonl`), `${lines.join('\n')}\n`)
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** Of two that serve the flows of one ledger, the one that runs a date is killed. */
async function takenOver(ledger: readonly string[]): Promise<void> {
  const days = join(folder.path, 'days')
  await daysOfNow(days)
  const args = ['serve', 'flows', '--days', days, '--posture', 'APEX', ...at(), ...ledger]
  const [one, two] = [new RunningDolphin(args), new RunningDolphin(args)]
  const begun = () => [one, two].find(({ said }) => /supervised-day blue \S+: begun/.test(said))
  const holder = await until(begun)
  const other = holder === one ? two : one
  await until(() => other.said.includes('Serving flows'))
  await holder.stop('SIGKILL')
  await until(() =>
    /supervised-day blue \S+: begun, run \d+\n(?:.*\n)*?supervised-day blue \S+: SUCCESS/.test(other.said),
  )
  expect(await other.stop('SIGTERM')).toBe(0)
  const [row] = await rows('supervised-day', ledger)
  expect(row).toMatchObject({ status: 'SUCCESS' })
  // More than two where the machine is so busy that a turn is lost.
  expect(row!.attempts).toBeGreaterThanOrEqual(2)
  expect(effectsOf(await records('supervised-day', row!.stamp, ledger))).toEqual(['pnl', 'state', 'heartbeat'])
}

describe('two processes that serve the flows of one folder', () => {
  it('run a date once, and where the one that runs it is killed the other goes on with it', () => takenOver([]))
})

describe.skipIf(!HAS_REDIS)('two processes that serve the flows of one Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(() => server.stop())

  it('run a date once, and where the one that runs it is killed the other goes on with it', () =>
    takenOver(['--redis', server.url]))
})

describe('dolphin serve flows', () => {
  it('tells of a day that failed with an alert, and of how flows stand to whoever watches', async () => {
    const days = join(folder.path, 'days')
    mkdirSync(days)
    const serving = new RunningDolphin([
      'serve',
      'flows',
      '--days',
      days,
      '--serve',
      '127.0.0.1:0',
      ...at(),
      '--posture',
      'APEX',
    ])
    await until(() => serving.said.includes('ALERT FAILED'))
    expect(serving.said).toMatch(/ALERT FAILED flow=supervised-day colour=blue date=\S+: load_day: .* found neither; /)
    const address = /at (http:\S+)/.exec(serving.said)![1]!
    const text = async (path: string) => (await fetch(`${address}${path}`)).text()
    expect(await text('/healthz')).toBe('ok\n')
    expect(await text('/metrics')).toContain('dolphin_flow_failed{flow="supervised-day",colour="blue"} 1')
    expect(JSON.parse(await text('/flows'))).toMatchObject({
      schema: 'dolphin.flows/1',
      flows: [{ flow: 'supervised-day' }],
    })
    expect(await serving.stop('SIGINT')).toBe(130)
  })
})
