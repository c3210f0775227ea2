import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Alert, AlertLevel } from '../../../src/ports/vocabulary/alerts.js'
import { KillSwitch } from '../../../src/runtime/status/kill-switch.js'
import { LastingKill } from '../../../src/runtime/status/lasting-kill.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-lasting-'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

function kept() {
  const killSwitch = new KillSwitch(join(folder, 'kill-switch.json'))
  const attempts: Promise<void>[] = []
  const told: string[] = []
  const write = killSwitch.write.bind(killSwitch)
  killSwitch.write = (...args) => {
    const attempt = write(...args)
    attempts.push(attempt)
    return attempt
  }
  const settled = async () => {
    await Promise.allSettled(attempts)
    await Promise.resolve()
  }
  const lasting = new LastingKill({
    killSwitch,
    epochMs: () => 1_700_000_000_000,
    tell: (text) => void told.push(text),
  })
  return { killSwitch, lasting, told, attempts, settled }
}

const alert = (level: AlertLevel): Alert => ({ alertId: 'X1', level, category: 'journal', message: 'EIO', atMs: 1 })

it('an alert that kills is in the file, with its cause; one that does not kill is not', async () => {
  const { killSwitch, lasting, settled } = kept()
  for (const level of ['INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const) lasting.alerted(alert(level))
  await settled()
  expect(await killSwitch.read()).toEqual({ killed: false, reason: '' })
  lasting.alerted(alert('EMERGENCY'))
  await settled()
  expect(await killSwitch.read()).toEqual({ killed: true, reason: 'EMERGENCY journal: EIO' })
})

it('a disk that takes nothing is told of, and tried again until it does', async () => {
  const { killSwitch, lasting, told, attempts, settled } = kept()
  mkdirSync(killSwitch.path)
  lasting.alerted(alert('EMERGENCY'))
  await settled()
  expect(told).toEqual([expect.stringContaining('a restart would not know')])
  rmSync(killSwitch.path, { recursive: true })
  vi.advanceTimersByTime(5_000)
  await settled()
  expect([attempts.length, await killSwitch.read()]).toEqual([2, { killed: true, reason: 'EMERGENCY journal: EIO' }])
})

it('what an operator orders meanwhile is not undone by a later attempt', async () => {
  const { killSwitch, lasting, attempts, settled } = kept()
  mkdirSync(killSwitch.path)
  lasting.alerted(alert('EMERGENCY'))
  await settled()
  lasting.superseded()
  rmSync(killSwitch.path, { recursive: true })
  await killSwitch.write({ killed: false, reason: 'a new disk' }, 2)
  vi.advanceTimersByTime(60_000)
  await settled()
  expect([attempts.length, await killSwitch.read()]).toEqual([2, { killed: false, reason: 'a new disk' }])
})
