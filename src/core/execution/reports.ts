import type { ExecutionDesk } from './execution-desk.js'

/** Sends what is durable and not acknowledged: at once when it is, then again every two seconds. */
export function settleReports(desk: ExecutionDesk): void {
  const { outbox } = desk.state
  if (outbox.length === 0 || !desk.link.canSend) return
  const { reportRepeatMs } = desk.settings.timings
  for (const { record, report } of outbox) {
    if (!desk.isDurable(record)) return
    const number = report.body.reportNumber
    const againMs = (desk.reportSentMs.get(number) ?? Number.NEGATIVE_INFINITY) + reportRepeatMs
    if (desk.nowMs < againMs) {
      desk.wakeAt(againMs)
      continue
    }
    desk.send(report)
    desk.reportSentMs.set(number, desk.nowMs)
    desk.wakeAt(desk.nowMs + reportRepeatMs)
  }
}

/** The decision side has them durably: they need not be kept. */
export function onReportsSeen(desk: ExecutionDesk, through: number): void {
  const { outbox, reportsIssued } = desk.state
  const first = outbox[0]
  if (first === undefined || first.report.body.reportNumber > through || through > reportsIssued) return
  for (const number of desk.reportSentMs.keys()) if (number <= through) desk.reportSentMs.delete(number)
  desk.record({ type: 'acknowledged', through })
}
