/** What became of a drill. Times are real ms. */
export interface DrillResult {
  readonly drill: string
  readonly passed: boolean
  /** From the provocation until `/status` said what it must; null: never. */
  readonly shownAfterMs: number | null
  /** From the recovery until Active; null: never. */
  readonly activeAfterMs: number | null
  /** What was wrong; null when nothing was. */
  readonly problem: string | null
}

/** What a drill runs in: everything that it started is gone when it has ended. */
export interface DrillRun {
  run(): Promise<DrillResult>
  /** As far as it got, with what was wrong. */
  result(problem: string | null): DrillResult
  end(): Promise<void>
}
