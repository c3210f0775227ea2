import type { OperatorCommand } from '../../ports/sides.js'
import type { OperatorOutcome } from '../../ports/status-surface.js'
import type { KillState } from './kill-switch.js'

/** What an order takes effect on. */
export interface OrderTargets {
  /** The sides of this process, the one first that takes what is no other's: in force when it returns, or throws. */
  readonly here: readonly { readonly name: string; take(operator: OperatorCommand): void }[]
  /** Sides in other processes. Rejects when they cannot be reached or refuse. */
  readonly elsewhere: readonly { readonly name: string; take(operator: OperatorCommand): Promise<void> }[]
  /** Rejects when the disk does. */
  persist(state: KillState): Promise<void>
  /** What keeps records from being durable; undefined when nothing does. */
  journalFault(): string | undefined
}

/** Commands that the executing side has to know as well: what is left is the deciding side's own. */
const FOR_ALL_SIDES: ReadonlySet<OperatorCommand['command']> = new Set(['kill', 'reduce-only', 'resume', 'flatten'])

/**
 * Carries out an operator's order: in memory first, on every side of this process, before anything is waited for; then on
 * disk and in other processes, at the same time. A step that fails is told and stops no other.
 */
export async function carryOut(operator: OperatorCommand, targets: OrderTargets): Promise<OperatorOutcome> {
  const problems: string[] = []
  const isForAll = FOR_ALL_SIDES.has(operator.command)
  let taken = 0
  // The first is the one that everything concerns.
  for (const { name, take } of isForAll ? targets.here : targets.here.slice(0, 1)) {
    try {
      take(operator)
      taken++
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`)
    }
  }
  const steps = isForAll ? targets.elsewhere.map(({ name, take }) => ({ name, act: () => take(operator) })) : []
  const killed = KILLED[operator.command]
  if (killed !== undefined)
    steps.push({ name: 'kill switch', act: () => targets.persist({ killed, reason: operator.reason }) })
  const settled = await Promise.allSettled(steps.map(async ({ act }) => act()))
  settled.forEach((outcome, i) => {
    if (outcome.status === 'rejected') problems.push(`${steps[i]!.name}: ${(outcome.reason as Error).message}`)
  })
  const fault = targets.journalFault()
  if (fault !== undefined) problems.push(`journal: ${fault}`)
  return {
    inForce: taken > 0,
    durable: problems.length === 0,
    detail: problems.length === 0 ? `${operator.command}: done` : `${operator.command}: ${problems.join('; ')}`,
  }
}

/** What an order makes of the persisted state; the others leave it as it is. */
const KILLED: Readonly<Partial<Record<OperatorCommand['command'], boolean>>> = { kill: true, resume: false }
