/** Maps, keys and other names of the grid. Source: system bible §15.1, §27.5, §28.3; spec "The grid". */
export const GRID_MAPS = {
  safety: 'DOLPHIN_SAFETY',
  features: 'DOLPHIN_FEATURES',
  heartbeat: 'DOLPHIN_HEARTBEAT',
  metaHealth: 'DOLPHIN_META_HEALTH',
  orderBooks: 'DOLPHIN_OB',
  signals: 'DOLPHIN_SIGNALS',
  /** What the status service shows to people, for whoever reads the grid only. */
  status: 'DOLPHIN_STATUS',
  /** Results by day and state of a strategy, by its colour. */
  pnl: (colour: StrategyColour) => `DOLPHIN_PNL_${colour}` as const,
  state: (colour: StrategyColour) => `DOLPHIN_STATE_${colour}` as const,
} as const

/** Keys of `DOLPHIN_FEATURES`. */
export const FEATURE_KEYS = {
  scan: 'latest_eigen_scan',
  breaker: 'acb_boost',
  breakerState: 'acb_state_latest',
  forewarner: 'mc_forewarner_latest',
  externalFactors: 'exf_latest',
  /** The older name of the same document: read, not written. */
  externalFactorsBefore: 'ext_features_latest',
  universe: 'obf_universe_latest',
  orderBook: 'obf_features_latest',
  observation: 'observation_latest',
} as const

/** The newest scans in order, as texts of `latest_eigen_scan`: for a trader that was away. */
export const SCAN_STREAM = 'DOLPHIN_SCANS'
/** The posture, linearizable; `DOLPHIN_SAFETY["latest"]` is its copy. */
export const POSTURE_REFERENCE = 'DOLPHIN_SAFETY'
/** Whoever writes `acb_boost` holds this lock and carries its token. */
export const BREAKER_LOCK = 'DOLPHIN_ACB'
/** The highest token that has written `acb_boost`. */
export const BREAKER_FENCE_REFERENCE = 'DOLPHIN_ACB_FENCE'
export const LATEST = 'latest'
/** Key of the live trader's state beside the flows'. */
export const LATEST_LIVE = 'latest_live'

/** Keys of the states: each writer has its own. */
export const STATE_KEYS = {
  flow: LATEST,
  supervised: 'latest_nautilus',
  live: LATEST_LIVE,
  run: ({ strategy, date }: { readonly strategy: string; readonly date: string }) =>
    `state_${strategy}_${date}` as const,
  supervisedRun: ({ strategy, date }: { readonly strategy: string; readonly date: string }) =>
    `state_${strategy}_nautilus_${date}` as const,
} as const

/** Keys of the results of a day `YYYY-MM-DD`: each writer has its own. */
export const RESULT_KEYS = {
  flow: (date: string) => date,
  supervised: (date: string) => `${date}:nautilus` as const,
  live: (date: string) => `${date}:live` as const,
} as const

/** Keys of `DOLPHIN_HEARTBEAT`; a service's is its name. */
export const HEARTBEAT_KEYS = {
  flow: 'nautilus_flow_heartbeat',
  probe: 'probe_ts',
  /** The trader's, under the name that the source's display listens to. */
  trader: LATEST,
} as const

/** Keys of `DOLPHIN_STATUS`. */
export const STATUS_KEYS = { status: 'status', certificate: 'certificate' } as const

export type StrategyColour = 'BLUE' | 'GREEN'

export const SHARD_COUNT = 10
