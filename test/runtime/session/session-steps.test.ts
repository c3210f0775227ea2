import { expect, it } from 'vitest'
import { findDayFiles, parquetDays } from '../../../src/adapters/parquet/parquet-days.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { packageFile } from '../../../src/files/package-files.js'
import { type SessionStep, sessionSteps } from '../../../src/runtime/session/session-steps.js'

const SETTINGS = { posture: 'APEX', parameters: DEFAULT_PARAMETERS } as const

it('steps of a session that goes on are those of the whole session from its last bar on, days and settlements included', async () => {
  const files = (await findDayFiles([packageFile('fixtures', 'days')])).slice(0, 2)
  const whole = await all(files)
  const secondDay = whole.findIndex(({ bar }, i) => i > 0 && bar.day !== undefined)
  for (const bar of [0, 700, secondDay - 1, secondDay, secondDay + 1, whole.length - 1]) {
    const { timestampMs } = whole[bar]!.bar
    const on = await all(files, { bar, barAtMs: timestampMs, dayBars: 1, atMs: timestampMs })
    expect(on, `from bar ${bar}`).toEqual(whole.slice(bar))
  }
})

async function all(files: Awaited<ReturnType<typeof findDayFiles>>, from?: Parameters<typeof sessionSteps>[3]) {
  const steps: SessionStep[] = []
  for await (const step of sessionSteps({ source: parquetDays, files }, SETTINGS, undefined, from)) steps.push(step)
  return steps
}
