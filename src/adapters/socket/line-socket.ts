import { unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { checkPathLength, prepareSocketPath } from './socket-path.js'

export interface LineListener {
  /** A whole line as the other end sent it. */
  line(text: string): void
  connected?(): void
  disconnected?(): void
}

/**
 * One end of a connection that carries lines of text, to one peer. It may be cut at any time and comes back by itself;
 * what was under way then is lost, and nothing is ever repeated, reordered or added.
 */
export interface LineSocket {
  readonly connected: boolean
  /** Bytes handed over and not yet taken by the system. */
  readonly waitingBytes: number
  /** False: dropped, since nobody is connected, too much is waiting, or the text is no line. */
  send(text: string): boolean
  listen(listener: LineListener): void
  /** Drops the connection, not the socket: the peer connects again. */
  cut(): void
  close(): Promise<void>
}

/** Text waiting to be taken by a peer that does not read, bytes. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024
/** A longer line is no message of ours, characters. */
const LINE_LENGTH_MAX = 1024 * 1024
/** Pauses between attempts to connect. */
const RECONNECT_MS = [20, 50, 100, 200, 500] as const

/**
 * Listens at `path`; the newest connection is the peer, since the one before is that of a process that was killed.
 *
 * @throws SocketPathError
 */
export async function serveLines(path: string): Promise<LineSocket> {
  await prepareSocketPath(path)
  const lines = new ServedLines(path)
  await lines.open()
  return lines
}

/**
 * Connects to `path` and again whenever the connection is lost or not there yet.
 *
 * @throws SocketPathError when the path is too long.
 */
export function connectLines(path: string): LineSocket {
  checkPathLength(path)
  return new ConnectedLines(path)
}

abstract class Lines implements LineSocket {
  protected socket: Socket | undefined
  protected closed = false
  private listener: LineListener | undefined

  get connected(): boolean {
    return this.socket !== undefined
  }

  get waitingBytes(): number {
    return this.socket?.writableLength ?? 0
  }

  send(text: string): boolean {
    const { socket } = this
    if (socket === undefined || text === '' || text.includes('\n')) return false
    if (text.length > LINE_LENGTH_MAX || socket.writableLength > WAITING_BYTES_MAX) return false
    socket.write(`${text}\n`)
    return true
  }

  listen(listener: LineListener): void {
    this.listener = listener
  }

  cut(): void {
    this.socket?.destroy()
  }

  abstract close(): Promise<void>

  /** Takes a connection as the peer's, in place of the one before. */
  protected adopt(socket: Socket): void {
    const before = this.socket
    this.socket = undefined
    before?.destroy()
    if (before !== undefined) this.listener?.disconnected?.()
    this.socket = socket
    socket.setEncoding('utf8')
    let rest = ''
    socket.on('data', (chunk: string) => {
      if (this.socket !== socket) return
      const texts = (rest + chunk).split('\n')
      rest = texts.pop()!
      for (const text of texts) if (text !== '') this.listener?.line(text)
      if (rest.length > LINE_LENGTH_MAX) socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.lost(socket))
    this.listener?.connected?.()
  }

  protected lost(socket: Socket): void {
    if (this.socket !== socket) return
    this.socket = undefined
    this.listener?.disconnected?.()
  }

  /** Lets what was sent leave, if the peer takes it. */
  protected async drain(): Promise<void> {
    this.closed = true
    const { socket } = this
    if (socket === undefined) return
    this.listener = undefined
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 500)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.end()
    })
    socket.destroy()
  }
}

class ServedLines extends Lines {
  private readonly server: Server
  private readonly path: string

  constructor(path: string) {
    super()
    this.path = path
    this.server = createServer((socket) => this.adopt(socket))
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(this.path, () => {
        this.server.off('error', reject)
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    if (this.closed) return
    await this.drain()
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
    try {
      unlinkSync(this.path)
    } catch {
      // Gone already: the server takes its file away where the platform lets it.
    }
  }
}

class ConnectedLines extends Lines {
  private readonly path: string
  private attempts = 0
  private timer: NodeJS.Timeout | undefined
  private attempt: Socket | undefined

  constructor(path: string) {
    super()
    this.path = path
    this.connect()
  }

  async close(): Promise<void> {
    if (this.closed) return
    clearTimeout(this.timer)
    this.attempt?.destroy()
    await this.drain()
  }

  protected override lost(socket: Socket): void {
    super.lost(socket)
    this.connectLater()
  }

  private connect(): void {
    if (this.closed) return
    const socket = connect(this.path)
    this.attempt = socket
    const failed = (): void => this.connectLater()
    socket.once('error', failed)
    socket.once('connect', () => {
      socket.off('error', failed)
      this.attempt = undefined
      this.attempts = 0
      if (this.closed) socket.destroy()
      else this.adopt(socket)
    })
  }

  private connectLater(): void {
    if (this.closed) return
    const pauseMs = RECONNECT_MS[Math.min(this.attempts, RECONNECT_MS.length - 1)]!
    this.attempts++
    this.timer = setTimeout(() => this.connect(), pauseMs)
  }
}
