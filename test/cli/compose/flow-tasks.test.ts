import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import { backtestDays } from '../../../src/cli/compose/backtest.js'
import { findDays } from '../../../src/cli/compose/days.js'
import { readFlowDay } from '../../../src/cli/compose/flow-days.js'
import { type FlowTasks, type FlowTasksChoice, openFlowTasks } from '../../../src/cli/compose/flow-tasks.js'
import { prepareRun } from '../../../src/cli/compose/run-settings.js'
import { checkedRun } from '../../../src/cli/run-options.js'
import { packageFile } from '../../../src/files/package-files.js'
import type { Colour, FlowDate, FlowName, FlowRow } from '../../../src/ports/vocabulary/flows.js'
import { runDate } from '../../../src/runtime/flows/run-date.js'
import { runFlow } from '../../../src/runtime/flows/run-flow.js'
import { MemoryFlowStore } from '../../support/memory-flow-store.js'

const DAYS = packageFile('fixtures', 'days')
const DATES = readdirSync(DAYS)
  .map((name) => name.slice(0, 10))
  .sort()
const opened: FlowTasks[] = []

afterEach(async () => {
  for (const tasks of opened.splice(0)) await tasks.close()
})

/** Flows over a grid file of their own. */
class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'dolphin-flow-tasks-'))
  readonly store = new MemoryFlowStore()
  readonly told: string[] = []

  async open(choice: Partial<FlowTasksChoice> = {}): Promise<FlowTasks> {
    const tasks = await openFlowTasks({
      grid: { url: 'embedded', file: join(this.folder, 'grid.bin') },
      days: DAYS,
      posture: 'APEX',
      paperLogs: join(this.folder, 'paper_logs'),
      reports: join(this.folder, 'reports'),
      runOf: ({ capital, ...of }) =>
        checkedRun({ ...of, ...(capital === undefined ? {} : { capital: String(capital) }) }),
      report: (text) => void this.told.push(text),
      ...choice,
    })
    opened.push(tasks)
    return tasks
  }

  async run(tasks: FlowTasks, date: FlowDate): Promise<FlowRow> {
    const work = tasks.workOf(date)
    const [lost, stop] = [new AbortController().signal, new AbortController().signal]
    const turn = { store: this.store, fence: 1, owner: 'here:1', clock: systemClock, lost, stop }
    return (await runDate(date, work, turn)).row
  }

  log(colour: Colour): readonly Record<string, unknown>[] {
    const lines = readFileSync(join(this.folder, 'paper_logs', colour, 'pnl.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  }
}

function date(flow: FlowName, stamp: string, colour: Colour = 'blue'): FlowDate {
  return { flow, colour, stamp }
}

describe.each<Colour>(['blue', 'green'])('paper days of %s', (colour) => {
  it('come to what a backtest over all of them comes to, day by day, position and all', async () => {
    const config = packageFile('configs', `${colour}.yml`)
    const files = await findDays([DAYS])
    const { report } = await backtestDays(prepareRun(checkedRun({ config })), {
      files,
      quiet: true,
      signal: new AbortController().signal,
    })
    const world = new World()
    let tasks = await world.open()
    for (const [at, stamp] of DATES.entries()) {
      // Another process each few days: what it goes on from is in the grid.
      if (at % 7 === 6) {
        await tasks.close()
        tasks = await world.open()
      }
      const row = await world.run(tasks, date('paper-day', stamp, colour))
      expect(row.detail).toBe(null)
      const day = report.days[at]!
      expect(row.summary).toMatchObject({ capital: day.capital, pnl: day.pnl, trades: day.trades, bars: day.bars })
    }
    expect(world.log(colour).map(({ date }) => date)).toEqual(DATES)
    expect(world.log(colour).at(-1)!.capital).toBe(report.days.at(-1)!.capital)
  })
})

describe('a paper day', () => {
  it('from JSON lines is the same as from Parquet', async () => {
    const world = new World()
    const stamp = '2025-05-20'
    const { columns } = await readFlowDay(DAYS, stamp)
    const lines = Array.from({ length: columns.bars }, (_, row) => {
      const prices = Object.fromEntries(
        columns.assets.map((symbol, i) => [
          symbol,
          Number.isNaN(columns.prices[i]![row]!) ? null : columns.prices[i]![row],
        ]),
      )
      const velDiv = columns.velDiv[row]!
      const timestamp = Number(columns.timestampNs![row]! / 1_000_000n)
      return JSON.stringify({ timestamp, vel_div: Number.isNaN(velDiv) ? null : velDiv, ...prices })
    })
    writeFileSync(join(world.folder, `${stamp}.jsonl`), `${lines.join('\n')}\n`)
    const fromLines = await world.run(await world.open({ days: world.folder }), date('paper-day', stamp))
    const other = new World()
    const fromParquet = await other.run(await other.open(), date('paper-day', stamp))
    const { day: _, ...figures } = fromParquet.summary!
    expect(fromLines.summary).toMatchObject(figures)
  })

  it('whose file is missing fails, and says what was expected', async () => {
    const world = new World()
    const row = await world.run(await world.open({ days: world.folder }), date('paper-day', '2025-05-20'))
    expect(row.status).toBe('FAILED')
    expect(row.detail).toMatch(/^load_day: .*: expected 2025-05-20\.parquet or 2025-05-20\.jsonl, found neither$/)
  })

  it('whose file is wrong is not tried again: no retry mends it', async () => {
    const world = new World()
    writeFileSync(join(world.folder, '2025-05-20.jsonl'), '{"timestamp":"noon","vel_div":1,"BTCUSDT":1}\n')
    const row = await world.run(await world.open({ days: world.folder }), date('paper-day', '2025-05-20'))
    expect(row.detail).toMatch(/^load_day: .*2025-05-20\.jsonl, column 'timestamp', row 0: expected a time/)
    const records = await world.store.records(date('paper-day', '2025-05-20'))
    const failures = records.flatMap((record) => (record.kind === 'ATTEMPT_FAILED' ? [record.failure] : []))
    expect(failures).toEqual(['fatal'])
  })

  it('that is run dry leaves nothing behind', async () => {
    const world = new World()
    const tasks = await world.open()
    const result = await runFlow({
      date: date('paper-day', '2025-05-20'),
      work: tasks.workOf(date('paper-day', '2025-05-20')),
      store: null,
      fence: 0,
      clock: systemClock,
      end: new AbortController().signal,
    })
    expect(result.outcome).toBe('DRY_RUN')
    await tasks.close()
    expect(readdirSync(world.folder).filter((name) => name !== 'grid.bin')).toEqual([])
    expect(existsSync(join(world.folder, 'paper_logs'))).toBe(false)
  })

  it('begins with the capital that is said, where one is', async () => {
    const world = new World()
    const row = await world.run(await world.open({ capital: 1_000 }), date('paper-day', '2025-05-20'))
    expect(row.summary).toMatchObject({ capitalBefore: 1_000, capitalFrom: 'override' })
  })

  it('whose file was changed between two processes of one run is refused', async () => {
    const world = new World()
    const stamp = '2025-05-20'
    copyFileSync(join(DAYS, `${stamp}.parquet`), join(world.folder, `${stamp}.parquet`))
    const tasks = await world.open({ days: world.folder })
    const work = tasks.workOf(date('paper-day', stamp))
    const broken = {
      ...work,
      tasks: { ...work.tasks, run_day: async () => Promise.reject(new Error('the power went')) },
    }
    const [lost, stop] = [new AbortController().signal, new AbortController().signal]
    const turn = { store: world.store, fence: 1, owner: 'here:1', clock: systemClock, lost, stop }
    await runDate(date('paper-day', stamp), broken, turn)
    copyFileSync(join(DAYS, '2025-05-21.parquet'), join(world.folder, `${stamp}.parquet`))
    const row = await world.run(tasks, date('paper-day', stamp))
    expect(row).toMatchObject({ status: 'FAILED' })
    expect(row.detail).toMatch(/^run_day: .*expected the file that was loaded \(SHA-256 [0-9a-f]{64}\), found another/)
  })
})

describe('a supervised day', () => {
  it('is flat at its end, and the next one begins with its capital', async () => {
    const world = new World()
    const tasks = await world.open()
    const [first, second] = [
      await world.run(tasks, date('supervised-day', '2025-05-20')),
      await world.run(tasks, date('supervised-day', '2025-05-21')),
    ]
    expect([first.status, second.status]).toEqual(['SUCCESS', 'SUCCESS'])
    expect(second.summary!.capitalBefore).toBe(first.summary!.capital)
    expect(second.summary).toMatchObject({ capitalFrom: '2025-05-20', posture: 'APEX' })
    expect(Number(first.summary!.trades)).toBeGreaterThan(0)
  })

  it('under HIBERNATE trades nothing, keeps its capital, and is done', async () => {
    const world = new World()
    const row = await world.run(await world.open({ posture: 'HIBERNATE' }), date('supervised-day', '2025-05-20'))
    expect(row).toMatchObject({ status: 'HIBERNATED', detail: null })
    expect(row.summary).toMatchObject({ capitalBefore: 25_000, posture: 'HIBERNATE' })
  })

  it('without a posture fails, and says how there will be one', async () => {
    const world = new World()
    const tasks = await openFlowTasks({
      grid: { url: 'embedded' },
      ...{ days: DAYS, paperLogs: world.folder, reports: world.folder },
      runOf: ({ capital: _, ...of }) => checkedRun(of),
      report: () => {},
    })
    opened.push(tasks)
    const work = tasks.workOf(date('supervised-day', '2025-05-20'))
    const handed = { date: date('supervised-day', '2025-05-20'), dryRun: false, outputs: {}, progress: () => {} }
    await expect(work.tasks.read_posture!({ ...handed, signal: new AbortController().signal })).rejects.toThrow(
      'expected a posture in DOLPHIN_SAFETY, found none: run dolphin serve survival on this grid, or say one (--posture APEX)',
    )
  })
})

describe('a forewarner', () => {
  it('reports on what the paper days have closed, for its slot', async () => {
    const world = new World()
    const tasks = await world.open()
    for (const stamp of ['2025-05-20', '2025-05-21']) await world.run(tasks, date('paper-day', stamp))
    const row = await world.run(tasks, date('forewarner', '2025-05-22T04'))
    expect(row).toMatchObject({ status: 'SUCCESS', detail: null })
    const report = JSON.parse(
      readFileSync(join(world.folder, 'reports', 'forewarner-blue-2025-05-22T04.json'), 'utf8'),
    ) as Record<string, unknown>
    expect(report).toMatchObject({ slot: '2025-05-22T04', date: '2025-05-22' })
    expect(Number(report.trades)).toBeGreaterThan(0)
  })
})
