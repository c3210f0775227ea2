import type { LiquidationWaves } from '../../core/analysis/waves.js'
import { count, duration, plural, table, usd } from '../shell/figures-text.js'
import { reportJson } from '../shell/report-json.js'
import { type Colours, textOfLines } from '../shell/terminal.js'
import { rulesLine } from './cascades-text.js'
import { utcText } from './utc-text.js'

export interface WavesResult {
  readonly recordings: readonly string[]
  /** Times of the first row and of the last, UTC ms. */
  readonly fromMs: number
  readonly untilMs: number
  readonly rules: Readonly<Record<string, string>>
  readonly symbols: readonly SymbolWaves[]
}

/** The waves in which the liquidations of a symbol came. */
export interface SymbolWaves extends LiquidationWaves {
  readonly symbol: string
  readonly liquidations: number
}

/** For people: a row each symbol, and the waves of most liquidations. */
export function symbolWavesText({ symbols, rules, fromMs, untilMs }: WavesResult, colours: Colours): string {
  const waves = symbols.flatMap(({ symbol, waves: of }) => of.map((wave) => ({ symbol, wave })))
  const rows = symbols.map(({ symbol, liquidations, totalWaves, totalDurationMs, avgInterWaveGapMs }) => [
    symbol,
    count(liquidations),
    count(totalWaves),
    totalWaves === 0 ? '-' : duration(totalDurationMs / 1_000),
    avgInterWaveGapMs === undefined ? '-' : duration(avgInterWaveGapMs / 1_000),
  ])
  const largest = [...waves]
    .sort((a, b) => b.wave.liquidationCount - a.wave.liquidationCount || a.wave.startTsMs - b.wave.startTsMs)
    .slice(0, LARGEST)
    .map(({ symbol, wave }) => [
      symbol,
      count(wave.waveNum),
      utcText(wave.startTsMs),
      duration((wave.endTsMs - wave.startTsMs) / 1_000),
      count(wave.liquidationCount),
      wave.totalValueUsd === undefined ? '-' : usd(wave.totalValueUsd),
    ])
  return textOfLines([
    `${plural(waves.length, 'wave')} of ${plural(symbols.length, 'symbol')}, ${utcText(fromMs)} … ${utcText(untilMs)} UTC`,
    rulesLine(rules, colours),
    '',
    ...table(['symbol', 'liquidations', 'waves', 'first to last', 'mean pause'], rows, { head: colours.dim }),
    ...(largest.length === 0
      ? []
      : [
          '',
          `waves of most liquidations${waves.length > LARGEST ? `, ${LARGEST} of ${count(waves.length)}` : ''}`,
          ...table(['symbol', 'wave', 'start UTC', 'lasted', 'liquidations', 'USD'], largest, { head: colours.dim }),
        ]),
  ])
}

/** For programs: every wave. */
export function wavesJson(result: WavesResult): string {
  const symbols = result.symbols.map(({ avgInterWaveGapMs = null, ...waves }) => ({ ...waves, avgInterWaveGapMs }))
  return reportJson({ schema: 'dolphin.waves/1', ...result, symbols })
}

const LARGEST = 30
