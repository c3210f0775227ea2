/**
 * What passes between the part of the adapter that decides and whatever carries it: sockets of the real world, or those of a
 * simulation. Commands go out, events come back; neither side calls the other.
 */
export type WireCommand =
  | { readonly kind: 'http'; readonly request: HttpRequest }
  /** Behind the origin of the streams: `/path` and then `target`, such as `/stream?streams=btcusdt@bookTicker`. */
  /** `target`: what stands behind the path, `/stream`. */
  | { readonly kind: 'open'; readonly socketId: string; readonly path: StreamPath; readonly target: string }
  | { readonly kind: 'text'; readonly socketId: string; readonly text: string }
  | { readonly kind: 'close'; readonly socketId: string }

export type WireEvent =
  | HttpAnswer
  /** No answer: timed out, refused or cut. `mayHaveArrived` is false only where it certainly never left. */
  | { readonly kind: 'httpLost'; readonly httpId: number; readonly mayHaveArrived: boolean; readonly message: string }
  | { readonly kind: 'opened'; readonly socketId: string }
  | { readonly kind: 'text'; readonly socketId: string; readonly text: string }
  /** The exchange's ping: whoever carries it has answered it already. */
  | { readonly kind: 'ping'; readonly socketId: string }
  /** Once for each socket, also for one that could not be opened, and for one that was told to close. */
  | { readonly kind: 'closed'; readonly socketId: string; readonly code: number; readonly reason: string }

/** A request as it goes over the wire, signed. */
export interface HttpRequest {
  /** Unique in the life of the adapter; comes back in the event. */
  readonly httpId: number
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query, behind the origin of the REST endpoint. There is never a body. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  /** How long whoever carries it waits, ms. */
  readonly timeoutMs: number
}

export interface HttpAnswer {
  readonly kind: 'httpAnswer'
  readonly httpId: number
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The exchange routes its streams by path. Source: notes on Binance, 2.1. */
export type StreamPath = 'public' | 'market' | 'private'

/** Carries commands, and tells what becomes of them; never during a command. */
export interface Wire {
  carry(command: WireCommand): void
  /** One listener. */
  listen(listener: (event: WireEvent) => void): void
  /** Closes every socket and gives up every request, telling nothing more. */
  close(): Promise<void>
}
