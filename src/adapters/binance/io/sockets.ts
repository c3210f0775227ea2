import { WebSocket } from 'ws'
import { assert } from '../../../base/assert.js'
import { clipped } from '../../../base/clipped.js'
import { printable } from '../../../base/printable.js'
import type { WireEvent } from '../wire.js'

export type SocketEvent = Extract<WireEvent, { readonly socketId: string }>

/** WebSockets by their ids. Pings are answered here; certificates are always verified; each is told `closed` once. */
export class Sockets {
  private readonly sockets = new Map<string, WebSocket>()
  private readonly tell: (event: SocketEvent) => void

  constructor(tell: (event: SocketEvent) => void) {
    this.tell = tell
  }

  open(socketId: string, url: string): void {
    assert(!this.sockets.has(socketId), `a socket id is used once: ${socketId}`)
    const socket = new WebSocket(url, OPTIONS)
    this.sockets.set(socketId, socket)
    let failure = ''
    socket.on('open', () => this.tell({ kind: 'opened', socketId }))
    // Each frame comes as one buffer; binary ones are not sent by the exchange, and would be text as well.
    socket.on('message', (data: Buffer) => {
      if (socket.readyState === WebSocket.OPEN) this.tell({ kind: 'text', socketId, text: data.toString('utf8') })
    })
    socket.on('ping', () => this.tell({ kind: 'ping', socketId }))
    socket.on('error', (error) => {
      failure = failureText(error)
    })
    socket.on('close', (code, reason) => {
      this.sockets.delete(socketId)
      const text = clipped(printable(reason.toString('utf8')), REASON_MAX)
      this.tell({ kind: 'closed', socketId, code, reason: text === '' ? failure : text })
    })
  }

  /** One that is not open is told to have closed, sooner or later: what is sent to it is lost. */
  send(socketId: string, text: string): void {
    const socket = this.sockets.get(socketId)
    if (socket?.readyState === WebSocket.OPEN) socket.send(text)
  }

  /** With a close frame; a peer that does not answer it is cut off. Its frames are told no longer. */
  close(socketId: string): void {
    const socket = this.sockets.get(socketId)
    if (socket === undefined || socket.readyState === WebSocket.CLOSING) return
    socket.close(1_000)
    const cut = setTimeout(() => socket.terminate(), CLOSE_MS)
    cut.unref()
    socket.on('close', () => clearTimeout(cut))
  }

  closeAll(): void {
    for (const socket of this.sockets.values()) socket.terminate()
  }
}

const CLOSE_MS = 2_000
const REASON_MAX = 200

const OPTIONS = {
  perMessageDeflate: false,
  autoPong: true,
  followRedirects: false,
  handshakeTimeout: 10_000,
  // The largest frame, all mark prices, has 250 kB.
  maxPayload: 16 * 1024 * 1024,
  rejectUnauthorized: true,
} as const

function failureText(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  return clipped(printable(code ?? error.message), REASON_MAX)
}
