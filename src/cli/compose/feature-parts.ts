import { openMarketRecorder } from '../../adapters/market-parquet/market-recorder.js'
import { readRecording } from '../../adapters/market-parquet/recording-file.js'
import { InputMistake } from '../../base/mistakes.js'
import { featureRows, macroRow } from '../../core/orderbook/feature-rows.js'
import type { MarketBar } from '../../core/orderbook/market-features.js'
import type { RecordingFacts } from '../../ports/market-recording.js'
import { noticeWarning } from '../shell/terminal.js'
import { gridTime } from './grid-parts.js'

/** Features of bars as Parquet: tables `features` and `macro` of a recording. */
export interface FeatureParts {
  add(bar: MarketBar): void
  close(): Promise<void>
}

/** Opens a folder of features. Throws `InputMistake` where a recording is there: its rows would be there twice. */
export async function openFeatureParts(folder: string, facts: RecordingFacts): Promise<FeatureParts> {
  if ((await readRecording(folder)) !== undefined)
    throw new InputMistake({
      place: '--parquet',
      message: `expected a folder without a recording, found one in ${folder}`,
    })
  const recorder = await openMarketRecorder({
    ...{ folder, facts, clock: gridTime, timer: gridTime },
    report: ({ level, message }) => {
      if (level !== 'INFO') noticeWarning(message)
    },
  })
  return {
    add(bar) {
      for (const row of featureRows(bar)) recorder.add('features', { n: recorder.nextNumber(), ...row })
      recorder.add('macro', { n: recorder.nextNumber(), ...macroRow(bar) })
    },
    close: () => recorder.close(),
  }
}
