import { describe, expect, it } from 'vitest'
import { dolphin, temporaryFolder } from './dolphin.js'

interface Report {
  readonly schema: string
  readonly passed: boolean
  readonly drills: readonly { readonly drill: string; readonly passed: boolean; readonly problem: string | null }[]
}

describe('dolphin drill', () => {
  const folder = temporaryFolder()
  const drill = (...args: readonly string[]) => dolphin(['drill', ...args], { env: { TMPDIR: folder.path } })

  it('provokes what can go wrong in real processes, sees the golden documents, and sees the system recover', async () => {
    const { code, stdout, stderr } = await drill('operator_kill', 'link_lost', 'executor_restart', '--json')
    const report = JSON.parse(stdout) as Report
    const failed = report.drills.filter(({ passed }) => !passed)
    expect({ code, failed, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, failed: [], stderr: '' })
    expect(report.drills.map((each) => each.drill)).toEqual(['operator_kill', 'link_lost', 'executor_restart'])
  })

  it('provokes what an exchange does, and sees the system say so, recover, and lose nothing', async () => {
    const { code, stdout, stderr } = await drill('exchange_cut', 'exchange_symbol_halted', '--json')
    const report = JSON.parse(stdout) as Report
    const failed = report.drills.filter(({ passed }) => !passed)
    expect({ code, failed, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, failed: [], stderr: '' })
    expect(report.drills.map((each) => each.drill)).toEqual(['exchange_cut', 'exchange_symbol_halted'])
  })

  it('refuses a scenario it does not know, and names the one that was meant', async () => {
    const { code, stderr } = await drill('link_los')
    expect(code).toBe(2)
    expect(stderr).toContain('link_lost')
  })
})
