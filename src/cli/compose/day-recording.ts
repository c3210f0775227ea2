import { writeTable } from '../../adapters/parquet/day-writer.js'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { LockHeldError } from '../../files/writer-lock.js'
import type { ScanArchive } from '../../ports/scan-archive.js'
import { DayRecorder, type DayRecorderOptions } from '../../runtime/services/scan/day-recorder.js'
import { threadedDayWriter } from './threaded-day-writer.js'

/**
 * Opens a folder into which scans are recorded as days, and makes up from the storage what an earlier process did not come to
 * record of its last day.
 *
 * @throws InputMistake when the folder holds something else; SurroundingsFailed when another process records there.
 */
export async function openDayRecording(
  options: Omit<DayRecorderOptions, 'sinks'>,
  archive: ScanArchive,
  say: (text: string) => void,
): Promise<DayRecorder> {
  const recorder = await DayRecorder.open({ ...options, sinks: SINKS }).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw error
    throw new SurroundingsFailed({ place: options.folder, message: `another process${error.who} records days there` })
  })
  let made = 0
  if (recorder.lastScan !== undefined) {
    for await (const { record } of archive.after(recorder.lastScan)) {
      await recorder.record(record)
      made++
    }
  }
  if (made > 0) say(`Recorded ${made} scans of the storage that an earlier run did not come to record.`)
  return recorder
}

const SINKS: DayRecorderOptions['sinks'] = {
  days: threadedDayWriter(),
  async origins(path, { timestampNs, symbols, origins }) {
    await writeTable(path, [
      { name: 'timestamp', type: 'timestampNs', values: timestampNs },
      { name: 'symbol', type: 'string', values: symbols },
      { name: 'source', type: 'string', values: origins },
    ])
  },
}
