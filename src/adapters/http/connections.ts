import type { Socket } from 'node:net'
import { callerOf } from './access.js'

export interface ConnectionLimits {
  /** Open at once, of all callers together. */
  readonly inAll: number
  /** Of one caller. */
  readonly perCaller: number
}

/** Of the files that this process may have open, journals and threads need theirs in any case. */
const SHARE_OF_FILES = 1 / 2
const IN_ALL = { least: 16, most: 1_024 }
const SHARE_OF_CALLER = 3 / 4

/** How many connections a process can afford that may have so many files open; undefined: without a limit. */
export function connectionLimits(openFiles: number | undefined): ConnectionLimits {
  const share = Math.floor((openFiles ?? Number.POSITIVE_INFINITY) * SHARE_OF_FILES)
  const inAll = Math.max(IN_ALL.least, Math.min(IN_ALL.most, share))
  return { inAll, perCaller: Math.floor(inAll * SHARE_OF_CALLER) }
}

/**
 * The connections of a server. The one that comes last is always taken in, and room is made for it: nobody keeps the owner
 * out by holding all places. Of strangers' connections those go first that wait to be refused, then those that ask for
 * nothing, of each the oldest; the connection of whoever has shown the token is never closed for another.
 */
export class Connections {
  /** Every one, with its caller. */
  private readonly callers = new Map<Socket, string>()
  private readonly perCaller = new Map<string, number>()
  /** Those that will be refused in a moment, oldest first. */
  private readonly refused = new Set<Socket>()
  /** Those that are asking for nothing now, oldest first. */
  private readonly idle = new Set<Socket>()
  /** Strangers' requests and streams, oldest first. */
  private readonly asking = new Set<Socket>()

  constructor(
    private readonly limits: ConnectionLimits,
    /** Told of each connection that is closed for another one, and of each that finds no place. */
    private readonly closed: () => void,
  ) {}

  get size(): number {
    return this.callers.size
  }

  /** Takes a connection in, or closes it when all places are the owner's. */
  admit(socket: Socket): void {
    const caller = callerOf(socket.remoteAddress)
    const ofCaller = this.perCaller.get(caller) ?? 0
    const hasPlace =
      ofCaller < this.limits.perCaller ? this.size < this.limits.inAll || this.makeRoom() : this.makeRoom(caller)
    if (!hasPlace) {
      this.closed()
      socket.destroy()
      return
    }
    this.callers.set(socket, caller)
    this.perCaller.set(caller, (this.perCaller.get(caller) ?? 0) + 1)
    this.idle.add(socket)
    socket.once('close', () => this.forget(socket))
  }

  /** A request has come over it, from the owner or a stranger. */
  asks(socket: Socket, { isOwner }: { readonly isOwner: boolean }): void {
    if (isOwner) {
      this.idle.delete(socket)
      this.asking.delete(socket)
    } else if (this.idle.delete(socket)) this.asking.add(socket)
  }

  /** What a stranger asked is refused, though not at once. */
  refuses(socket: Socket): void {
    if (this.asking.delete(socket)) this.refused.add(socket)
  }

  /** Whether a stranger's refusal is on its way over it, which ends it. */
  isRefused(socket: Socket): boolean {
    return this.refused.has(socket)
  }

  /** What was asked is answered. The owner's connection stays the owner's. */
  rests(socket: Socket): void {
    if (this.asking.delete(socket)) this.idle.add(socket)
  }

  /** Closes a stranger's connection, of this caller when one is named. False: there is none. */
  private makeRoom(caller?: string): boolean {
    for (const strangers of [this.refused, this.idle, this.asking]) {
      for (const socket of strangers) {
        if (caller !== undefined && this.callers.get(socket) !== caller) continue
        this.closed()
        this.forget(socket)
        socket.destroy()
        return true
      }
    }
    return false
  }

  private forget(socket: Socket): void {
    const caller = this.callers.get(socket)
    if (caller === undefined) return
    this.callers.delete(socket)
    for (const strangers of [this.refused, this.idle, this.asking]) strangers.delete(socket)
    const left = this.perCaller.get(caller)! - 1
    if (left > 0) this.perCaller.set(caller, left)
    else this.perCaller.delete(caller)
  }
}
