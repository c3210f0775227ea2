import { median } from '../../core/numeric/percentile.js'
import type { Clock } from '../../ports/clock.js'
import { Legs, NotHeld, type Taken } from './legs.js'

/** A path from one end of the system to another, as a verification runs it. */
export interface SignalPath {
  readonly name: string
  /** In the order in which a round comes to them. */
  readonly hops: readonly string[]
  /** Starts what the path leads through. */
  open(): Promise<OpenedPath>
}

export interface OpenedPath {
  /** Sends something marked along the path, hop by hop. `round` from 1 on. */
  round(round: number, legs: Legs): Promise<void>
  /** What can be said only at the end. */
  settle?(legs: Legs): Promise<void>
  /** Stops what was started, and takes away what can be taken away. Never rejects. */
  close(): Promise<void>
}

export interface VerifiedHop {
  readonly path: string
  readonly hop: string
  readonly held: boolean
  /** What was expected and what was found; null where it held. */
  readonly why: string | null
  /** Rounds in which it held. */
  readonly rounds: number
  /** Of those, ms; null where it takes no time or never held. */
  readonly p50Ms: number | null
  readonly maxMs: number | null
}

export interface PathVerificationSettings {
  readonly paths: readonly SignalPath[]
  readonly rounds: number
  /** For all paths together, ms; each has an equal part of what is left. */
  readonly timeoutMs: number
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>
  readonly signal: AbortSignal
  /** A path begins. */
  onPath?(name: string): void
}

/**
 * Runs each path so many times and says of every hop whether it held and how long it took. The first hop that does not hold
 * ends its path: what lies behind it is not reached, and does not hold either.
 *
 * Rejects with the signal's reason. Source: system bible §23.
 */
export async function verifyPaths(settings: PathVerificationSettings): Promise<readonly VerifiedHop[]> {
  const { paths, timeoutMs, clock, signal, onPath } = settings
  const endMs = clock.nowMs() + timeoutMs
  const verified: VerifiedHop[] = []
  for (const [i, path] of paths.entries()) {
    signal.throwIfAborted()
    onPath?.(path.name)
    const legs = new Legs(clock, clock.nowMs() + (endMs - clock.nowMs()) / (paths.length - i), signal)
    const broken = await walk(path, settings, legs)
    verified.push(...path.hops.map((hop) => verdict(path.name, hop, legs.taken(hop), broken)))
  }
  return verified
}

/** What did not hold; undefined where everything did. */
async function walk(path: SignalPath, { rounds }: PathVerificationSettings, legs: Legs): Promise<NotHeld | undefined> {
  const opening = path.open()
  let opened: OpenedPath | undefined
  try {
    legs.current = path.hops[0]
    opened = await legs.within(opening, () => 'the path did not come up in time')
    for (let round = 1; round <= rounds; round++) await opened.round(round, legs)
    await opened.settle?.(legs)
    return undefined
  } catch (error) {
    if (legs.signal.aborted) throw legs.signal.reason
    if (error instanceof NotHeld) return error
    return new NotHeld(legs.current!, error instanceof Error ? error.message : String(error))
  } finally {
    if (opened !== undefined) await opened.close()
    // One that comes up when nobody waits for it any more must not stay.
    else void opening.then((late) => late.close()).catch(() => {})
  }
}

function verdict(path: string, hop: string, taken: Taken, broken: NotHeld | undefined): VerifiedHop {
  const { rounds, ms } = taken
  const isTimed = ms.length > 0
  const times = { p50Ms: isTimed ? median(ms) : null, maxMs: isTimed ? Math.max(...ms) : null }
  if (broken?.hop === hop) return { path, hop, held: false, why: broken.message, rounds, ...times }
  const held = rounds > 0
  const why = held ? null : `not reached: '${broken?.hop ?? '?'}' did not hold`
  return { path, hop, held, why, rounds, ...times }
}
