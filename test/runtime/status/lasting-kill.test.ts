import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Alert, AlertLevel } from '../../../src/ports/vocabulary/alerts.js'
import { LastingKill } from '../../../src/runtime/status/lasting-kill.js'
import { StandingCommands } from '../../../src/runtime/status/standing-commands.js'

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
  const standing = new StandingCommands(join(folder, 'kill-switch.json'))
  const attempts: Promise<void>[] = []
  const told: string[] = []
  const write = standing.write.bind(standing)
  standing.write = (...args) => {
    const attempt = write(...args)
    attempts.push(attempt)
    return attempt
  }
  const settled = async () => {
    await Promise.allSettled(attempts)
    await Promise.resolve()
  }
  const lasting = new LastingKill({
    standing,
    epochMs: () => 1_700_000_000_000,
    tell: (text) => void told.push(text),
  })
  return { standing, lasting, told, attempts, settled }
}

const alert = (level: AlertLevel): Alert => ({ alertId: 'X1', level, category: 'journal', message: 'EIO', atMs: 1 })

it('an alert that kills is in the file, with its cause; one that does not kill is not', async () => {
  const { standing, lasting, settled } = kept()
  for (const level of ['INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const) lasting.alerted(alert(level))
  await settled()
  expect(await standing.inForce()).toEqual([])
  lasting.alerted(alert('EMERGENCY'))
  await settled()
  expect(await standing.inForce()).toEqual([{ command: 'kill', reason: 'EMERGENCY journal: EIO' }])
})

it('a disk that takes nothing is told of, and tried again until it does', async () => {
  const { standing, lasting, told, attempts, settled } = kept()
  mkdirSync(standing.killSwitchPath)
  lasting.alerted(alert('EMERGENCY'))
  await settled()
  expect(told).toEqual([expect.stringContaining('a restart would not know')])
  rmSync(standing.killSwitchPath, { recursive: true })
  vi.advanceTimersByTime(5_000)
  await settled()
  expect([attempts.length, await standing.inForce()]).toEqual([
    2,
    [{ command: 'kill', reason: 'EMERGENCY journal: EIO' }],
  ])
})

it('what an operator orders meanwhile is not undone by a later attempt', async () => {
  const { standing, lasting, attempts, settled } = kept()
  mkdirSync(standing.killSwitchPath)
  lasting.alerted(alert('EMERGENCY'))
  await settled()
  lasting.superseded({ command: 'maintenance-on' })
  lasting.superseded({ command: 'resume' })
  rmSync(standing.killSwitchPath, { recursive: true })
  await standing.write({ command: 'resume', reason: 'a new disk' }, 2)
  vi.advanceTimersByTime(60_000)
  await settled()
  expect([attempts.length, await standing.inForce()]).toEqual([2, []])
})

it('maintenance takes nothing back: the kill is tried again beside it', async () => {
  const { standing, lasting, attempts, settled } = kept()
  mkdirSync(standing.killSwitchPath)
  lasting.alerted(alert('EMERGENCY'))
  await settled()
  lasting.superseded({ command: 'maintenance-on' })
  rmSync(standing.killSwitchPath, { recursive: true })
  vi.advanceTimersByTime(5_000)
  await settled()
  expect([attempts.length, await standing.inForce()]).toEqual([
    2,
    [{ command: 'kill', reason: 'EMERGENCY journal: EIO' }],
  ])
})
