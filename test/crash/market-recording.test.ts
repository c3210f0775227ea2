import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openMarketRecorder } from '../../src/adapters/market-parquet/market-recorder.js'
import { mergedRows } from '../../src/adapters/market-parquet/read-market.js'
import { readRecording } from '../../src/adapters/market-parquet/recording-file.js'
import type { RecorderHealth } from '../../src/ports/market-recording.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { temporaryFolder } from '../support/in-process-command.js'
import { leaveTime, until } from '../support/until.js'
import { FACTS, rowOf } from './recorded-turns.js'

const KILLS = 20

const folder = temporaryFolder()

describe('a recording whose process is killed, again and again', () => {
  it('has all rows up to its durable end once and in order, and tells what was lost', async () => {
    const kept: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const said = await recordedUntilKilled(folder.path, { windows: kill % 4, ms: (kill * 37) % 60 })
      const { durable, starts } = (await readRecording(folder.path))!
      const firstN = starts.at(-1)!.n
      for (let n = firstN; n <= (durable?.n ?? 0); n++) kept.push(n)
      expect(await readNumbers(folder.path)).toEqual(kept)

      const { health, notices } = await startedAgain(folder.path)
      const lost = health.lost!
      expect(notices).toEqual(['RECORDING_LOST'])
      const lostTurns = said.filter(({ n }) => n > (durable?.n ?? 0))
      for (const { ms } of lostTurns) expect(lost.fromMs <= ms && ms <= lost.untilMs).toBe(true)
      const { gaps, writing } = (await readRecording(folder.path))!
      expect(gaps.length).toBe(kill + 1)
      expect(gaps.at(-1)).toMatchObject({ ...lost, why: 'killed' })
      expect(gaps.at(-1)!.afterN).toBe(durable?.n ?? 0)
      expect(writing).toEqual([])
      expect(await readNumbers(folder.path)).toEqual(kept)
      const names = readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
      expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
    }
    expect(kept.length).toBeGreaterThan(0)
  })
})

/** Turns that it said before it was killed: some time after it had written some windows. */
async function recordedUntilKilled(
  into: string,
  after: { readonly windows: number; readonly ms: number },
): Promise<{ readonly n: number; readonly ms: number }[]> {
  const script = fileURLToPath(new URL('./record-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, into], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  // Of the first turn is what its predecessor had written.
  await until(
    () => linesOf(text).length > 0 && new Set(linesOf(text).map(([, , durable]) => durable)).size > after.windows,
  )
  await leaveTime(after.ms)
  child.kill('SIGKILL')
  await ended
  return linesOf(text).map(([n, ms]) => ({ n: Number(n), ms: Number(ms) }))
}

function linesOf(text: string): string[][] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => line.split(' '))
}

/** What the next process finds, which records nothing and ends by itself. */
async function startedAgain(into: string): Promise<{ readonly health: RecorderHealth; readonly notices: string[] }> {
  const notices: string[] = []
  const time = new VirtualTime(Date.now())
  const report = ({ code }: { readonly code: string }) => void notices.push(code)
  const recorder = await openMarketRecorder({ folder: into, facts: FACTS, clock: time, timer: time, report })
  const health = recorder.health()
  await recorder.close()
  return { health, notices }
}

/** Each row is held against what its number says. */
async function readNumbers(of: string): Promise<number[]> {
  const numbers: number[] = []
  for await (const row of mergedRows(of, ['frames', 'features', 'closings'])) {
    const { n } = row.row
    expect(row).toEqual(rowOf(n))
    numbers.push(n)
  }
  return numbers
}
