import { type ChildProcess, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeShortDay } from '../support/short-days.js'
import { until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'
import { patientConfig } from './patience.js'

describe('dolphin paper --executor process', () => {
  const folder = temporaryFolder()
  let out = ''
  let command: readonly string[] = []
  beforeEach(async () => {
    const days = join(folder.path, 'days')
    out = join(folder.path, 'session')
    mkdirSync(days)
    await writeShortDay(days, { date: '2025-05-10', fromRow: 300, toRow: 700, stepMs: 500 })
    const how = [
      '--fills',
      'bar-price',
      '--executor',
      'process',
      '--speed',
      '10',
      '--execution',
      patientConfig(folder.path),
    ]
    command = ['paper', '--days', days, '--out', out, ...how, '--json']
  })

  it('trades with an executor of its own, starts it again when it is killed, and leaves nothing running', async () => {
    const killed: number[] = []
    const { code, stdout, stderr } = await dolphin(command, { during: () => void killConnected(out, killed) })
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

  it.each<[NodeJS.Signals, number | null, RegExp]>([
    ['SIGINT', 130, /Interrupted .* and --resume continues it\./],
    ['SIGKILL', null, /Executor ready/],
  ])('takes its executor along when it ends by %s', async (signal, expected, said) => {
    const { code, stderr } = await dolphin(command, {
      during: async (child) => {
        await told(child, 'Executor ready')
        child.kill(signal)
      },
    })
    expect(code).toBe(expected)
    expect(stderr).toMatch(said)
    await until(() => executorsOf(out).length === 0)
  })
})

interface PaperReport {
  readonly trades: readonly unknown[]
  readonly disagreements: readonly unknown[]
  readonly journals: { readonly execution: { readonly records: number } }
}

/**
 * Kills the executor once it knows the exchange, before it trades: with patient limits, what a kill leaves unanswered is waited
 * for longer than the session lasts.
 */
async function killConnected(out: string, killed: number[]): Promise<void> {
  const journal = join(out, 'journal', 'execution', 'journal-00000001.log')
  await until(() => existsSync(journal) && readFileSync(journal, 'utf8').includes('"type":"truth"'))
  for (const pid of executorsOf(out)) {
    process.kill(pid, 'SIGKILL')
    killed.push(pid)
  }
}

/** Resolves when the process has written the words to stderr. */
function told(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve) => {
    let text = ''
    child.stderr?.on('data', (chunk) => {
      text += chunk
      if (text.includes(words)) resolve()
    })
  })
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
