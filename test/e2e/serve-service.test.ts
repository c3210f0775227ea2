import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { threadedAssessor } from '../../src/cli/compose/forewarner-assessor.js'
import { SERVED } from '../../src/cli/serve/service-options.js'
import { type AssessmentRequest, assessTrades } from '../../src/core/forewarner/assessment.js'
import { dolphin, ROOT, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()

describe('dolphin serve <service>', () => {
  it.each(SERVED)('%s says why it needs a grid that others share, and runs nothing', async (service) => {
    const { code, stdout, stderr } = await dolphin(['serve', service])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      'error: --grid: expected hazelcast://host:port, found nothing, and embedded in the configuration: a grid in the memory of this process is seen by no other\n',
    )
  })

  it('says the line and the column of what is wrong in its configuration', async () => {
    const path = join(folder.path, 'services.yml')
    writeFileSync(path, 'survival:\n  postur: APEX\n')
    const { code, stderr } = await dolphin(['serve', 'survival', '--config', path])
    expect(code).toBe(2)
    expect(stderr).toBe(`${path}:2:3: survival.postur: no such key; did you mean 'survival.posture'?\n`)
  })
})

describe('the thread of the forewarner', () => {
  const entry = pathToFileURL(join(ROOT, 'dist', 'cli', 'forewarner-thread.js'))
  const trades = Array.from({ length: 60 }, (_, i) => ({
    exitTimeMs: Date.UTC(2026, 0, 10) + i * 3_600_000,
    net: i % 3 === 0 ? -50 : 20,
    capitalBefore: 1_000,
    leverageCeiling: 5,
  }))
  const request: AssessmentRequest = { date: '2026-01-31', maxLeverage: 5, leverageMax: 6, seed: 42, trades: [] }
  const never = new AbortController().signal

  it('says of a file and of the grid together what is said of their trades on this one', async () => {
    expect(existsSync(entry), 'npm run build first').toBe(true)
    const path = join(folder.path, 'trades.json')
    writeFileSync(path, JSON.stringify({ trades: trades.slice(0, 40) }))
    const assess = threadedAssessor({ trades: path, entry })
    const answer = await assess({ ...request, trades: trades.slice(20) }, never)
    expect(answer).toEqual(assessTrades({ ...request, trades }))
    expect(answer.report.source).toBe('REAL_MODEL')
  })

  it('rejects with the place of what is wrong in a file, and goes on the next time', async () => {
    const path = join(folder.path, 'trades.csv')
    writeFileSync(path, 'exit_time,net,capital_before,leverage_ceiling\n2026-01-05T00:00:00Z,much,1000,5\n')
    const assess = threadedAssessor({ trades: path, entry })
    await expect(assess(request, never)).rejects.toThrow('trades.csv:2:22: net: expected a number, found "much"')
    writeFileSync(path, 'exit_time,net,capital_before,leverage_ceiling\n')
    expect((await assess(request, never)).report.source).toBe('FALLBACK_NO_DATA')
  })

  it('ends when it is stopped', async () => {
    const stop = new AbortController()
    const assessing = threadedAssessor({ entry })(request, stop.signal)
    stop.abort()
    await expect(assessing).rejects.toThrow('stopped')
  })
})
