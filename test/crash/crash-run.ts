import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CrashRig, type Life, type RigVenue } from './crash-rig.js'
import { lawsAfterKill, lawsAtRest } from './evidence.js'
import { killPointText } from './kill-plan.js'

export interface CrashReport {
  readonly kills: number
  readonly orders: number
  readonly fills: number
  readonly records: number
  readonly torn: number
  /** Kills that left a position without a stop at the exchange, after which another executor had to place one. */
  readonly bare: number
  /** The longest that took, from the start of its process; 0 when nothing was bare. */
  readonly coveredMsMax: number
  /** What was broken, with seed and kill; empty when every law held. */
  readonly broken: readonly string[]
}

/** Journals grow, and with them the time to start again: after so many kills a rig begins anew. */
const KILLS_PER_RIG = 50
/** What closes a position, and what opens the next one. */
const FILLS_OF_TURN = 2

/** Kills executors `kills` times, checks after each of them, and at the end of each rig once everybody had time to agree. */
export async function crashRun(options: {
  readonly at: RigVenue
  readonly seed: number
  readonly kills: number
  readonly tell: (line: string) => void
}): Promise<CrashReport> {
  const totals = { kills: 0, orders: 0, fills: 0, records: 0, torn: 0, bare: 0 }
  let coveredMsMax = 0
  const broken: string[] = []
  for (let rig = 0; totals.kills < options.kills && broken.length === 0; rig++) {
    const seed = options.seed + rig
    const folder = mkdtempSync(join(tmpdir(), 'dolphin-crash-'))
    const kills = Math.min(KILLS_PER_RIG, options.kills - totals.kills)
    const found = await killExecutors({ ...options, seed, kills, folder })
    for (const name of COUNTED) totals[name] += found[name]
    coveredMsMax = Math.max(coveredMsMax, found.coveredMsMax)
    broken.push(...found.broken.map((law) => `seed ${seed}: ${law} (${folder})`))
    if (found.broken.length === 0) rmSync(folder, { recursive: true, force: true })
  }
  return { ...totals, coveredMsMax, broken }
}

const COUNTED = ['kills', 'orders', 'fills', 'records', 'torn', 'bare'] as const

async function killExecutors({ at, seed, kills, folder, tell }: RigRun): Promise<CrashReport> {
  const rig = await CrashRig.start(seed, folder, at)
  const broken: string[] = []
  const coveredMs: number[] = []
  let torn = 0
  let done = 0
  let filled = 0
  let isIdle = false
  try {
    while (done < kills && broken.length === 0) {
      done++
      // Nothing is opened for up to a minute when a stop was lost: those that are killed in it would prove little.
      const life: Life = await (isIdle ? rig.lifeUntilTraded('fill', FILLS_OF_TURN) : rig.life(done))
      const { point, livedMs, hasExpired, wrong } = life
      const evidence = await rig.evidence()
      isIdle = hasExpired && evidence.fills.length === filled
      filled = evidence.fills.length
      const laws = [...(wrong === undefined ? [] : [wrong]), ...lawsAfterKill(evidence)]
      broken.push(...laws.map((law) => `after kill ${done}, ${killPointText(point)}: ${law}`))
      if (evidence.execution.verdict.kind === 'tornTail') torn++
      const what = `${evidence.execution.records.length} records, ${evidence.fills.length} fills`
      tell(`seed ${seed} kill ${done}: ${killPointText(point)}, lived ${livedMs.toFixed(0)} ms, ${what}`)
      const covered = done < kills ? await rig.cover() : undefined
      if (covered === undefined) continue
      tell(`seed ${seed} kill ${++done}: as soon as what was left had its stop, ${covered.tookMs.toFixed(0)} ms`)
      coveredMs.push(covered.tookMs)
      if (covered.problem !== undefined) broken.push(`after kill ${done}: ${covered.problem}`)
    }
    const evidence = await rig.rest()
    broken.push(...lawsAtRest(evidence).map((law) => `at rest after ${done} kills: ${law}`))
    const { submits, fills, execution } = evidence
    const counts = { kills: done, orders: submits.size, fills: fills.length, records: execution.records.length }
    return { ...counts, torn, bare: coveredMs.length, coveredMsMax: Math.max(0, ...coveredMs), broken }
  } finally {
    await rig.close()
  }
}

interface RigRun {
  readonly at: RigVenue
  readonly seed: number
  readonly kills: number
  readonly folder: string
  readonly tell: (line: string) => void
}
