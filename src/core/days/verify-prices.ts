import type { DayColumns } from '../../ports/days.js'
import type { Finding } from './finding.js'

/** Columns that are no prices by their names, then per asset: values that are no prices, missing ones, jumps, and columns that never move. */
export function priceFindings(columns: DayColumns, maxJump: number): Finding[] {
  const others = (columns.otherColumns ?? []).map(otherColumnFinding)
  if (columns.assets.length === 0) {
    return [...others, { severity: 'warning', check: 'no-assets', message: 'the day has no price column', count: 1 }]
  }
  const prices = columns.assets.flatMap((symbol, i) => columnFindings(symbol, columns.prices[i]!, maxJump))
  return [...others, ...prices]
}

/** Numbers that nobody reads: whoever takes them for prices learns here that they are not traded. */
function otherColumnFinding(column: string): Finding {
  const message = 'no price by its name, left out; --assets says which columns are prices'
  return { severity: 'warning', check: 'other-column', message, column, count: 1 }
}

/** Less than this share of missing prices is a feed's daily life. */
const MISSING_TOLERANCE = 0.01
/** With fewer prices a constant column says nothing. */
const CONSTANT_MIN_PRICES = 100

interface PriceScan {
  readonly valid: number
  readonly firstValid: number
  readonly lastValid: number
  readonly missing: number
  readonly firstMissing: number
  readonly invalid: number
  readonly firstInvalid: number
  readonly jumps: number
  readonly firstJump: number
  readonly largestJump: number
  readonly moves: boolean
}

/** One pass over a column. Rows are −1 where nothing was found. */
function scanPrices(prices: Float64Array, maxJump: number): PriceScan {
  let [valid, missing, invalid, jumps] = [0, 0, 0, 0]
  let [firstValid, lastValid, firstMissing, firstInvalid, firstJump] = [-1, -1, -1, -1, -1]
  let largestJump = 0
  let moves = false
  let last = Number.NaN
  for (let row = 0; row < prices.length; row++) {
    const price = prices[row]!
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
      if (Number.isNaN(price)) {
        if (missing++ === 0) firstMissing = row
      } else if (invalid++ === 0) firstInvalid = row
      continue
    }
    if (valid++ === 0) firstValid = row
    else if (price !== last) {
      moves = true
      const jump = price / last - 1
      if (Math.abs(jump) > maxJump && jumps++ === 0) firstJump = row
      if (Math.abs(jump) > Math.abs(largestJump)) largestJump = jump
    }
    last = price
    lastValid = row
  }
  return {
    valid,
    firstValid,
    lastValid,
    missing,
    firstMissing,
    invalid,
    firstInvalid,
    jumps,
    firstJump,
    largestJump,
    moves,
  }
}

function columnFindings(column: string, prices: Float64Array, maxJump: number): Finding[] {
  const scan = scanPrices(prices, maxJump)
  const findings: Finding[] = []
  if (scan.invalid > 0) {
    const message = `prices must be positive and finite, found ${prices[scan.firstInvalid]}`
    findings.push({
      severity: 'error',
      check: 'price-invalid',
      message,
      row: scan.firstInvalid,
      column,
      count: scan.invalid,
    })
  }
  if (scan.missing > 0) findings.push(missingFinding(column, prices.length, scan))
  if (scan.jumps > 0) {
    const message = `a move above ${percent(maxJump)} from bar to bar, the largest ${percent(scan.largestJump)}`
    findings.push({
      severity: 'warning',
      check: 'price-jump',
      message,
      row: scan.firstJump,
      column,
      count: scan.jumps,
    })
  }
  if (!scan.moves && scan.valid >= CONSTANT_MIN_PRICES) {
    const message = `the price never moves from ${prices[scan.firstValid]}`
    findings.push({ severity: 'warning', check: 'price-constant', message, row: 0, column, count: scan.valid })
  }
  return findings
}

function missingFinding(column: string, bars: number, scan: PriceScan): Finding {
  const share = scan.missing / bars
  const tail = bars - 1 - scan.lastValid
  const detail =
    scan.valid === 0
      ? 'no price on any bar'
      : `no price on ${percent(share)} of bars${tail > MISSING_TOLERANCE * bars ? `, none after row ${scan.lastValid}` : ''}`
  const severity = share > MISSING_TOLERANCE ? 'warning' : 'info'
  return { severity, check: 'price-missing', message: detail, row: scan.firstMissing, column, count: scan.missing }
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(3))} %`
}
