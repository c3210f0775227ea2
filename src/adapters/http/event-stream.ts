import type { ServerResponse } from 'node:http'
import type { StatusSurface } from '../../ports/status-surface.js'

export const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8'

/** Server-sent events: the whole document and session with every change, and every second. */
export class EventStreams {
  private readonly readers = new Map<ServerResponse, Reader>()
  private readonly stopListening: () => void
  private readonly beat: NodeJS.Timeout
  private gathering: NodeJS.Timeout | undefined
  private id = 0

  constructor(private readonly surface: StatusSurface) {
    this.stopListening = surface.listen(() => {
      this.gathering ??= setTimeout(() => {
        this.gathering = undefined
        this.send()
      }, GATHER_MS)
    })
    this.beat = setInterval(() => {
      this.letGo()
      this.send()
    }, BEAT_MS)
    this.beat.unref()
  }

  /** False: strangers have too many already. */
  add(response: ServerResponse, { caller, isOwner }: { readonly caller: string; readonly isOwner: boolean }): boolean {
    if (!isOwner) {
      const strangers = [...this.readers.values()].filter((reader) => !reader.isOwner)
      const ofCaller = strangers.filter((reader) => reader.caller === caller).length
      if (strangers.length >= MAX_STREAMS || ofCaller >= MAX_STREAMS_OF_CALLER) return false
    }
    response.writeHead(200, { 'content-type': EVENT_STREAM_TYPE })
    response.write(this.event())
    this.readers.set(response, { caller, isOwner, untakenBeats: 0 })
    response.on('close', () => this.readers.delete(response))
    return true
  }

  close(): void {
    this.stopListening()
    clearInterval(this.beat)
    clearTimeout(this.gathering)
    for (const reader of this.readers.keys()) reader.end()
    this.readers.clear()
  }

  private letGo(): void {
    for (const [response, reader] of this.readers) {
      reader.untakenBeats = response.writableLength === 0 ? 0 : reader.untakenBeats + 1
      if (reader.untakenBeats >= MAX_UNTAKEN_BEATS) response.destroy()
    }
  }

  private send(): void {
    if (this.readers.size === 0) return
    this.id++
    const event = this.event()
    for (const reader of this.readers.keys()) {
      if (reader.writableLength > MAX_BUFFERED_BYTES) reader.destroy()
      else reader.write(event)
    }
  }

  private event(): string {
    const data = JSON.stringify({ status: this.surface.status(), session: this.surface.session() })
    return `id: ${this.id}\nevent: status\nretry: 1000\ndata: ${data}\n\n`
  }
}

/** A dashboard that follows: who it is, and how long it has taken nothing. */
interface Reader {
  readonly caller: string
  readonly isOwner: boolean
  untakenBeats: number
}

/** Changes within this time go out as one event: a burst of fills is one picture. */
const GATHER_MS = 100
/** A quiet system still says that it lives; a reader that hears nothing for longer takes the stream for dead. */
const BEAT_MS = 1_000
/** A reader that takes nothing is let go rather than remembered without end: after so many beats, or so much. */
const MAX_UNTAKEN_BEATS = 10
const MAX_BUFFERED_BYTES = 1_000_000
/** Of strangers, in all and of one caller. The owner's come on top. */
const MAX_STREAMS = 32
const MAX_STREAMS_OF_CALLER = 16
