/** Features are computed from the start and published from then on, ms. Source: system bible §20.1. */
export const FIRST_FLUSH_MS = 60_000

/** Whether the bar that ends at `barMs` is published by a service that started at `startMs`; both UTC ms by one clock. */
export function isPublished({ startMs, barMs }: { readonly startMs: number; readonly barMs: number }): boolean {
  return barMs - startMs >= FIRST_FLUSH_MS
}
