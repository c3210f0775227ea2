import type { WindowScan } from '../../ports/vocabulary/scan.js'
import type { Enclosure } from './exact/exact-leading-pair.js'
import { ExactScan, type ExactWindow } from './exact/exact-scan.js'
import { toNumber } from './exact/fixed-point.js'
import type { PriceHistory } from './price-history.js'
import { UNIT } from './rolling-moments.js'
import { storedVelDiv } from './verdict.js'
import type { WindowTracker } from './window-tracker.js'

/** The scan's last steps again at more than 512 bits, starting from what float64 found. */
export class Extended {
  private readonly exact: ExactScan
  private readonly trackers: readonly WindowTracker[]

  constructor(history: PriceHistory, trackers: readonly WindowTracker[]) {
    this.exact = new ExactScan(history)
    this.trackers = trackers
  }

  /** `vel_div` of the latest step with the exact value's verdicts; NaN where a velocity is undefined. */
  velDiv(): number {
    const w50 = this.window(this.trackers[0]!)?.velocity
    const w750 = w50 && this.window(this.trackers.at(-1)!)?.velocity
    return w750 === undefined ? NaN : storedVelDiv(difference(w50!, w750))
  }

  /** One window of the latest step, every value the float64 nearest to the exact one; the loadings by symbol. */
  windowScan(index: number): { readonly scan: WindowScan; readonly loadings: Float64Array } | undefined {
    const tracker = this.trackers[index]!
    const exact = this.window(tracker)
    if (exact === undefined) return undefined
    const velocity = exact.velocity === undefined ? NaN : middle(exact.velocity)
    const rotation = exact.rotation ?? NaN
    const scan: WindowScan = {
      lambdaMax: middle(exact.lambda),
      lambdaMaxBound: roundingOf(exact.lambda),
      velocity,
      velocityBound: exact.velocity === undefined ? NaN : roundingOf(exact.velocity),
      rotation,
      instability: Math.abs(velocity) + rotation,
      symbols: tracker.moments.count,
    }
    return { scan, loadings: exact.loadings }
  }

  private window({
    moments,
    members,
    vector,
    membersBefore,
    vectorBefore,
    symbolsMin,
  }: WindowTracker): ExactWindow | undefined {
    if (moments.count < symbolsMin) return undefined
    const before = membersBefore.includes(1) ? { members: membersBefore, vector: vectorBefore } : undefined
    return this.exact.scan(moments.window, { members, vector }, before)
  }
}

function difference(a: Enclosure, b: Enclosure): Enclosure {
  return { low: a.low - b.high, high: a.high - b.low }
}

function middle({ low, high }: Enclosure): number {
  return toNumber((low + high) >> 1n)
}

/** Distance of the nearest float64 from everything in the enclosure, at most. */
function roundingOf(enclosure: Enclosure): number {
  return 1.01 * (UNIT * Math.abs(middle(enclosure)) + toNumber(enclosure.high - enclosure.low))
}
