/** A part that cannot be used, seen from inside its file; which file it is, is known to whoever asked for it. */
export class PartRefused extends Error {
  override readonly name = 'PartRefused'

  constructor(
    readonly expected: string,
    readonly found: string,
    readonly column?: string,
  ) {
    super(`${column === undefined ? '' : `column '${column}': `}expected ${expected}, found ${found}`)
  }
}
