import type { ScanLoopResult } from '../../runtime/services/scan/scan-loop.js'
import type { DriftReport, Lateness } from '../../runtime/services/scan/schedule-drift.js'
import type { WarmUp } from '../compose/live-prices.js'
import { count, duration, plural } from '../shell/figures-text.js'

export interface ScanSummary extends ScanLoopResult {
  readonly storage: string
  readonly symbols: number
  readonly precision: string
  readonly speed: number | 'max'
  readonly seconds: number
  /** Of live prices: where the windows were filled from. */
  readonly warm?: WarmUp
  /** Scans of an earlier process that were published now. */
  readonly republished: number
  /** The signal that ended the run early. */
  readonly stoppedBy: string | undefined
}

/** For people: a few lines. */
export function scanSummaryText(summary: ScanSummary): string {
  const { scans, drift, firstNumber, lastNumber, firstNs, lastNs } = summary
  const lines: string[] = []
  if (scans === 0) lines.push(summary.warm === undefined ? 'no step left to scan' : 'no step was scanned')
  else {
    lines.push(
      `${plural(scans, 'scan')} ${firstNumber} … ${lastNumber} of ${time(firstNs!)} … ${time(lastNs!)} ` +
        `in ${duration(summary.seconds)}${summary.warm === undefined ? ` (${count(scans / summary.seconds)}/s)` : ''}`,
    )
    const { warmUpSteps, escalated, emptySteps, missingSteps, gaps } = summary
    lines.push(
      `${plural(summary.symbols, 'symbol')}, ${plural(warmUpSteps, 'step')} of history, ` +
        `${count(escalated)} decided in extended precision`,
    )
    if (missingSteps > 0) lines.push(`${plural(missingSteps, 'step')} missing in ${plural(gaps, 'gap')}`)
    if (emptySteps > 0) lines.push(`${plural(emptySteps, 'step')} without any price`)
  }
  if (summary.republished > 0) lines.push(`${plural(summary.republished, 'scan')} of an earlier run published`)
  if (drift !== undefined) lines.push(...driftLines(drift))
  if (summary.stoppedBy !== undefined) lines.push(`stopped by ${summary.stoppedBy}; the same command continues`)
  return lines.join('\n')
}

/** For programs: the same, numbers as they are. */
export function scanSummaryJson(summary: ScanSummary): string {
  const { firstNs, lastNs, stoppedBy, drift, ...rest } = summary
  const document = {
    schema: 'dolphin.scan/1',
    ...rest,
    firstTimestampNs: firstNs === undefined ? null : String(firstNs),
    lastTimestampNs: lastNs === undefined ? null : String(lastNs),
    stoppedBy: stoppedBy ?? null,
    drift: drift ?? null,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function driftLines({ started, finished, behind, scans }: DriftReport): string[] {
  const line = ({ p50Ms, p99Ms, maxMs }: Lateness) => `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, max ${ms(maxMs)}`
  const late = behind === 0 ? [] : [`${count(behind)} of ${plural(scans, 'scan')} more than a step late`]
  return [`started after due: ${line(started)}`, `finished after due: ${line(finished)}`, ...late]
}

function ms(value: number): string {
  return `${Number(value.toPrecision(3))} ms`
}

function time(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString().replace('.000', '')
}
