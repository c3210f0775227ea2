import { bookReport } from './book.js'
import type { Desk } from './desk.js'
import type { Report } from './records.js'

/** Reports that came before their predecessors; more than these are left to their repetition. */
const EARLY_MAX = 256

/** Takes each numbered report of the execution side once, in order; one that comes early waits for its predecessors. */
export class Reports {
  private readonly early = new Map<number, Report>()

  constructor(private readonly desk: Desk) {}

  received({ type, body }: Report): void {
    const { desk, early } = this
    if (body.reportNumber <= desk.state.reportsSeen) return
    if (early.size < EARLY_MAX) early.set(body.reportNumber, { type, body } as Report)
    for (let next = this.next(); next !== undefined; next = this.next()) {
      const { facts, fault } = bookReport(desk.state, next)
      desk.record({ type: 'report', report: next, ...(fault === undefined ? {} : { fault }), ...facts })
    }
    const { reportsSeen } = desk.state
    desk.whenDurable(() => {
      desk.durableReports = reportsSeen
    })
  }

  private next(): Report | undefined {
    const number = this.desk.state.reportsSeen + 1
    const report = this.early.get(number)
    this.early.delete(number)
    return report
  }
}
