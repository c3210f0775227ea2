import { describe, expect, it } from 'vitest'
import { ALERT_LEVELS } from '../../../src/core/mode/alert-limits.js'
import {
  afterAlert,
  afterCommand,
  commandOf,
  type ModeSignal,
  TRADING_MODES,
} from '../../../src/core/mode/operator-mode.js'
import type { OperatorCommand } from '../../../src/ports/sides.js'
import type { AlertLevel, TradingMode } from '../../../src/ports/vocabulary/alerts.js'

/** Every signal, and the mode after it from ACTIVE, from REDUCE_ONLY and from KILL. */
const ROWS: Record<ModeSignal, readonly [TradingMode, TradingMode, TradingMode]> = {
  INFO: ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
  WARNING: ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
  ERROR: ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
  CRITICAL: ['REDUCE_ONLY', 'REDUCE_ONLY', 'KILL'],
  EMERGENCY: ['KILL', 'KILL', 'KILL'],
  kill: ['KILL', 'KILL', 'KILL'],
  'reduce-only': ['REDUCE_ONLY', 'REDUCE_ONLY', 'KILL'],
  resume: ['ACTIVE', 'ACTIVE', 'ACTIVE'],
  flatten: ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
  'clear-lockout': ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
  'reset-breaker': ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
  resync: ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
  'maintenance-on': ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
  'maintenance-off': ['ACTIVE', 'REDUCE_ONLY', 'KILL'],
}

const CASES = Object.entries(ROWS).flatMap(([signal, after]) =>
  TRADING_MODES.map((mode, i) => [mode, signal as ModeSignal, after[i]!] as const),
)

describe('the trading mode', () => {
  it.each(CASES)('%s is, after %s, %s', (mode, signal, after) => {
    expect(next(mode, signal)).toBe(after)
  })

  it('is loosened by resume alone', () => {
    const looser = CASES.filter(
      ([mode, signal]) => TRADING_MODES.indexOf(next(mode, signal)) < TRADING_MODES.indexOf(mode),
    )
    expect(new Set(looser.map(([, signal]) => signal))).toEqual(new Set(['resume']))
  })

  it('is in every mode what the command of an alert makes it as the alert itself would', () => {
    for (const level of ALERT_LEVELS) {
      const command = commandOf({ level })
      for (const mode of TRADING_MODES) {
        expect(command === undefined ? mode : afterCommand(mode, { command }), `${level} in ${mode}`).toBe(
          afterAlert(mode, { level }),
        )
      }
    }
  })
})

function next(mode: TradingMode, signal: ModeSignal): TradingMode {
  return isLevel(signal) ? afterAlert(mode, { level: signal }) : afterCommand(mode, { command: signal })
}

function isLevel(signal: AlertLevel | OperatorCommand['command']): signal is AlertLevel {
  return (ALERT_LEVELS as readonly string[]).includes(signal)
}
