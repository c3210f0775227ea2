import type { ServerResponse } from 'node:http'
import type { StatusSurface } from '../../ports/status-surface.js'

/** Server-sent events: the whole document and session with every change, and every second. */
export class EventStreams {
  private readonly readers = new Set<ServerResponse>()
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
    this.beat = setInterval(() => this.send(), BEAT_MS)
    this.beat.unref()
  }

  /** False: there are too many already. */
  add(response: ServerResponse): boolean {
    if (this.readers.size >= MAX_STREAMS) return false
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
    response.write(this.event())
    this.readers.add(response)
    response.on('close', () => this.readers.delete(response))
    return true
  }

  close(): void {
    this.stopListening()
    clearInterval(this.beat)
    clearTimeout(this.gathering)
    for (const reader of this.readers) reader.end()
    this.readers.clear()
  }

  private send(): void {
    if (this.readers.size === 0) return
    this.id++
    const event = this.event()
    for (const reader of this.readers) {
      if (reader.writableLength > MAX_BUFFERED_BYTES) reader.destroy()
      else reader.write(event)
    }
  }

  private event(): string {
    const data = JSON.stringify({ status: this.surface.status(), session: this.surface.session() })
    return `id: ${this.id}\nevent: status\nretry: 1000\ndata: ${data}\n\n`
  }
}

/** Changes within this time go out as one event: a burst of fills is one picture. */
const GATHER_MS = 100
/** A quiet system still says that it lives; a reader that hears nothing for longer takes the stream for dead. */
const BEAT_MS = 1_000
/** A reader that takes nothing is let go rather than remembered without end. */
const MAX_BUFFERED_BYTES = 1_000_000
const MAX_STREAMS = 32
