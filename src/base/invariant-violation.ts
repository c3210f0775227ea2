/** A step that a state machine's table does not have. Nothing was changed; the caller decides what is safe now. */
export class InvariantViolation extends Error {
  /** Which machine: `position BTCUSDT`, `order a1.e`. */
  readonly subject: string
  readonly state: string
  readonly event: string
  /** The steps that led here, oldest first. */
  readonly history: readonly string[]

  constructor(violation: {
    subject: string
    state: string
    event: string
    history: readonly string[]
    detail?: string
  }) {
    const { subject, state, event, history, detail } = violation
    const steps = history.length === 0 ? 'none' : history.join(', ')
    super(
      `${subject}: ${event} is impossible in ${state}${detail === undefined ? '' : ` (${detail})`}; steps before: ${steps}`,
    )
    this.name = 'InvariantViolation'
    this.subject = subject
    this.state = state
    this.event = event
    this.history = history
  }
}
