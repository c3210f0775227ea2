/** Why a request or a connection was turned away. */
export const REFUSALS = {
  'foreign-page': 'from pages of other origins',
  'no-token': 'without the right token',
  rate: 'beyond the rate',
  connection: 'connections closed for newer ones',
} as const

export type Refusal = keyof typeof REFUSALS

/** Who floods a server decides how often it refuses, but not how much is written: one line, so long after the first of them. */
const TELL_AFTER_MS = 60_000

/** Counts what a server turns away, and tells it now and then. */
export class RefusalCount {
  /** Since the start. */
  readonly totals: Record<Refusal, number> = { 'foreign-page': 0, 'no-token': 0, rate: 0, connection: 0 }
  private told = { ...this.totals }
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly tell: (line: string) => void) {}

  add(refusal: Refusal): void {
    this.totals[refusal]++
    this.timer ??= setTimeout(() => this.report(), TELL_AFTER_MS).unref()
  }

  /** Tells what has not been told yet. */
  close(): void {
    if (this.timer !== undefined) this.report()
  }

  private report(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const counts = (Object.keys(REFUSALS) as Refusal[]).flatMap((refusal) => {
      const since = this.totals[refusal] - this.told[refusal]
      return since === 0 ? [] : [`${since} ${REFUSALS[refusal]}`]
    })
    this.told = { ...this.totals }
    this.tell(`The status server turned away in the last minute: ${counts.join(', ')}`)
  }
}
