import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputMistake } from '../../../base/mistakes.js'
import type { IsoDate } from '../../../base/utc-date.js'

/** What a folder of recorded days holds. */
export interface RecordingManifest {
  readonly schema: 'dolphin.recording/1'
  readonly days: Record<IsoDate, RecordedDayEntry>
}

export interface RecordedDayEntry {
  readonly bytes: number
  /** SHA-256 of the file, hex. */
  readonly sha256: string
  readonly rows: number
  /** Steps between the first and the last one that are not there. */
  readonly missingSteps: number
  /** The day is not over: its last step is of this UTC time. */
  readonly incomplete?: string
}

export const RECORDING_FILE = 'recording.json'

/** @throws InputMistake where the file is something else's. */
export async function readRecording(folder: string): Promise<RecordingManifest> {
  const path = join(folder, RECORDING_FILE)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return { schema: 'dolphin.recording/1', days: {} }
  const manifest = parsed(text)
  if (manifest === undefined)
    throw new InputMistake({ place: path, message: 'expected the manifest of recorded days, found something else' })
  return manifest
}

function parsed(text: string): RecordingManifest | undefined {
  try {
    const manifest = JSON.parse(text) as RecordingManifest | null
    return manifest?.schema === 'dolphin.recording/1' && typeof manifest.days === 'object' ? manifest : undefined
  } catch {
    return undefined
  }
}
