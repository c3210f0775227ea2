/** A strategy threw, or answered with what is no mandate. The strategy's author mends it; nothing of ours is broken. */
export class StrategyFailure extends Error {
  override readonly name = 'StrategyFailure'

  /**
   * @param where the call that failed, and its bar: counted from 0 over the run, with its UTC date where one is known.
   * @param what in a sentence without a subject: `threw TypeError: …`, `returned 3, expected an array of mandates`.
   * @param cause what was thrown, where something was: its stack names the author's file and line.
   */
  constructor(
    readonly where: {
      readonly strategyId: string
      readonly call: 'create' | 'onBar' | 'onFill' | 'onEntryDropped' | 'snapshot' | 'restore'
      readonly bar?: number
      readonly date?: string
    },
    readonly what: string,
    override readonly cause?: unknown,
  ) {
    const bar =
      where.bar === undefined ? '' : ` at bar ${where.bar}${where.date === undefined ? '' : ` of ${where.date}`}`
    super(`strategy ${where.strategyId}: ${where.call}${bar} ${what}`)
  }
}

/** What a call of a strategy comes to: its answer, or the failure with the call's place. */
export function called<T>(where: StrategyFailure['where'], call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (error instanceof StrategyFailure) throw error
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    throw new StrategyFailure(where, `threw ${what}`, error)
  }
}
