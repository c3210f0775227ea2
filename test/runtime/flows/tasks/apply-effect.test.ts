import { describe, expect, it } from 'vitest'
import type { FlowDate } from '../../../../src/ports/vocabulary/flows.js'
import type { FlowEffect, FlowTaskEffect } from '../../../../src/runtime/flows/flow-work.js'
import { applyEffect } from '../../../../src/runtime/flows/tasks/apply-effect.js'
import { DayWork } from '../../../../src/runtime/flows/tasks/day-tasks.js'
import { writeReportTask } from '../../../../src/runtime/flows/tasks/forewarner-tasks.js'
import { heartbeatTask, logPnlTask, writeResultTask } from '../../../../src/runtime/flows/tasks/result-tasks.js'
import { flowParts, taskInput } from '../../../support/flow-parts.js'

type Parts = ReturnType<typeof flowParts>

function dated(stamp: string): FlowDate {
  return { flow: 'supervised-day', colour: 'blue', stamp }
}

function outputs(capital: number) {
  return {
    load_day: { path: 'days/x.parquet', sha256: 'x', bars: 10, assets: 2 },
    read_posture: { posture: 'APEX', timestampMs: 1 },
    restore_capital: { capital: 25_000, from: 'initial', peak: 26_000 },
    run_day: { capital, pnl: capital - 25_000, trades: 1, bars: 10, boost: 1, beta: 0.5, forewarner: 'OK', closed: [] },
  }
}

async function effectsOf(parts: Parts, stamp: string, capital: number): Promise<readonly FlowTaskEffect[]> {
  const work = new DayWork(parts, 'supervised-day')
  return (await writeResultTask(parts, 'supervised-day', work)(taskInput(dated(stamp), outputs(capital)))).effects
}

async function apply(parts: Parts, stamp: string, effects: readonly FlowTaskEffect[], atMs = 1_000): Promise<void> {
  for (const [index, { name, resource, payload }] of effects.entries()) {
    const signal = new AbortController().signal
    const effect: FlowEffect = {
      name,
      payload,
      date: dated(stamp),
      atMs,
      fence: 1,
      signal,
      key: `${stamp}/${index}/${resource}`,
    }
    await applyEffect(parts, effect)
  }
}

async function read(parts: Parts, map: string, key: string): Promise<Record<string, unknown> | undefined> {
  const text = await parts.grid.map(map).get(key)
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>)
}

describe('the effects of a day', () => {
  it('are its result, its state, and the latest state', async () => {
    const parts = flowParts()
    await apply(parts, '2026-03-20', await effectsOf(parts, '2026-03-20', 25_500))
    expect(await read(parts, 'DOLPHIN_PNL_BLUE', '2026-03-20:nautilus')).toMatchObject({
      ...{ date: '2026-03-20', flow: 'supervised-day', capital: 25_500, pnl: 500, trades: 1, posture: 'APEX' },
      ...{ updated_at: '1970-01-01T00:00:01.000Z', effect_key: '2026-03-20/0/pnl_log' },
    })
    const state = { date: '2026-03-20', capital: 25_500, peak_capital: 26_000, drawdown: 1 - 25_500 / 26_000 }
    for (const key of ['state_blue_nautilus_2026-03-20', 'latest_nautilus']) {
      expect(await read(parts, 'DOLPHIN_STATE_BLUE', key)).toMatchObject(state)
    }
  })

  it('are made once: a second time changes nothing, also not their time', async () => {
    const parts = flowParts()
    const effects = await effectsOf(parts, '2026-03-20', 25_500)
    await apply(parts, '2026-03-20', effects, 1_000)
    await apply(parts, '2026-03-20', effects, 9_000)
    const { updated_at } = (await read(parts, 'DOLPHIN_PNL_BLUE', '2026-03-20:nautilus'))!
    expect(updated_at).toBe('1970-01-01T00:00:01.000Z')
  })

  it('of a date that was made up for do not take the place of the latest state', async () => {
    const parts = flowParts()
    await apply(parts, '2026-03-20', await effectsOf(parts, '2026-03-20', 25_500))
    await apply(parts, '2026-03-19', await effectsOf(parts, '2026-03-19', 24_000))
    expect(await read(parts, 'DOLPHIN_STATE_BLUE', 'latest_nautilus')).toMatchObject({ date: '2026-03-20' })
    expect(await read(parts, 'DOLPHIN_STATE_BLUE', 'state_blue_nautilus_2026-03-19')).toMatchObject({ capital: 24_000 })
  })

  it('that say something else than before under the same key are refused', async () => {
    const parts = flowParts()
    await apply(parts, '2026-03-20', await effectsOf(parts, '2026-03-20', 25_500))
    const others = await effectsOf(parts, '2026-03-20', 25_501)
    await expect(apply(parts, '2026-03-20', others)).rejects.toThrow(
      'DOLPHIN_PNL_BLUE[2026-03-20:nautilus]: expected what this date came to before, found another result',
    )
  })

  it('on which nothing was run have neither gained nor lost', async () => {
    const parts = flowParts()
    const { run_day: _, ...without } = outputs(0)
    const hibernating = { ...without, read_posture: { posture: 'HIBERNATE', timestampMs: 1 } }
    const work = new DayWork(parts, 'supervised-day')
    const task = writeResultTask(parts, 'supervised-day', work)
    await apply(parts, '2026-03-20', (await task(taskInput(dated('2026-03-20'), hibernating))).effects)
    const result = { capital: 25_000, pnl: 0, trades: 0, posture: 'HIBERNATE' }
    expect(await read(parts, 'DOLPHIN_PNL_BLUE', '2026-03-20:nautilus')).toMatchObject(result)
  })
})

it('a line of the paper log says the day and has its effect key', async () => {
  const parts = flowParts()
  const { effects } = await logPnlTask(parts)(taskInput(dated('2026-03-20'), outputs(25_500)))
  await apply(parts, '2026-03-20', effects)
  expect(parts.lines).toEqual([
    {
      ...{ date: '2026-03-20', strategy: 'blue', param_hash: '5245d5d61c9542db', capital_before: 25_000 },
      ...{
        capital_from: 'initial',
        capital: 25_500,
        pnl: 500,
        trades: 1,
        bars: 10,
        effect_key: '2026-03-20/0/pnl_log',
      },
    },
  ])
})

it('a heartbeat has the time of its record, and the date of its flow', async () => {
  const parts = flowParts()
  await apply(parts, '2026-03-20', (await heartbeatTask()(taskInput(dated('2026-03-20')))).effects, 5_000)
  expect(await read(parts, 'DOLPHIN_HEARTBEAT', 'nautilus_flow_heartbeat')).toEqual({
    ...{ ts: 5, iso: '1970-01-01T00:00:05.000Z', run_date: '2026-03-20', phase: 'flow_end', flow: 'supervised-day' },
  })
})

it('a report of a later slot stays the latest, and each has a file of its own', async () => {
  const parts = flowParts()
  const report = { catastrophicProbability: 0.2, envelopeScore: 0.1, source: 'REAL_MODEL' }
  const assess = { assessment: { report, trades: 3 }, date: '2026-03-21', maxLeverage: 5 }
  for (const stamp of ['2026-03-21T08', '2026-03-21T04']) {
    const { effects } = await writeReportTask()(taskInput(dated(stamp), { assess }))
    await apply(parts, stamp, effects)
  }
  expect(await read(parts, 'DOLPHIN_FEATURES', 'mc_forewarner_latest')).toMatchObject({
    slot: '2026-03-21T08',
    trades: 3,
  })
  expect(parts.reports).toEqual(['forewarner-blue-2026-03-21T08.json', 'forewarner-blue-2026-03-21T04.json'])
})
