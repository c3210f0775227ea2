import { describe, expect, it } from 'vitest'
import { dolphin } from './dolphin.js'

interface Report {
  readonly schema: string
  readonly held: boolean
  readonly hops: readonly { readonly path: string; readonly held: boolean; readonly rounds: number }[]
}

describe('dolphin verify-path', () => {
  it('holds on the grid of its own process, on every path', async () => {
    const { code, stdout, stderr } = await dolphin(['verify-path', '--rounds', '3', '--timeout', '600', '--json'])
    const report = JSON.parse(stdout) as Report
    expect(report.hops.filter(({ held }) => !held)).toEqual([])
    expect(report).toMatchObject({ schema: 'dolphin.verify-path/1', held: true, grid: 'embedded' })
    expect([...new Set(report.hops.map(({ path }) => path))]).toEqual([
      'order book',
      'scan bridge',
      'trader',
      'posture',
    ])
    expect(stderr).toContain('Verifying: scan bridge')
    expect(code).toBe(0)
  })

  it('answers 1 when a hop does not hold, and says which and why', async () => {
    // The sensors are looked at every 250 ms: no alarm is over within one.
    const { code, stdout } = await dolphin(['verify-path', '--rounds', '1', '--timeout', '0.001', '--quiet'])
    expect(stdout).toMatch(/NOT HELD/)
    expect(stdout).toMatch(/posture: the posture falls: not reached: /)
    expect(code).toBe(1)
  })

  it('ends with Ctrl-C, and leaves nothing running', async () => {
    const { code } = await dolphin(['verify-path', '--rounds', '10000', '--timeout', '600'], {
      during: (child) => child.stderr?.once('data', () => child.kill('SIGINT')),
    })
    expect(code).toBe(130)
  })
})
