import type { ExecutionDesk } from './execution-desk.js'
import { exitNow, openSymbol } from './exits.js'
import { quantityToClose } from './rest.js'

/** What flattens without being told: a link that is lost for long or corrupt, a contract that settles, each once per position, and the mode KILL. */
export function settleFailSafes(desk: ExecutionDesk): void {
  const symbol = openSymbol(desk)
  if (symbol === undefined) return
  const { state, link } = desk
  if (state.mode === 'KILL' && (state.exit === null || state.exit.isDone) && isOpen(desk, symbol)) {
    exitNow(desk, { purpose: 'FAIL_SAFE', reason: 'kill' })
  }
  // The venue would close it at a price of its own; until then it takes what makes a position smaller.
  if (desk.instrumentOf(symbol)?.status === 'SETTLING') failSafe(desk, symbol, 'contract_settles')
  if (link.state === 'LINK_CORRUPT') failSafe(desk, symbol, 'link_corrupt_flatten')
  if (link.state === 'LINK_LOST') {
    const dueMs = link.stateSinceMs + desk.settings.timings.lostDwellMs
    if (desk.nowMs < dueMs) desk.wakeAt(dueMs)
    else failSafe(desk, symbol, 'comms_fail_safe_flatten')
  }
}

/** Nobody can order what is not ours to be left while the link is down, so it is left as ours is. */
function failSafe(desk: ExecutionDesk, symbol: string, reason: string): void {
  const { entry, exit } = desk.state
  const hasActed = entry === null ? exit !== null && !exit.isDone : entry.failSafes.includes(reason)
  if (hasActed || !isOpen(desk, symbol)) return
  exitNow(desk, { purpose: 'FAIL_SAFE', reason, failSafe: reason })
  desk.alert('ERROR', 'position', `${reason}: ${entry?.positionId ?? symbol} is closed`)
}

/** Something is there to close, or may still come of an order that has left. */
function isOpen(desk: ExecutionDesk, symbol: string): boolean {
  const { entry } = desk.state
  const isComing = entry?.instrument.symbol === symbol && entry.stage !== 'OVER'
  return isComing || !quantityToClose(desk, symbol).isZero()
}
