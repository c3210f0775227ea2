import type { KeptPace } from '../../runtime/time/paced-time.js'

/** Tells that a session's clock falls behind: at once, and from then on each minute while it goes on. */
export function behindNotices(tell: (text: string) => void, realMs: () => number): (kept: KeptPace) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY
  return (kept) => {
    if (realMs() - toldAtMs < TELL_EVERY_MS) return
    toldAtMs = realMs()
    tell(`WARNING ${behindText(kept)}`)
  }
}

const TELL_EVERY_MS = 60_000

/** `the clock fell behind by 84.0 s: asked for × 50, kept × 31.2`: of the session's time. */
export function behindText({ speed, keptSpeed, lostMs }: KeptPace): string {
  return `the clock fell behind by ${(lostMs / 1000).toFixed(1)} s: asked for × ${speed}, kept × ${keptSpeed.toFixed(1)}`
}
