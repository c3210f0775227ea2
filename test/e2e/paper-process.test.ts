import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pause } from '../adapters/link-contract.js'
import { writeShortDay } from '../support/short-days.js'
import { dolphin, temporaryFolder } from './dolphin.js'

/** A loaded machine must not look like a lost link: what is under test here is not how fast it is. */
const PATIENT = `
link: { round_trip_max_ms: 20000, heartbeats_missed_ms: 20000, silent_max_ms: 30000, lost_dwell_ms: 600000 }
entry: { permission_max_ms: 10000, order_delay_max_ms: 10000 }
decision: { proposal_delay_max_ms: 10000, intent_wait_max_ms: 10000 }
exchange: { answer_max_ms: 30000, submit_valid_ms: 60000 }
`

describe('dolphin paper --executor process', { timeout: 120_000 }, () => {
  const folder = temporaryFolder()

  it('trades with an executor of its own, starts it again when it is killed, and leaves nothing running', async () => {
    const days = join(folder.path, 'days')
    const out = join(folder.path, 'session')
    mkdirSync(days)
    await writeShortDay(days, { date: '2025-05-10', fromRow: 300, toRow: 560, stepMs: 500 })
    writeFileSync(join(folder.path, 'patient.yml'), PATIENT)
    const command = ['paper', '--days', days, '--fills', 'bar-price', '--out', out, '--executor', 'process']
    const options = ['--speed', '10', '--execution', join(folder.path, 'patient.yml'), '--json']
    const killed: number[] = []
    const { code, stdout, stderr } = await dolphin([...command, ...options], {
      during: () => void killLater(out, killed),
    })
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const report = JSON.parse(stdout) as PaperReport
    expect(killed).toHaveLength(1)
    expect(stderr).toMatch(/The executor ended \(SIGKILL\); it starts again in \d+ ms\./)
    expect(report.trades.length).toBeGreaterThan(0)
    expect(report.disagreements).toEqual([])
    expect(report.journals.execution.records).toBeGreaterThan(10)
    const journal = readFileSync(join(out, 'journal', 'execution', 'journal-00000001.log'), 'utf8')
    expect(journal.match(/"type":"started"/g)).toHaveLength(2)
    expect(executorsOf(out)).toEqual([])
  })
})

interface PaperReport {
  readonly trades: readonly unknown[]
  readonly disagreements: readonly unknown[]
  readonly journals: { readonly execution: { readonly records: number } }
}

async function killLater(out: string, killed: number[]): Promise<void> {
  for (let i = 0; i < 1_000 && executorsOf(out).length === 0; i++) await pause(10)
  await pause(3_000)
  for (const pid of executorsOf(out)) {
    process.kill(pid, 'SIGKILL')
    killed.push(pid)
  }
}

/** Executors whose journal is in this session. */
function executorsOf(out: string): number[] {
  try {
    return execFileSync('pgrep', ['-f', `executor .*${join(out, 'journal')}`], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number)
  } catch {
    return []
  }
}
