import type { ScanSink } from '../../../ports/scan-sink.js'

/** One sink of several: a scan has been handed over when all have it. What was published is what the furthest of them has. */
export function allSinks(sinks: readonly ScanSink[]): ScanSink {
  return {
    async publish(scan) {
      for (const sink of sinks) await sink.publish(scan)
    },
    async lastPublished() {
      const numbers = (await Promise.all(sinks.map((sink) => sink.lastPublished()))).filter((n) => n !== undefined)
      return numbers.length === 0 ? undefined : Math.max(...numbers)
    },
    async close() {
      const closed = await Promise.allSettled(sinks.map((sink) => sink.close()))
      for (const end of closed) if (end.status === 'rejected') throw end.reason
    },
  }
}
