import type { Venue, VenueEvent, VenueRequest } from '../../ports/venue.js'
import { type LineSocket, serveLines } from './line-socket.js'

export interface VenueServer {
  /** Drops the connection as a network would; the client comes back. */
  cut(): void
  close(): Promise<void>
}

/** A peer that reads slower than this many bytes behind gets no more quotes: the next one says more anyway. */
const QUOTES_WAITING_BYTES_MAX = 256 * 1024

/**
 * Serves a venue to one process at a Unix domain socket, as lines of JSON. A request that came over a connection is
 * answered on that connection or not at all, and stream events go to whoever is connected.
 *
 * @throws SocketPathError
 */
export async function serveVenue(path: string, venue: Venue): Promise<VenueServer> {
  const lines = await serveLines(path)
  const relay = new VenueRelay(lines, venue)
  return {
    cut: () => lines.cut(),
    close: () => relay.close(),
  }
}

class VenueRelay {
  private readonly lines: LineSocket
  /** Rises with every connection. */
  private connection = 0

  constructor(lines: LineSocket, venue: Venue) {
    this.lines = lines
    venue.listen((event) => this.tell(event))
    lines.listen({
      line: (text) => {
        const request = parseRequest(text)
        // Nothing can be answered to what has no id; a peer that speaks otherwise is not ours.
        if (request === undefined) lines.cut()
        else venue.send({ ...request, requestId: `${this.connection}:${request.requestId}` })
      },
      connected: () => {
        this.connection++
      },
    })
  }

  close(): Promise<void> {
    return this.lines.close()
  }

  private tell(event: VenueEvent): void {
    if (event.kind === 'quote' && this.lines.waitingBytes > QUOTES_WAITING_BYTES_MAX) return
    const mine = 'requestId' in event ? this.unmarked(event) : event
    // A lost fill or answer must look like what it is: a broken connection, after which the client asks anew.
    if (mine !== undefined && this.lines.connected && !this.lines.send(JSON.stringify(mine))) this.lines.cut()
  }

  /** Request ids are unique within a process; the process before may have used the same ones. */
  private unmarked<E extends VenueEvent & { readonly requestId: string }>(event: E): E | undefined {
    const colon = event.requestId.indexOf(':')
    if (Number(event.requestId.slice(0, colon)) !== this.connection) return undefined
    return { ...event, requestId: event.requestId.slice(colon + 1) }
  }
}

const REQUESTS: readonly string[] = ['submit', 'cancel', 'query', 'snapshot'] satisfies VenueRequest['kind'][]

/** What a request must have to be answered; what it asks for is the venue's to judge. */
function parseRequest(text: string): VenueRequest | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { kind, requestId, order, symbol } = value as Record<string, unknown>
    if (typeof requestId !== 'string' || typeof kind !== 'string' || !REQUESTS.includes(kind)) return undefined
    if (kind === 'submit' ? typeof order !== 'object' || order === null : typeof symbol !== 'string') return undefined
    return value as VenueRequest
  } catch {
    return undefined
  }
}
