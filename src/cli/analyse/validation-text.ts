import type { Validation } from '../../core/analysis/validators/validate-hypotheses.js'
import type { ValidationResult } from '../../core/analysis/validators/validation-result.js'
import { count, percent, plural, table } from '../shell/figures-text.js'
import { reportJson } from '../shell/report-json.js'
import { type Colours, textOfLines } from '../shell/terminal.js'
import { rulesLine } from './cascades-text.js'
import { utcText } from './utc-text.js'

export interface ValidateResult extends Validation {
  readonly recordings: readonly string[]
  readonly secondVenue: string | null
  readonly symbols: readonly string[]
  /** Times of the first row and of the last, UTC ms. */
  readonly fromMs: number
  readonly untilMs: number
  /** Tables of which there is no row. */
  readonly missing: readonly string[]
  readonly calibrate: boolean
  readonly rules: Readonly<Record<string, string>>
  readonly unpriced: number
}

export const PAST_ONLY = '"VALIDATED" is a count on past data and no claim about the future.'

/** For people. */
export function validationText(result: ValidateResult, colours: Colours): string {
  const { cascades, countedCascades, unpriced, symbols, results, calibrate } = result
  const overlapping = cascades - countedCascades
  const rows = results.map(hypothesisRow)
  return textOfLines([
    `${plural(cascades, 'cascade')} of ${plural(symbols.length, 'symbol')}, ${utcText(result.fromMs)} … ${utcText(result.untilMs)} UTC`,
    ...(overlapping > 0 ? [`${count(overlapping)} of them within five minutes of another one: not counted`] : []),
    ...(unpriced > 0 ? [`${plural(unpriced, 'cascade')} more unpriced`] : []),
    ...(calibrate ? ['Thresholds of groups are those of the first 60 % in time, counts of the rest.'] : []),
    rulesLine(result.rules, colours),
    '',
    ...table(HEAD, rows, { head: colours.dim, cell: (text) => paintStatus(text, colours) }),
    '',
    ...reasonLines(results).map(colours.dim),
    '* a proxy: counts stand in for what is not observed; it gates nothing',
    'Holm: p-values corrected for all hypotheses of the run. basis: spot is the index price of the marks.',
    PAST_ONLY,
  ])
}

/** For programs. */
export function validationJson(result: ValidateResult): string {
  const results = result.results.map(({ pValue = null, adjustedPValue = null, ...rest }) => ({
    ...rest,
    ...{ pValue, adjustedPValue },
    calibratedThreshold: rest.calibratedThreshold ?? null,
  }))
  return reportJson({ schema: 'dolphin.validation/1', note: PAST_ONLY, ...result, results })
}

const HEAD = ['hypothesis', 'events', 'support', 'rate', 'against', 'p', 'Holm', 'status']

function hypothesisRow(result: ValidationResult): string[] {
  const { hypothesisName, proxy, totalEvents, supportingEvents, successRate, pValue, adjustedPValue, status } = result
  const isKnown = pValue !== undefined
  return [
    `${hypothesisName}${proxy ? ' *' : ''}`,
    count(totalEvents),
    isKnown ? count(supportingEvents) : '-',
    isKnown ? percent(successRate, 1) : '-',
    against(result),
    pText(pValue),
    pText(adjustedPValue),
    status,
  ]
}

/** Why there is no p-value, each reason once. */
function reasonLines(results: readonly ValidationResult[]): string[] {
  const byReason = new Map<string, string[]>()
  for (const { hypothesisName, status, details } of results) {
    if (status !== 'INSUFFICIENT_DATA') continue
    const reason = String(details.reason)
    byReason.set(reason, [...(byReason.get(reason) ?? []), hypothesisName])
  }
  return [...byReason].map(([reason, names]) => `no p-value: ${names.join(', ')}: ${reason}`)
}

/** What the rate is held against: the base rate, or the other group's. */
function against({ details, pValue }: ValidationResult): string {
  const rate = details.secondRate ?? details.baseRate
  return pValue === undefined || typeof rate !== 'number' ? '-' : percent(rate, 1)
}

/** Four significant digits. */
function pText(p: number | undefined): string {
  if (p === undefined) return '-'
  if (p >= 0.001) return p.toFixed(4)
  return p === 0 ? '< 1e-300' : p.toExponential(1)
}

function paintStatus(text: string, colours: Colours): string {
  if (text.trim() === 'INSUFFICIENT_DATA') return colours.dim(text)
  return text.trim() === 'VALIDATED' ? colours.bold(text) : text
}
