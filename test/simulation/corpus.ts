import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultPlan, VenueKind } from './fault-plan.js'
import { simulate } from './simulation.js'

/**
 * A session that once broke an invariant: its seed, and the faults that were enough. Kept when the bug is mended, and
 * replayed before any new seed; to add one, save what `npm run simulate -- --json` prints as `failure`, with what was `found`.
 */
export interface CorpusEntry {
  readonly name: string
  readonly found: string
  readonly seed: number
  readonly minutes: number
  /** Absent: the port alone. */
  readonly venue?: VenueKind
  readonly invariant: string
  readonly plan: FaultPlan
}

/** @param folder of `<name>.json` files; default: the simulator's own. */
export function readCorpus(folder = join(import.meta.dirname, 'corpus')): CorpusEntry[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<CorpusEntry, 'name'>),
      name: file.replace(/\.json$/, ''),
    }))
}

/** Plays an entry's cut-down faults and then all of its seed's; what broke, or undefined. */
export function replayed({ name, seed, minutes, plan, venue = 'port' }: CorpusEntry): string | undefined {
  for (const settings of [
    { seed, minutes, venue, plan },
    { seed, minutes, venue },
  ]) {
    const { violation } = simulate(settings)
    if (violation !== undefined) return `corpus ${name}: ${violation.invariant}: ${violation.detail}`
  }
  return undefined
}
