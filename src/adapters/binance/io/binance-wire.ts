import { unreachable } from '../../../base/assert.js'
import type { Endpoints } from '../endpoints.js'
import type { HttpRequest, Wire, WireCommand, WireEvent } from '../wire.js'
import { HttpRequests } from './http-requests.js'
import { Sockets } from './sockets.js'

/** Carries the adapter's commands to the exchange itself, or to whatever stands at its addresses. */
export class BinanceWire implements Wire {
  private readonly streamUrl: string
  private readonly rest: HttpRequests
  private readonly account: HttpRequests | undefined
  private readonly sockets: Sockets
  private listener: ((event: WireEvent) => void) | undefined
  private carrying = false
  private closed = false

  constructor({ restUrl, accountUrl, streamUrl }: Pick<Endpoints, 'restUrl' | 'accountUrl' | 'streamUrl'>) {
    const tell = (event: WireEvent): void => this.tell(event)
    this.streamUrl = streamUrl
    this.rest = new HttpRequests({ origin: restUrl, tell })
    if (accountUrl === restUrl) this.account = this.rest
    else if (accountUrl !== null) this.account = new HttpRequests({ origin: accountUrl, tell })
    this.sockets = new Sockets(tell)
  }

  carry(command: WireCommand): void {
    if (this.closed) return
    this.carrying = true
    try {
      this.take(command)
    } finally {
      this.carrying = false
    }
  }

  listen(listener: (event: WireEvent) => void): void {
    this.listener = listener
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.sockets.closeAll()
    await this.rest.close()
    if (this.account !== this.rest) await this.account?.close()
  }

  private take(command: WireCommand): void {
    switch (command.kind) {
      case 'http':
        this.request(command.request)
        break
      case 'open':
        this.sockets.open(command.socketId, `${this.streamUrl}/${command.path}${command.target}`)
        break
      case 'text':
        this.sockets.send(command.socketId, command.text)
        break
      case 'close':
        this.sockets.close(command.socketId)
        break
      default:
        unreachable(command)
    }
  }

  private request(request: HttpRequest): void {
    const requests = request.target.startsWith('/sapi/') ? this.account : this.rest
    if (requests !== undefined) requests.send(request)
    // Asked again, it would be no more there: not lost, but answered as by a server that has no such route.
    else this.tell({ kind: 'httpAnswer', httpId: request.httpId, status: 404, headers: {}, body: '' })
  }

  /** What happens while a command is carried is told after it. */
  private tell(event: WireEvent): void {
    if (this.carrying) queueMicrotask(() => this.tell(event))
    else if (!this.closed) this.listener?.(event)
  }
}
