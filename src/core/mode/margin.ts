import { type DecimalText, Exact, exact } from '../../base/exact.js'
import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'

/** Share of the account's equity that is bound as margin, 0 to 1 in millionths; an account without equity has none left. */
export function marginUtilisation(account: {
  readonly equityUsd: DecimalText
  readonly availableMarginUsd: DecimalText
}): number {
  const { equityUsd, availableMarginUsd } = account
  if (last.equityUsd !== equityUsd || last.availableMarginUsd !== availableMarginUsd) {
    last = { equityUsd, availableMarginUsd, share: shareOf(equityUsd, availableMarginUsd) }
  }
  return last.share
}

/** Of the account asked about last: truths mostly say what the one before said, and a quotient of 40 digits takes 10 µs. */
let last = { equityUsd: '', availableMarginUsd: '', share: 1 }

function shareOf(equityUsd: DecimalText, availableMarginUsd: DecimalText): number {
  const equity = exact(equityUsd)
  if (!equity.greaterThan(0)) return 1
  const bound = new Exact(1).minus(exact(availableMarginUsd).div(equity))
  return Math.min(1, Math.max(0, bound.toDecimalPlaces(6).toNumber()))
}

const { thresholds } = STATUS_REGISTRIES

/** Why an entry is refused although the mode allows it; undefined: the margin has room. Source: spec, "Amendments". */
export function marginRefusal(marginUtil: number | null): string | undefined {
  const limit = thresholds.margin_util_refused
  if (marginUtil === null || marginUtil < limit) return undefined
  return `margin utilisation is ${marginUtil.toFixed(3)}, entries are refused from ${limit} on`
}
