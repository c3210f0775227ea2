/** Token bucket per caller: `burst` at once, then `perSecond`. What it costs does not grow with the number of callers. */
export class RateLimit {
  /** Those who asked last come last. */
  private readonly buckets = new Map<string, { readonly tokens: number; readonly atMs: number }>()

  constructor(
    private readonly limits: { readonly perSecond: number; readonly burst: number },
    private readonly nowMs: () => number,
  ) {}

  /** Seconds to wait; 0: go on. */
  take(caller: string): number {
    const { perSecond, burst } = this.limits
    const nowMs = this.nowMs()
    const bucket = this.buckets.get(caller) ?? { tokens: burst, atMs: nowMs }
    const tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond)
    const allowed = tokens >= 1
    this.buckets.delete(caller)
    this.buckets.set(caller, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs })
    if (this.buckets.size > MAX_CALLERS) this.buckets.delete(this.buckets.keys().next().value!)
    return allowed ? 0 : Math.ceil((1 - tokens) / perSecond)
  }
}

/** Beyond these the one that has not asked for longest is forgotten, which gives it a full bucket. */
const MAX_CALLERS = 10_000
