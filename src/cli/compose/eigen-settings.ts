import { found, type Problem } from '../../base/mistakes.js'
import { SYMBOLS_MIN, SYMBOLS_MIN_RESEARCH } from '../../core/eigen/window-tracker.js'
import { numberOf } from '../shell/option-check.js'

/**
 * How few symbols a window may have, out of `--set eigen.min_symbols=4`; undefined: as the scan is defined. Another number is
 * another signal than the champion's, so that it must be declared research.
 */
export function minSymbolsOf(
  { set = [], research = false }: { readonly set?: readonly string[]; readonly research?: boolean },
  problems: Problem[],
): number | undefined {
  let minSymbols: number | undefined
  for (const override of set) {
    const place = `--set ${override}`
    const [, key, text = ''] = /^\s*([^=]*?)\s*(?:=(.*))?$/.exec(override) ?? []
    const value = numberOf(text)
    if (key !== 'eigen.min_symbols')
      problems.push({ place, message: `unknown key '${key}'; expected eigen.min_symbols` })
    else if (value === undefined || !Number.isInteger(value) || value < SYMBOLS_MIN_RESEARCH) {
      problems.push({ place, message: `expected an integer from ${SYMBOLS_MIN_RESEARCH} on, found ${found(text)}` })
    } else minSymbols = value
  }
  if (minSymbols === undefined || minSymbols === SYMBOLS_MIN) return undefined
  if (!research) {
    const message = `the scan is defined with ${SYMBOLS_MIN}; another number needs --research`
    problems.push({ place: '--set eigen.min_symbols', message })
  }
  return minSymbols
}

/** Why no scan of so few symbols has a signal; undefined where one can. */
export function tooFewSymbols(symbols: number, minSymbols = SYMBOLS_MIN): string | undefined {
  if (symbols >= minSymbols) return undefined
  const there = symbols === 1 ? 'is 1' : `are ${symbols}`
  const why = `No signal can exist: a scan needs prices of ${minSymbols} symbols that move, and there ${there}.`
  if (symbols < SYMBOLS_MIN_RESEARCH) return why
  return `${why} data build --set eigen.min_symbols=${symbols} --research lowers that.`
}
