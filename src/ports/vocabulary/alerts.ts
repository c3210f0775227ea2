/** Levels act: CRITICAL makes the mode reduce-only, EMERGENCY kills; the others are read. Source: module contracts, layer 6. */
export type AlertLevel = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL' | 'EMERGENCY'

export interface Alert {
  /** Unique within a journal; derived from what it is about, never random. */
  readonly alertId: string
  readonly level: AlertLevel
  /** `link`, `position`, `account`, `order`, `journal`, `risk`, `operator`, `strategy`, `build`. */
  readonly category: string
  readonly message: string
  readonly atMs: number
}

export type TradingMode = 'ACTIVE' | 'REDUCE_ONLY' | 'KILL'
