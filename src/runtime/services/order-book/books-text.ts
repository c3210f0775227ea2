import type { RecorderHealth } from '../../../ports/market-recording.js'

/** How many contracts are followed from now on, and which have left. */
export function followingText(contracts: number, left: readonly string[]): string {
  return `Following ${contracts} contract${contracts === 1 ? '' : 's'}${left.length === 0 ? '' : `; left: ${namesText(left)}`}.`
}

export type DarkSignal = 'STALE_DATA' | 'DATA_BACK'

/** Of these symbols nothing has come for a while, or something has come again. */
export function darkText(signal: DarkSignal, symbols: readonly string[]): string {
  const whose = symbols.length === 1 ? 'it' : 'them'
  const what = signal === 'STALE_DATA' ? 'ten bars in which nothing came of' : 'something came again of'
  return `${signal}: ${namesText(symbols)}: ${what} ${whose}`
}

function namesText(symbols: readonly string[]): string {
  const more = symbols.length > SHOWN_MAX ? ` and ${symbols.length - SHOWN_MAX} more` : ''
  return symbols.slice(0, SHOWN_MAX).join(', ') + more
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
