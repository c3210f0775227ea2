import type { OperatorCommand } from '../../ports/sides.js'
import type { Alert, AlertLevel, TradingMode } from '../../ports/vocabulary/alerts.js'

/** What can change the trading mode: an alert, by its level, and an operator's command. */
export type ModeSignal = AlertLevel | Command

/** From the least to the most restrictive. */
export const TRADING_MODES: readonly TradingMode[] = ['ACTIVE', 'REDUCE_ONLY', 'KILL']

type Command = OperatorCommand['command']

/**
 * The trading mode after every signal, on both sides. An alert never loosens the mode, and a kill is taken back by
 * `resume` alone. Source: module contracts, layer 6.
 */
const NEXT: Record<TradingMode, Record<ModeSignal, TradingMode>> = {
  ACTIVE: {
    INFO: 'ACTIVE',
    WARNING: 'ACTIVE',
    ERROR: 'ACTIVE',
    CRITICAL: 'REDUCE_ONLY',
    EMERGENCY: 'KILL',
    kill: 'KILL',
    'reduce-only': 'REDUCE_ONLY',
    resume: 'ACTIVE',
    flatten: 'ACTIVE',
    'clear-lockout': 'ACTIVE',
    'reset-breaker': 'ACTIVE',
    resync: 'ACTIVE',
    'maintenance-on': 'ACTIVE',
    'maintenance-off': 'ACTIVE',
  },
  REDUCE_ONLY: {
    INFO: 'REDUCE_ONLY',
    WARNING: 'REDUCE_ONLY',
    ERROR: 'REDUCE_ONLY',
    CRITICAL: 'REDUCE_ONLY',
    EMERGENCY: 'KILL',
    kill: 'KILL',
    'reduce-only': 'REDUCE_ONLY',
    resume: 'ACTIVE',
    flatten: 'REDUCE_ONLY',
    'clear-lockout': 'REDUCE_ONLY',
    'reset-breaker': 'REDUCE_ONLY',
    resync: 'REDUCE_ONLY',
    'maintenance-on': 'REDUCE_ONLY',
    'maintenance-off': 'REDUCE_ONLY',
  },
  KILL: {
    INFO: 'KILL',
    WARNING: 'KILL',
    ERROR: 'KILL',
    CRITICAL: 'KILL',
    EMERGENCY: 'KILL',
    kill: 'KILL',
    'reduce-only': 'KILL',
    resume: 'ACTIVE',
    flatten: 'KILL',
    'clear-lockout': 'KILL',
    'reset-breaker': 'KILL',
    resync: 'KILL',
    'maintenance-on': 'KILL',
    'maintenance-off': 'KILL',
  },
}

/** The mode that an alert brings about. */
export function afterAlert(mode: TradingMode, { level }: Pick<Alert, 'level'>): TradingMode {
  return NEXT[mode][level]
}

/** The mode that an operator's command brings about. */
export function afterCommand(mode: TradingMode, { command }: Pick<OperatorCommand, 'command'>): TradingMode {
  return NEXT[mode][command]
}

/** The command that does to every mode what the alert does; undefined: the alert is only read. */
export function commandOf({ level }: Pick<Alert, 'level'>): 'kill' | 'reduce-only' | undefined {
  return COMMANDS[NEXT.ACTIVE[level]]
}

const COMMANDS: Record<TradingMode, 'kill' | 'reduce-only' | undefined> = {
  ACTIVE: undefined,
  REDUCE_ONLY: 'reduce-only',
  KILL: 'kill',
}
