import type { CycleOutcome, HarnessHalt } from '../../ports/vocabulary/harness.js'
import type { HeldSkill } from '../harness/skill-registry.js'
import type { HarnessCycle } from './recorded-harness.js'

/** What the harness knows of the bars before, and what became of its cycles: it survives a restart with the rest of the state. */
export interface HarnessMemory {
  /** UTC ms: when the last bar was taken in; what is made of it is as old as that. */
  readonly takenInMs: number
  /** Of the last hundred bars, the latest last. `velDiv` null: there was none. */
  readonly scans: readonly { readonly velDiv: number | null; readonly dataQuality: number }[]
  /** Of the last five bars, the latest last. */
  readonly postures: readonly string[]
  /** Records of the audit so far. */
  readonly audited: number
  /** The last cycle; null before the first. */
  readonly last: { readonly cycle: string; readonly atMs: number; readonly outcome: CycleOutcome } | null
  /** The machine is HALTED until an operator resumes; null: it is not. */
  readonly halt: HarnessHalt | null
  /** Skills that a violation has taken out of service. */
  readonly held: readonly HeldSkill[]
}

export const NEW_HARNESS_MEMORY: HarnessMemory = {
  takenInMs: 0,
  scans: [],
  postures: [],
  audited: 0,
  last: null,
  halt: null,
  held: [],
}

/** What it remembers of a bar. */
interface SeenBar {
  readonly velDiv: number | null
  readonly dataQuality?: number
  readonly posture: string
}

/** The memory after a bar. */
export function withBar(memory: HarnessMemory, bar: SeenBar, takenInMs: number): HarnessMemory {
  const scan = { velDiv: bar.velDiv, dataQuality: bar.dataQuality ?? FULL_QUALITY }
  return {
    ...memory,
    takenInMs,
    scans: [...memory.scans.slice(1 - SCANS), scan],
    postures: [...memory.postures.slice(1 - POSTURES), bar.posture],
  }
}

/** The memory after a cycle. In shadow the machine goes on: what it would have stopped is only on record. */
export function withHarnessCycle(
  memory: HarnessMemory,
  { cycle, outcome, audit, ...found }: HarnessCycle,
): HarnessMemory {
  const last = { cycle, atMs: audit[0]!.atMs, outcome }
  const halt = found.mode === 'live' ? (found.halt ?? memory.halt) : memory.halt
  return { ...memory, audited: memory.audited + audit.length, last, halt, held: found.held ?? memory.held }
}

/** Of the spec's "Harness inputs". */
const SCANS = 100
const POSTURES = 5
/** Recorded days are checked when they are read: their bars say nothing of their quality, as the backtest of them asks for none. */
const FULL_QUALITY = 1
