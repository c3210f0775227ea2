/** An invariant does not hold. `invariant` names it, the message says what was expected and found. */
export class Violation extends Error {
  override readonly name = 'Violation'

  constructor(
    readonly invariant: string,
    detail: string,
  ) {
    super(detail)
  }
}
