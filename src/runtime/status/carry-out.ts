import type { OperatorCommand } from '../../ports/sides.js'
import type { CommandOutcome } from '../../ports/status-surface.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { StandingCommands } from './standing-commands.js'

/** Where a command takes effect. */
export interface CommandTargets {
  /** The sides of this process, the one first that takes what is no other's: in force when it returns, or throws. */
  readonly here: readonly { readonly name: string; take(command: OperatorCommand): void }[]
  /** Sides in other processes. Rejects when they cannot be reached or refuse. */
  readonly elsewhere: readonly { readonly name: string; take(command: OperatorCommand): Promise<void> }[]
  /** Of a command that outlives its process. Rejects when the disk does. */
  persist(command: OperatorCommand): Promise<void>
  /** What keeps records from being durable; undefined when nothing does. */
  journalFault(): string | undefined
  /** What may be traded now. */
  mode(): Pick<StatusDocument, 'trading_mode' | 'mode_reasons'>
}

/** Commands that the execution side has to know as well: the others are the decision side's own. */
const FOR_ALL_SIDES: ReadonlySet<OperatorCommand['command']> = new Set([
  'kill',
  'reduce-only',
  'resume',
  'flatten',
  'maintenance-on',
  'maintenance-off',
])

/**
 * Carries out an operator's command: in memory first, on every side of this process, before anything is waited for; then on
 * disk and in other processes, at the same time. A step that fails is told and stops no other.
 */
export async function carryOut(command: OperatorCommand, targets: CommandTargets): Promise<CommandOutcome> {
  if (command.command === 'resume' && targets.journalFault() !== undefined) return noResume(targets)
  const problems: string[] = []
  const isForAll = FOR_ALL_SIDES.has(command.command)
  let taken = 0
  // The first is the one that everything concerns.
  for (const { name, take } of isForAll ? targets.here : targets.here.slice(0, 1)) {
    try {
      take(command)
      taken++
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`)
    }
  }
  const steps = isForAll ? targets.elsewhere.map(({ name, take }) => ({ name, act: () => take(command) })) : []
  const written = StandingCommands.switchOf(command.command)
  if (written !== undefined) steps.push({ name: written, act: () => targets.persist(command) })
  const settled = await Promise.allSettled(steps.map(async ({ act }) => act()))
  settled.forEach((outcome, i) => {
    if (outcome.status === 'rejected') problems.push(`${steps[i]!.name}: ${(outcome.reason as Error).message}`)
  })
  const fault = targets.journalFault()
  if (fault !== undefined) problems.push(`journal: ${fault}`)
  return {
    inForce: taken > 0,
    durable: problems.length === 0,
    detail: [
      `${command.command}: ${problems.length === 0 ? 'done' : problems.join('; ')}`,
      ...left(command, targets),
    ].join('; '),
  }
}

/**
 * A journal that has failed keeps the mode at Kill until a restart. A kill that stands on disk must outlive that restart,
 * so nothing is taken back.
 */
function noResume({ journalFault }: CommandTargets): CommandOutcome {
  const why = `the journal ${journalFault()}, until a restart; nothing was changed`
  return { inForce: false, durable: false, detail: `resume: the mode stays Kill: ${why}` }
}

/**
 * What a resume has left of a Kill: it takes back what was ordered, and nothing else. The order itself may still be in what
 * another process last said of itself.
 */
function left({ command }: OperatorCommand, { mode }: CommandTargets): readonly string[] {
  if (command !== 'resume') return []
  const { trading_mode, mode_reasons } = mode()
  const others = mode_reasons.filter((code) => code !== 'KILL_OPERATOR')
  return trading_mode === 'Kill' && others.length > 0 ? [`the mode stays Kill: ${others.join(', ')}`] : []
}
