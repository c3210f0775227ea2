import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import type { FlowTasks } from '../../../src/cli/compose/flow-tasks.js'
import { openTasks, type TasksChoice } from '../../../src/cli/compose/flows.js'
import { openDryTasks, openWhenFree, SharedFlowTasks } from '../../../src/cli/compose/shared-flow-tasks.js'
import { checkedRun } from '../../../src/cli/run-options.js'
import { packageFile } from '../../../src/files/package-files.js'
import { until } from '../../support/until.js'

const EMPTY: Pick<FlowTasks, 'workOf'> = { workOf: () => ({ tasks: {}, apply: async () => {} }) }

function choice(told: string[] = []): TasksChoice & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-shared-'))
  const flows = {
    run: [],
    strategies: {},
    folder,
    days: packageFile('fixtures', 'days'),
    paperLogs: join(folder, 'logs'),
  }
  return {
    ...{ flows, grid: 'embedded', folder },
    runOf: ({ config, posture }) => checkedRun({ config, posture }),
    report: (text) => void told.push(text),
  }
}

describe('what the turns of a process share', () => {
  it('is opened once however many turns there are, and closed after the last of them', async () => {
    const events: string[] = []
    const shared = new SharedFlowTasks(async () => {
      events.push('open')
      return { ...EMPTY, close: async () => void events.push('close') }
    })
    const [one, two] = await Promise.all([shared.open(), shared.open()])
    await one.close()
    expect(events).toEqual(['open'])
    await two.close()
    await (await shared.open()).close()
    expect(events).toEqual(['open', 'close', 'open', 'close'])
  })

  it('that could not be opened fails all who waited for it, and is tried again by the next', async () => {
    let tries = 0
    const shared = new SharedFlowTasks(async () => {
      if (++tries === 1) throw new Error('no grid')
      return { ...EMPTY, close: async () => {} }
    })
    const both = await Promise.allSettled([shared.open(), shared.open()])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await (await shared.open()).close()
    expect(tries).toBe(2)
  })
})

describe('an embedded grid that another has open', () => {
  it('is waited for until it is free, and that is told once', async () => {
    const told: string[] = []
    const mine = choice(told)
    const first = await openTasks(mine)
    const stop = new AbortController().signal
    const second = openWhenFree(mine, { clock: systemClock, stop })
    await until(() => told.length > 0)
    await first.close()
    await (await second).close()
    expect(told).toEqual([expect.stringMatching(/has this grid open; it is waited for$/)])
  })

  it('is waited for no longer once somebody stops it', async () => {
    const mine = choice()
    const first = await openTasks(mine)
    const stop = new AbortController()
    const second = openWhenFree(mine, { clock: systemClock, stop: stop.signal })
    stop.abort()
    await expect(second).rejects.toThrow()
    await first.close()
  })
})

describe('the work of a dry run', () => {
  it('makes no grid where there is none', async () => {
    const mine = choice()
    await (await openDryTasks(mine)).close()
    expect(readdirSync(mine.folder)).toEqual([])
  })

  it('leaves a grid as it is, and waits for nobody who has it open', async () => {
    const mine = choice()
    const open = await openTasks(mine)
    const before = readFileSync(join(mine.folder, 'grid'))
    await (await openDryTasks(mine)).close()
    expect(readFileSync(join(mine.folder, 'grid')).equals(before)).toBe(true)
    await open.close()
    expect(existsSync(join(mine.folder, 'grid.lock'))).toBe(false)
  })
})
