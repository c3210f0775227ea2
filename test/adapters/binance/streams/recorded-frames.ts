import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** A frame as the wire brings it; bare ones have no stream. */
export interface RecordedFrame {
  readonly text: string
  readonly stream: string | undefined
  readonly data: unknown
}

/** Frames of `fixtures/binance/ws`, and the answers among them. */
export function recordedFrames(file: string): RecordedFrame[] {
  return linesOf(file).map((text) => {
    const message = JSON.parse(text) as { stream?: string; data?: unknown }
    return { text, stream: message.stream, data: message.data ?? message }
  })
}

function linesOf(file: string): string[] {
  const bytes = readFileSync(`fixtures/binance/ws/${file}`)
  if (!file.endsWith('.gz')) return bytes.toString().trimEnd().split('\n')
  // `1626992741.06217: {…}`, below the address that was connected to.
  const recorded = gunzipSync(bytes).toString().trimEnd().split('\n').slice(1)
  return recorded.map((line) => line.slice(line.indexOf('{')))
}
