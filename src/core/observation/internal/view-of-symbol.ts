import type { NodeViews } from './node-views.js'
import type { ObservedSymbol } from './observed-symbol.js'
import type { SymbolView } from './symbol-view.js'

/** What is known of a symbol now, read where it is kept; `expected` kinds by their numbers. */
export function viewOfSymbol(
  of: ObservedSymbol,
  {
    nowMs,
    expected,
    nodeViews,
  }: { readonly nowMs: number; readonly expected: readonly number[]; readonly nodeViews: NodeViews },
): SymbolView {
  return {
    symbol: of.symbol,
    nowMs,
    trades: of.trades,
    liquidations: of.liquidations,
    depth: of.depth.latestTop(),
    depthBefore: of.depth.topBefore(),
    markPrice: Number.isNaN(of.markPrice) ? undefined : of.markPrice,
    nodes: of.nodes === undefined ? [] : nodeViews.active(of.nodes, nowMs),
    positions: of.positions.views(),
    expectedKinds: expected.length,
    observedKinds: expected.filter((kind) => of.lastMs[kind]! > nowMs - OBSERVED_WITHIN_MS).length,
  }
}

const OBSERVED_WITHIN_MS = 60_000
