/** All in ms unless the name says otherwise. */
export interface LinkTimings {
  readonly heartbeatEveryMs: number
  /** Two heartbeats are missed when this much passed since the last: two intervals and half of one for jitter. */
  readonly heartbeatsMissedMs: number
  readonly roundTripMaxMs: number
  /** Nothing valid for this long: the link is lost. */
  readonly silentMaxMs: number
  readonly clockSkewMaxMs: number
  readonly resyncEveryMs: number
  /** Good heartbeats in a row that it takes to recover. */
  readonly goodHeartbeats: number
}

/** Source: spec, "Link between the two sides". */
export const LINK_TIMINGS: LinkTimings = {
  heartbeatEveryMs: 1000,
  heartbeatsMissedMs: 2500,
  roundTripMaxMs: 1000,
  silentMaxMs: 5000,
  clockSkewMaxMs: 30_000,
  resyncEveryMs: 1000,
  goodHeartbeats: 3,
}
