import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/**
 * Plays the frames of an exchange on loopback, in a process of its own so that only who listens is measured: of each best quote
 * that is subscribed two a second, of each mark price one, of best levels two, of changes of a book ten, evenly over the second. It sends its port to its parent, and ends
 * with it.
 */
export function playFrames(): void {
  const sockets = new Map<WebSocket, Set<string>>()
  const server = createServer((request, response) => {
    const body = request.url === '/fapi/v1/time' ? JSON.stringify({ serverTime: Date.now() }) : '{}'
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  new WebSocketServer({ server, perMessageDeflate: false }).on(
    'connection',
    (socket: WebSocket, _: IncomingMessage) => {
      const streams = new Set<string>()
      sockets.set(socket, streams)
      socket.on('close', () => sockets.delete(socket))
      socket.on('message', (text: Buffer) => {
        const { method, params, id } = JSON.parse(text.toString()) as { method: string; params: string[]; id: number }
        for (const stream of params) method === 'SUBSCRIBE' ? streams.add(stream) : streams.delete(stream)
        socket.send(JSON.stringify({ result: null, id }))
      })
    },
  )
  const startMs = performance.now()
  let slice = 0
  setInterval(() => {
    for (; performance.now() - startMs >= slice * SLICE_MS; slice++)
      for (const [socket, streams] of sockets) sendSlice(socket, streams, slice)
  }, SLICE_MS)
  process.on('disconnect', () => process.exit())
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
}

const SLICE_MS = 10
const SLICES_A_SECOND = 1_000 / SLICE_MS

/** Those of the streams whose turn it is. */
function sendSlice(socket: WebSocket, streams: ReadonlySet<string>, slice: number): void {
  let place = 0
  for (const stream of streams) {
    const everySlices = SLICES_A_SECOND / framesASecond(stream)
    if (slice % everySlices === place++ % everySlices) socket.send(frameText(stream, slice))
  }
}

function framesASecond(stream: string): number {
  if (stream.includes('@markPrice')) return 1
  return stream.endsWith('@100ms') ? 10 : 2
}

function frameText(stream: string, slice: number): string {
  return JSON.stringify({ stream, data: dataOf(stream, slice) })
}

function dataOf(stream: string, slice: number): unknown {
  const symbol = stream.slice(0, stream.indexOf('@')).toUpperCase()
  const nowMs = Date.now()
  const price = 86_000 + (slice % 97) / 10
  if (stream.includes('@markPrice')) return markRow(symbol, price, nowMs)
  if (stream.includes('@depth')) return depthData(stream, slice, { symbol, price, nowMs })
  const times = { E: nowMs, T: nowMs - 1 }
  const best = { b: price.toFixed(2), B: '4.583', a: (price + 0.1).toFixed(2), A: '1.107' }
  return { e: 'bookTicker', u: 8_000_000_000_000 + slice, s: symbol, ps: symbol, ...best, ...times, st: 1 }
}

/** Levels that change from frame to frame: five of each side, or eight of a book's changes, some of them gone. */
function depthData(
  stream: string,
  slice: number,
  { symbol, price, nowMs }: { readonly symbol: string; readonly price: number; readonly nowMs: number },
): unknown {
  const count = stream.includes('@depth5') ? 5 : 8
  const quantity = (i: number) => (count === 8 && (slice + i) % 5 === 0 ? '0.000' : `${(slice * 7 + i) % 90}.739`)
  const side = (from: number, step: number) =>
    Array.from({ length: count }, (_, i) => [(from + i * step).toFixed(2), quantity(i)])
  const ids = { U: slice * 10 + 1, u: slice * 10 + 9, pu: slice * 10 }
  const times = { E: nowMs, T: nowMs - 1 }
  return {
    e: 'depthUpdate',
    ...times,
    s: symbol,
    ps: symbol,
    ...ids,
    b: side(price, -0.1),
    a: side(price + 0.1, 0.1),
    st: 1,
  }
}

function markRow(symbol: string, price: number, nowMs: number): unknown {
  const prices = { p: price.toFixed(8), ap: price.toFixed(8), P: price.toFixed(8), i: price.toFixed(8) }
  return { e: 'markPriceUpdate', E: nowMs, s: symbol, ...prices, r: '0.00010000', T: nowMs + 3_600_000, st: 1 }
}
