import { eigenScanPayload } from '../../../core/eigen/payload.js'
import type { Clock } from '../../../ports/clock.js'
import type { PriceSource, PriceStep } from '../../../ports/prices.js'
import type { ScanArchive } from '../../../ports/scan-archive.js'
import type { ScanSink } from '../../../ports/scan-sink.js'
import type { Scan } from '../../../ports/vocabulary/scan.js'
import { ScheduleDrift } from './schedule-drift.js'

/** What the loop needs of a scanner. */
export interface StepScanner {
  push(prices: Float64Array, stamp: { readonly scanNumber: number; readonly timestampNs: bigint }): Scan | undefined
}

export interface ScanLoop {
  readonly source: PriceSource
  /** Takes the steps before `fromNs`. */
  warmUp(prices: Float64Array, timestampNs: bigint): void
  /** Asked for once, after the history: scans the steps from `fromNs` on. */
  scanner(): StepScanner
  readonly archive: ScanArchive
  readonly sink: ScanSink
  readonly clock: Clock
  readonly fromNs: bigint
  /** Scans to make at most. */
  readonly limit: number
  /** Aborted: the scan at hand is finished, no other is begun. */
  readonly signal: AbortSignal
  /** Keeps a scan elsewhere, too, before it is published. */
  record?(scan: Scan, step: PriceStep): Promise<void>
  onStep?(step: PriceStep): void
  onWarning?(text: string): void
}

export interface ScanTotals {
  scans: number
  firstNumber?: number
  lastNumber?: number
  firstNs?: bigint
  lastNs?: bigint
  /** Steps that warmed the windows up. */
  warmUpSteps: number
  /** Steps without any price: no scan. */
  emptySteps: number
  /** Steps that were not recorded or did not come, and how many times that happened. */
  missingSteps: number
  gaps: number
  /** Scans decided in extended precision. */
  escalated: number
}

export interface ScanLoopResult extends Readonly<ScanTotals> {
  readonly drift: ReturnType<ScheduleDrift['report']>
}

/**
 * Scans step after step: one file, then one publication, then the next step. A scan is published only after its file is
 * durable, so whoever is told of a scan finds it; what a crash in between leaves unpublished, {@link publishMissed}
 * publishes at the next start.
 */
export async function scanSteps(loop: ScanLoop): Promise<ScanLoopResult> {
  const { source, archive, sink, clock, signal } = loop
  const totals: ScanTotals = { scans: 0, warmUpSteps: 0, emptySteps: 0, missingSteps: 0, gaps: 0, escalated: 0 }
  const drift = new ScheduleDrift()
  const warn = new RareWarnings(clock, loop.onWarning)
  let scanner: StepScanner | undefined
  let scanNumber = Math.max(archive.lastNumber, (await sink.lastPublished()) ?? 0) + 1
  try {
    for await (const step of source.steps(signal)) {
      const { timestampNs, prices, due } = step
      if (timestampNs < loop.fromNs) {
        loop.warmUp(prices, timestampNs)
        totals.warmUpSteps++
        continue
      }
      countGap(totals, step, warn)
      scanner ??= loop.scanner()
      const startedMs = clock.nowMs()
      const scan = scanner.push(prices, { scanNumber, timestampNs })
      loop.onStep?.(step)
      if (scan === undefined) {
        totals.emptySteps++
        continue
      }
      await archive.write(scan)
      await loop.record?.(scan, step)
      await sink.publish(eigenScanPayload(scan, { publishedAtMs: clock.epochMs() }))
      count(totals, scan)
      scanNumber++
      if (due !== undefined) {
        const behindMs = drift.add(due, { startedMs, finishedMs: clock.nowMs() })
        if (behindMs > 0) {
          const late = (behindMs + due.intervalMs).toFixed(0)
          warn.about('late', `scan ${scan.scanNumber} finished ${late} ms after it was due, more than a step late`)
        }
      }
      if (totals.scans >= loop.limit || signal.aborted) break
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
  }
  return { ...totals, drift: drift.report() }
}

/**
 * Publishes what an earlier process wrote and did not come to publish: a scan number is published at most once, and with
 * a sink that remembers, exactly once. Without a memory, or one of nothing, there is nothing to go on from.
 */
export async function publishMissed(archive: ScanArchive, sink: ScanSink, clock: Clock): Promise<number> {
  const published = await sink.lastPublished()
  if (published === undefined || published >= archive.lastNumber) return 0
  let missed = 0
  for await (const { record } of archive.after(published)) {
    await sink.publish(eigenScanPayload(record, { publishedAtMs: clock.epochMs() }))
    missed++
  }
  return missed
}

function count(totals: ScanTotals, scan: Scan): void {
  totals.scans++
  totals.firstNumber ??= scan.scanNumber
  totals.lastNumber = scan.scanNumber
  totals.firstNs ??= scan.timestampNs
  totals.lastNs = scan.timestampNs
  if (scan.escalated) totals.escalated++
}

function countGap(totals: ScanTotals, { missing, timestampNs }: PriceStep, warn: RareWarnings): void {
  if (missing === 0) return
  totals.gaps++
  totals.missingSteps += missing
  const time = new Date(Number(timestampNs / 1_000_000n)).toISOString()
  warn.about('gap', `${missing} ${missing === 1 ? 'step is' : 'steps are'} missing before ${time}`)
}

/** A trouble that lasts is told once a minute, with how often it was left untold. */
const QUIET_MS = 60_000

class RareWarnings {
  private readonly told = new Map<string, { atMs: number; untold: number }>()
  private readonly clock: Clock
  private readonly tell: ((text: string) => void) | undefined

  constructor(clock: Clock, tell: ((text: string) => void) | undefined) {
    this.clock = clock
    this.tell = tell
  }

  about(trouble: string, text: string): void {
    const nowMs = this.clock.nowMs()
    const before = this.told.get(trouble)
    if (before !== undefined && nowMs - before.atMs < QUIET_MS) {
      before.untold++
      return
    }
    const untold = before?.untold ?? 0
    this.told.set(trouble, { atMs: nowMs, untold: 0 })
    this.tell?.(untold === 0 ? text : `${text} (and ${untold} times since the last warning)`)
  }
}
