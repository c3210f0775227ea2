import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CrashRig } from './crash-rig.js'
import { lawsAfterKill, lawsAtRest } from './evidence.js'
import { killPointText } from './kill-plan.js'

export interface CrashReport {
  readonly kills: number
  readonly orders: number
  readonly fills: number
  readonly records: number
  readonly torn: number
  /** What was broken, with seed and kill; empty when every law held. */
  readonly broken: readonly string[]
}

/** Journals grow, and with them the time to start again: after so many kills a rig begins anew. */
const KILLS_PER_RIG = 50
/** The decision side gives a lost exit and a lost entry this long at most. */
const REST_MS = 20_000

/** Kills executors `kills` times, checks after each of them, and at the end of each rig once everybody had time to agree. */
export async function crashRun(options: {
  readonly seed: number
  readonly kills: number
  readonly tell: (line: string) => void
}): Promise<CrashReport> {
  const totals = { kills: 0, orders: 0, fills: 0, records: 0, torn: 0 }
  const broken: string[] = []
  for (let rig = 0; totals.kills < options.kills && broken.length === 0; rig++) {
    const seed = options.seed + rig
    const folder = mkdtempSync(join(tmpdir(), 'dolphin-crash-'))
    const found = await killExecutors(seed, Math.min(KILLS_PER_RIG, options.kills - totals.kills), folder, options.tell)
    for (const name of ['kills', 'orders', 'fills', 'records', 'torn'] as const) totals[name] += found[name]
    broken.push(...found.broken.map((law) => `seed ${seed}: ${law} (${folder})`))
    if (found.broken.length === 0) rmSync(folder, { recursive: true, force: true })
  }
  return { ...totals, broken }
}

async function killExecutors(
  seed: number,
  kills: number,
  folder: string,
  tell: (line: string) => void,
): Promise<CrashReport> {
  const rig = await CrashRig.start(seed, folder)
  const broken: string[] = []
  let torn = 0
  let done = 0
  try {
    while (done < kills && broken.length === 0) {
      const { point, livedMs, ended } = await rig.life(++done)
      const evidence = await rig.evidence()
      if (ended !== undefined) broken.push(ended)
      broken.push(...lawsAfterKill(evidence).map((law) => `after kill ${done}, ${killPointText(point)}: ${law}`))
      if (evidence.execution.verdict.kind === 'tornTail') torn++
      const what = `${evidence.execution.records.length} records, ${evidence.fills.length} fills`
      tell(`seed ${seed} kill ${done}: ${killPointText(point)}, lived ${livedMs.toFixed(0)} ms, ${what}`)
    }
    const evidence = await rig.rest(REST_MS)
    broken.push(...lawsAtRest(evidence).map((law) => `at rest after ${done} kills: ${law}`))
    const { submits, fills, execution } = evidence
    return { kills: done, orders: submits.size, fills: fills.length, records: execution.records.length, torn, broken }
  } finally {
    await rig.close()
  }
}
