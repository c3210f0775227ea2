import { present } from '../../base/present.js'
import { bookReport } from './book.js'
import type { DecisionDesk } from './decision-desk.js'
import type { Report } from './records.js'

/** Takes each numbered report of the execution side once, in order; one that comes early waits for its predecessors. */
export class Reports {
  private readonly early = new Map<number, Report>()

  constructor(private readonly desk: DecisionDesk) {}

  received({ type, body }: Report): void {
    const { desk, early } = this
    const ahead = body.reportNumber - desk.state.reportsSeen
    if (ahead < 1 || ahead > EARLY_MAX) return
    early.set(body.reportNumber, { type, body } as Report)
    for (let next = this.next(); next !== undefined; next = this.next()) {
      const { facts, fault } = bookReport(desk.state, next)
      desk.record({ type: 'report', report: next, ...present({ fault }), ...facts })
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

/** How far ahead of the next a report may be to be kept; what is further is left to its repetition. */
const EARLY_MAX = 256
