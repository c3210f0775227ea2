import { createHash } from 'node:crypto'
import type { Floor } from '../floor.js'
import type { StreamServer } from '../streams/stream-server.js'

/** The account's listen key: one at a time, and anybody with an API key may delete it. Source: notes on Binance, 2.3. */
export class ListenKeys {
  private readonly floor: Floor
  private readonly streams: StreamServer
  private made = 0
  private current: { readonly key: string; callOff: () => void } | undefined

  constructor(floor: Floor, streams: StreamServer) {
    this.floor = floor
    this.streams = streams
  }

  /** The one that is valid. */
  get key(): string | undefined {
    return this.current?.key
  }

  /** The one that is there, for an hour more; a new one where none is. */
  create(): string {
    if (this.current === undefined) this.current = { key: this.make(), callOff: this.expireLater() }
    else this.keep()
    return this.current.key
  }

  /** For an hour more; false where there is none. */
  keep(): boolean {
    if (this.current === undefined) return false
    this.current.callOff()
    this.current.callOff = this.expireLater()
    return true
  }

  /** Sockets that have named it stay open and hear nothing any more. */
  delete(): void {
    this.current?.callOff()
    this.current = undefined
  }

  /** As deleted, and told. */
  expire(): void {
    const { current } = this
    if (current === undefined) return
    this.delete()
    this.streams.publishUser(current.key, {
      e: 'listenKeyExpired',
      E: this.floor.clock.exchangeMs,
      listenKey: current.key,
    })
  }

  private expireLater(): () => void {
    return this.floor.agenda.at(this.floor.clock.nowMs + VALID_MS, () => this.expire())
  }

  private make(): string {
    const name = `${this.floor.settings.seed} ${++this.made}`
    return createHash('sha256').update(name).digest('hex')
  }
}

const VALID_MS = 3_600_000
