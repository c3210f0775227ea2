import { Random } from '../adapters/paper/random.js'
import { type ActName, FAULTS, type KnobName } from './faults.js'

/** How the exchange behaves: plain data, each knob at its value. */
export type FaultPlan = { [Name in KnobName]: (typeof FAULTS)[Name]['normal'] }

/** Something that somebody wants to happen. `argument`: ms, or a symbol, as {@link FAULTS} says. */
export interface Strike {
  readonly act: ActName
  readonly argument: number | string | undefined
}

/** What is made to go wrong. Knobs hold from the next step on; acts happen in it. Chances follow from the seed. */
export class FaultBoard {
  plan: Readonly<FaultPlan>
  private readonly random: Random
  private strikes: Strike[] = []

  constructor(seed: number) {
    this.random = Random.seeded(seed)
    this.plan = NORMAL
  }

  set<Name extends KnobName>(name: Name, value: FaultPlan[Name]): void {
    this.plan = { ...this.plan, [name]: value }
  }

  /** Every knob as if nothing were wrong. */
  clear(): void {
    this.plan = NORMAL
  }

  strike(act: ActName, argument?: number | string): void {
    this.strikes.push({ act, argument })
  }

  get isPending(): boolean {
    return this.strikes.length > 0
  }

  takeStrikes(): readonly Strike[] {
    const strikes = this.strikes
    this.strikes = []
    return strikes
  }

  /** Nothing is drawn for a chance of nothing, so a run without faults is the same whatever the seed. */
  happens(share: number): boolean {
    return share > 0 && this.random.latencyMs(WIDE) < cubed(share)
  }
}

const NORMAL = Object.fromEntries(
  Object.entries(FAULTS).flatMap(([name, fault]) => (fault.kind === 'knob' ? [[name, fault.normal]] : [])),
) as unknown as FaultPlan

/** Fine enough that a chance of one in a hundred thousand is one. */
const WIDE = { minMs: 0, maxMs: 2 ** 52 }

/** The generator's numbers are `u³` of a uniform `u`: what lies below is so often drawn as `share` says. */
function cubed(share: number): number {
  return share >= 1 ? Infinity : share * share * share * WIDE.maxMs
}
