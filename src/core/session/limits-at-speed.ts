import type { DecisionSettings } from '../decision/settings.js'
import type { ExecutionSettings } from '../execution/settings.js'
import type { LinkTimings } from '../link/link-timings.js'

/**
 * How much wider the limits on waiting are for two processes that share a clock which runs `speed` times faster than real time.
 * A limit is real time to the machine that has to keep it: up to {@link KEPT_SPEED} it stays as it is, and beyond that it stays
 * as long in real time, so that scheduling a process is never mistaken for a broken link.
 */
export function limitFactor(speed: number): number {
  return Math.max(1, speed / KEPT_SPEED)
}

/** At this speed the shortest limit, 450 ms until a permission is on disk, is 90 ms of real time. */
const KEPT_SPEED = 5

/** The decision side's settings under such a clock. What happens at intervals keeps its pace. */
export function decisionAtSpeed(settings: DecisionSettings, speed: number): DecisionSettings {
  const { link, timings, market } = settings
  const factor = limitFactor(speed)
  return {
    ...settings,
    link: linkAtSpeed(link, factor),
    timings: widened(timings, factor, [
      'proposalDelayMaxMs',
      'intentWaitMaxMs',
      'permissionDelayMaxMs',
      'outcomeWaitMaxMs',
    ]),
    market: widened(market, factor, ['lagMaxMs', 'scanAgeMaxMs', 'freshLagMaxMs']),
  }
}

/** The execution side's. An order rests as long as before: that is the market's time, and no wait for a process. */
export function executionAtSpeed(settings: ExecutionSettings, speed: number): ExecutionSettings {
  const factor = limitFactor(speed)
  return {
    ...settings,
    link: linkAtSpeed(settings.link, factor),
    timings: widened(settings.timings, factor, [
      'permissionMaxMs',
      'orderDelayMaxMs',
      'answerMaxMs',
      'submitValidMs',
      'truthAgeMaxMs',
      'truthDelayMaxMs',
      'lostDwellMs',
      'watchGraceMs',
    ]),
  }
}

function linkAtSpeed(link: LinkTimings, factor: number): LinkTimings {
  return widened(link, factor, ['heartbeatsMissedMs', 'roundTripMaxMs', 'silentMaxMs', 'clockSkewMaxMs'])
}

function widened<Limits extends object>(
  limits: Limits,
  factor: number,
  keys: readonly { [Key in keyof Limits]: Limits[Key] extends number ? Key : never }[keyof Limits][],
): Limits {
  if (factor === 1) return limits
  const wide = keys.map((key) => [key, Math.round((limits[key] as number) * factor)])
  return { ...limits, ...Object.fromEntries(wide) }
}
