import { describe, expect, it, test } from 'vitest'
import { GridUnavailable } from '../../../../src/ports/grid.js'
import type { FlowDate } from '../../../../src/ports/vocabulary/flows.js'
import { FatalFlowError } from '../../../../src/runtime/flows/flow-work.js'
import { checkChampionTask } from '../../../../src/runtime/flows/tasks/day-tasks.js'
import { probeGrid, readPosture, restoreCapitalTask } from '../../../../src/runtime/flows/tasks/grid-tasks.js'
import { flowParts, taskInput } from '../../../support/flow-parts.js'

const DATE: FlowDate = { flow: 'paper-day', colour: 'blue', stamp: '2026-03-21' }
const INPUT = taskInput(DATE)
const AWAY = new GridUnavailable('offline', 'it is not there')

describe('restore_capital', () => {
  async function restored(states: Readonly<Record<string, unknown>>, capital?: number) {
    const parts = flowParts(capital === undefined ? {} : { capital })
    for (const [key, state] of Object.entries(states)) {
      await parts.grid.map('DOLPHIN_STATE_BLUE').set(key, typeof state === 'string' ? state : JSON.stringify(state))
    }
    return (await restoreCapitalTask(parts, 'paper-day')(INPUT)).output
  }

  test.each<[string, Readonly<Record<string, unknown>>, object]>([
    ['nothing was recorded: the initial one', {}, { capital: 25_000, from: 'initial', peak: 25_000 }],
    [
      'the newest before the date, whatever came after',
      {
        'state_blue_2026-03-19': { date: '2026-03-19', capital: 25_200, peak_capital: 26_000 },
        'state_blue_2026-03-18': { date: '2026-03-18', capital: 25_100 },
        'state_blue_2026-03-21': { date: '2026-03-21', capital: 1 },
        latest: { date: '2026-03-21', capital: 1 },
      },
      { capital: 25_200, from: '2026-03-19', peak: 26_000 },
    ],
    [
      'of a grid that has the latest alone, that, where it is of before',
      { latest: { date: '2026-03-20', capital: 24_000 } },
      { capital: 24_000, from: '2026-03-20', peak: 24_000 },
    ],
    [
      'the latest of a later date is none',
      { latest: { date: '2026-03-22', capital: 24_000 } },
      { capital: 25_000, from: 'initial', peak: 25_000 },
    ],
    [
      'states of other strategies and of the supervised flow are none',
      {
        'state_green_2026-03-20': { date: '2026-03-20', capital: 7 },
        'state_blue_nautilus_2026-03-20': { date: '2026-03-20', capital: 7 },
      },
      { capital: 25_000, from: 'initial', peak: 25_000 },
    ],
  ])('%s', async (_, states, expected) => {
    expect(await restored(states)).toEqual(expected)
  })

  it('what was said goes before what was recorded', async () => {
    const states = { 'state_blue_2026-03-20': { date: '2026-03-20', capital: 9 } }
    expect(await restored(states, 500)).toEqual({ capital: 500, from: 'override', peak: 500 })
  })

  test.each<[unknown, string]>([
    [{ date: '2026-03-20', capital: -5 }, 'found -5'],
    [{ date: '2026-03-20' }, 'found null'],
    [{ date: '2026-03-20', capital: 'NaN' }, 'found "NaN"'],
    ['damage', 'found null'],
  ])('a newest state %j is not passed over', async (state, found) => {
    const states = { 'state_blue_2026-03-19': { date: '2026-03-19', capital: 9 }, 'state_blue_2026-03-20': state }
    const message = `BAD_STATE: the state of 2026-03-20 in DOLPHIN_STATE_BLUE: expected a capital above zero, ${found}`
    await expect(restored(states)).rejects.toThrow(message)
    await expect(restored(states)).rejects.toThrow(FatalFlowError)
  })

  describe('of a paper day whose state holds an engine', () => {
    const STATE = {
      date: '2026-03-20',
      capital: 9,
      param_hash: '5245d5d61c9542db',
      engine_state: { engine: { capital: 9 } },
    }
    const of = (state: object) => restored({ 'state_blue_2026-03-20': { ...STATE, ...state } })

    it('goes on with it, and begins anew where a person has taken it out', async () => {
      expect(await of({})).toMatchObject({ capital: 9, from: '2026-03-20' })
      expect(await of({ capital: 10, param_hash: '0000000000000000', engine_state: null })).toMatchObject({
        capital: 10,
      })
    })

    test.each<[string, object, string]>([
      [
        'capital',
        { capital: 10 },
        'BAD_STATE: the state of 2026-03-20 in DOLPHIN_STATE_BLUE: expected the capital of its engine_state (9), found 10: mend it, or set engine_state to null to begin anew with it',
      ],
      [
        'parameters',
        { param_hash: '0000000000000000' },
        'PARAMETERS_CHANGED: the state of 2026-03-20 in DOLPHIN_STATE_BLUE: expected parameters 0000000000000000, which it was run with, found 5245d5d61c9542db: put them back, or set engine_state to null to go on flat',
      ],
    ])('is refused for good where that would trade with other %s than is recorded', async (_, state, message) => {
      await expect(of(state)).rejects.toThrow(message)
      await expect(of(state)).rejects.toThrow(FatalFlowError)
    })
  })
})

describe('read_posture', () => {
  const SAFETY = {
    ...{ posture: 'TURTLE', Rm: 0.5, sensors: { cat1: 1, cat2: 1, cat3: 1, cat4: 1, cat5: 1 } },
    updated_at: '2026-03-22T00:09:55.000Z',
  }

  it('is what the reference says, and without one its copy in the map', async () => {
    const parts = flowParts()
    await parts.grid.map('DOLPHIN_SAFETY').set('latest', JSON.stringify(SAFETY))
    const output = { posture: 'TURTLE', timestampMs: Date.parse(SAFETY.updated_at) }
    expect((await readPosture(parts)(INPUT)).output).toEqual(output)
    await parts.grid.reference('DOLPHIN_SAFETY').set(JSON.stringify({ ...SAFETY, posture: 'HIBERNATE' }))
    expect((await readPosture(parts)(INPUT)).output).toEqual({ ...output, posture: 'HIBERNATE' })
  })

  it('that a person said does not age', async () => {
    expect((await readPosture(flowParts({ posture: 'APEX' }))(INPUT)).output).toEqual({
      posture: 'APEX',
      timestampMs: null,
    })
  })

  test.each<[string, string]>([
    ['damage', 'DOLPHIN_SAFETY: '],
    [JSON.stringify({ ...SAFETY, posture: 'SLEEP' }), 'DOLPHIN_SAFETY: '],
    [JSON.stringify({ ...SAFETY, updated_at: undefined }), 'DOLPHIN_SAFETY: updated_at: expected when it was made'],
  ])('%s is refused', async (text, message) => {
    const parts = flowParts()
    await parts.grid.map('DOLPHIN_SAFETY').set('latest', text)
    await expect(readPosture(parts)(INPUT)).rejects.toThrow(message)
  })
})

it('probe_grid fails while the grid is away, and is worth another try', async () => {
  const parts = flowParts()
  const map = { get: () => Promise.reject(AWAY) }
  const away = { ...parts, grid: { ...parts.grid, map: () => map } as never }
  await expect(probeGrid(away)(INPUT)).rejects.toBe(AWAY)
  expect((await probeGrid(parts)(INPUT)).effects).toEqual([])
})

describe('check_champion', () => {
  it('takes the champion, and what is declared research', async () => {
    const research = flowParts({ strategy: () => ({ ...flowParts().strategy(), championHash: undefined }) })
    for (const parts of [flowParts(), research]) {
      expect((await checkChampionTask(parts)(INPUT)).output).toEqual({
        strategy: 'blue',
        paramHash: '5245d5d61c9542db',
      })
    }
  })

  it('refuses other parameters for good: no retry makes them the champion', async () => {
    const drifted = flowParts({ strategy: () => ({ ...flowParts().strategy(), parametersHash: '0000000000000000' }) })
    const message = 'CHAMPION_DRIFT: expected 5245d5d61c9542db, the hash of the champion’s parameters'.replace('’', "'")
    await expect(checkChampionTask(drifted)(INPUT)).rejects.toThrow(message)
    await expect(checkChampionTask(drifted)(INPUT)).rejects.toThrow(FatalFlowError)
  })
})
