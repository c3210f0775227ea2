import { expect, test } from 'vitest'
import { FLOW_SCHEDULES } from '../../../../src/core/flows/flow-graphs.js'
import type { FlowScheduler, FlowTurn } from '../../../../src/ports/flow-scheduler.js'
import { type FlowAlert, FlowsService } from '../../../../src/runtime/services/flows/flows-service.js'
import { FlowRig, throughTime } from '../../../support/flow-rig.js'
import type { Behaviour } from '../../../support/scripted-flow.js'

test('a date that fails is told each time, that it is tried again twice, and the third time that it is left to an operator', async () => {
  const alerts = await alertsOf(3, { load_config: Array<Behaviour>(3).fill(['error', 0]) })
  const again =
    'it is tried again at the next turn, or by hand: dolphin flows run paper-day --colour blue --date 2026-03-20'
  const reason = 'load_config: load_config failed as it was told'
  expect(alerts.map(({ kind, message }) => [kind, message.split('; mend')[0]])).toEqual([
    ['FAILED', `${reason}; ${again}`],
    ['FAILED', `${reason}; ${again}`],
    ['FAILED', reason],
    ['EXHAUSTED', 'it failed as often as it may'],
  ])
})

test('dates that are done are nobody’s alert', async () => {
  expect(await alertsOf(2, {})).toEqual([])
})

/** What a service tells that is given so many turns of `paper-day`. */
async function alertsOf(
  turns: number,
  script: Readonly<Record<string, readonly Behaviour[]>>,
): Promise<readonly FlowAlert[]> {
  const rig = new FlowRig('paper-day', script)
  const alerts: FlowAlert[] = []
  const stop = new AbortController()
  const { lost } = rig.turn()
  const scheduler: FlowScheduler = {
    async start(_, turn) {
      for (let fence = 1; fence <= turns; fence++) {
        await turn({ flow: 'paper-day', colour: 'blue', fence, owner: 'here:1', lost } satisfies FlowTurn)
      }
      stop.abort()
    },
    acquire: () => Promise.reject(new Error('nobody asks')),
    lease: async () => null,
    stop: async () => undefined,
  }
  const service = new FlowsService([{ flow: 'paper-day', colour: 'blue', schedule: FLOW_SCHEDULES['paper-day'] }], {
    ...{ clock: rig.time, scheduler, store: rig.store },
    open: async () => ({ workOf: () => rig.work(), close: async () => undefined }),
    listener: { recorded: (_, record) => rig.scripted.recorded(record) },
    alert: (alert) => void alerts.push(alert),
    warn: () => undefined,
  })
  await throughTime(rig.time, service.start(stop.signal))
  return alerts
}
