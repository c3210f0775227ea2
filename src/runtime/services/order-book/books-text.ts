import type { RecorderHealth } from '../../../ports/market-recording.js'

/** How many contracts are followed from now on, and which have left. */
export function followingText(contracts: number, left: readonly string[]): string {
  const some =
    left.length > SHOWN_MAX
      ? `${left.slice(0, SHOWN_MAX).join(', ')} and ${left.length - SHOWN_MAX} more`
      : left.join(', ')
  return `Following ${contracts} contract${contracts === 1 ? '' : 's'}${left.length === 0 ? '' : `; left: ${some}`}.`
}

/** The exchange's clock has leapt, UTC ms: what would end at once is more than any figure looks back on. */
export function leapText(fromMs: number, toMs: number): string {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString())
  return `The exchange's clock went from ${from} to ${to} at once: the books begin anew`
}

/** What a service's detail says of its recording: what keeps it from writing, and what an earlier process lost. Empty: nothing. */
export function recordingText(health: RecorderHealth | undefined): string {
  const failure = health?.failure === undefined ? '' : `, not recording: ${health.failure}`
  const { lost } = health ?? {}
  const iso = (ms: number): string => new Date(ms).toISOString()
  return (
    failure +
    (lost === undefined ? '' : `, an earlier process lost at most ${iso(lost.fromMs)} to ${iso(lost.untilMs)}`)
  )
}

const SHOWN_MAX = 12
