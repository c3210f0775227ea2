import { InputMistake } from '../../base/mistakes.js'

/** What a recording is said to hold, in a mistake: some of its symbols. */
export function someSymbols(symbols: readonly string[]): string {
  const more = symbols.length > SHOWN_MAX ? ` and ${symbols.length - SHOWN_MAX} more` : ''
  return symbols.slice(0, SHOWN_MAX).join(', ') + more
}

const SHOWN_MAX = 5

/**
 * A recording without a symbol that was asked for has no answer about it: figures of nothing would look like those of a quiet book.
 *
 * @throws InputMistake naming the option, every symbol that is not there, and what is.
 */
export function refuseUnrecorded(
  path: string,
  {
    option,
    asked,
    recorded,
  }: { readonly option: string; readonly asked: readonly string[]; readonly recorded: object },
): void {
  const symbols = Object.keys(recorded)
  const missing = asked.filter((symbol) => !symbols.includes(symbol))
  if (missing.length === 0) return
  // A raw recording tells only of the symbols that were asked for.
  const has = symbols.length === 0 ? '' : `: it has ${someSymbols(symbols)}`
  const message = `expected symbols of ${path}, found ${someSymbols(missing)}${has}`
  throw new InputMistake({ place: option, message })
}
