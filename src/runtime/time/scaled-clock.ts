import type { Clock, Timer } from '../../ports/clock.js'

/** A timer on a clock that passes by itself. */
export function clockTimer(clock: Clock): Timer {
  return {
    epochMs: () => Math.floor(clock.epochMs()),
    at(epochMs, callback) {
      const ms = Math.max(1, epochMs - clock.epochMs())
      return clock.after?.(ms, callback) ?? sleptOn(clock, ms, callback)
    },
  }
}

function sleptOn(clock: Clock, ms: number, callback: () => void): () => void {
  const called = new AbortController()
  clock.sleep(ms, called.signal).then(
    () => {
      if (!called.signal.aborted) callback()
    },
    () => {},
  )
  return () => called.abort()
}

/** Where a scaled clock stands: at real `realEpochMs` it shows `epochMs`, and runs `speed` times faster than real time. */
export interface ClockScale {
  /** Times faster than real time, above zero. */
  readonly speed: number
  readonly epochMs: number
  readonly realEpochMs: number
}

/** A clock that every process with the same scale reads alike. */
export function scaledClock({ speed, epochMs, realEpochMs }: ClockScale, real: Clock): Clock {
  return {
    nowMs: () => real.nowMs() * speed,
    epochMs: () => Math.floor(epochMs + (real.epochMs() - realEpochMs) * speed),
    sleep: (ms, signal) => real.sleep(ms / speed, signal),
    ...(real.after === undefined ? {} : { after: (ms, callback) => real.after!(ms / speed, callback) }),
  }
}

/** A scale as `speed@epochMs@realEpochMs`, for a process that is to read the clock alike. */
export function scaleText({ speed, epochMs, realEpochMs }: ClockScale): string {
  return `${speed}@${epochMs}@${realEpochMs}`
}

/** Undefined when the text is no scale. */
export function parseScale(text: string): ClockScale | undefined {
  const [speed, epochMs, realEpochMs, ...more] = text
    .split('@')
    .map((part) => (/^\d+(\.\d+)?$/.test(part) ? Number(part) : 0))
  if (!speed || !epochMs || !realEpochMs || more.length > 0) return undefined
  return { speed, epochMs, realEpochMs }
}
