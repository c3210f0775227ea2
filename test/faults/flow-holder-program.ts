import { openRedisFlows } from '../../src/adapters/bullmq/redis-flows.js'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { openFlowFiles } from '../../src/adapters/flow-files/flow-files.js'
import { StaleFence } from '../../src/ports/flow-store.js'
import type { FlowDate } from '../../src/ports/vocabulary/flows.js'
import { leaveTime } from '../support/until.js'

/**
 * A process that takes each turn it is given and writes records as long as it may: `<folder or redis://…>`. Says `turn <fence>`, `wrote
 * <fence>` once, and `ended <fence> <why>`.
 */
const [place] = process.argv.slice(2)
const date: FlowDate = { flow: 'paper-day', colour: 'blue', stamp: '2026-03-21' }
const parts = { clock: systemClock, report: (error: unknown) => void process.stderr.write(`${String(error)}\n`) }
const { store, scheduler } = place!.startsWith('redis:')
  ? await openRedisFlows(place!, parts)
  : openFlowFiles(place!, parts)

await scheduler.start(
  [{ ...date, schedule: { kind: 'daily', at: '00:05', catchUp: 'all' } }],
  async ({ fence, lost }) => {
    say(`turn ${fence}`)
    for (let count = 1; ; count++) {
      try {
        await store.append(date, fence, count, { kind: 'TASK_SUCCESS', task: `of ${fence}`, output: count })
      } catch (error) {
        say(`ended ${fence} ${error instanceof StaleFence ? 'refused' : String(error)}`)
        return
      }
      if (count === 1) say(`wrote ${fence}`)
      if (lost.aborted) {
        say(`ended ${fence} lost`)
        return
      }
      await leaveTime(50)
    }
  },
)
say('started')

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
