import type { Alert, AlertLevel } from '../../ports/vocabulary/alerts.js'
import { type Colours, coloursFor, notice } from '../shell/terminal.js'

/** An alert as a line for a person: when (UTC), how bad, what about. `side` says whose, where there are two. */
export function alertLine({ atMs, level, category, message }: Alert, colours: Colours, side = ''): string {
  const when = new Date(atMs).toISOString().replace('T', ' ').slice(0, -1)
  return `${colours.dim(when)} ${PAINT[level](colours)(level.padEnd(9))} ${side}${category}: ${message}`
}

/** Tells what a connection to an exchange says, with its time: it goes on for days. `quiet` spares what is routine. */
export function exchangeLog(
  connection: 'account' | 'prices' | 'books' | 'market',
  { quiet, nowMs }: { readonly quiet: boolean; readonly nowMs: () => number },
): (told: { readonly level: AlertLevel; readonly code: string; readonly message: string }) => void {
  const log = alertLog({ quiet })
  return ({ level, code, message }) =>
    log({
      alertId: '',
      atMs: Math.round(nowMs()),
      level,
      category: 'exchange',
      message: `${connection}, ${code}: ${message}`,
    })
}

const PAINT: Readonly<Record<AlertLevel, (colours: Colours) => (text: string) => string>> = {
  INFO: (c) => c.dim,
  WARNING: (c) => c.yellow,
  ERROR: (c) => c.red,
  CRITICAL: (c) => c.red,
  EMERGENCY: (c) => (text) => c.bold(c.red(text)),
}

/** Tells alerts on stderr; with `quiet` those that act or need somebody. */
export function alertLog({ quiet, side }: { readonly quiet: boolean; readonly side?: string }): (alert: Alert) => void {
  const colours = coloursFor(process.stderr)
  return (alert) => {
    if (!quiet || alert.level !== 'INFO') notice(alertLine(alert, colours, side))
  }
}
