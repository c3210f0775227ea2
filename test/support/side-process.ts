import type { Timer } from '../../src/ports/clock.js'
import type { Journal } from '../../src/ports/journal.js'
import type { Link } from '../../src/ports/link.js'
import type { CommonInput, Side, SideEffect, Timed } from '../../src/ports/sides.js'
import { type HostedVenue, SideHost, type SideHostPorts } from '../../src/runtime/host/side-host.js'

/** What a process starts with. */
export interface Beginning<Input, Record, S> {
  /** Recovered from the journal. */
  readonly side: S
  /** The side as it is driven, where that is something else. */
  readonly driven?: Side<Timed<CommonInput | Input>, Record>
  readonly ports: Omit<SideHostPorts<Input, Record>, 'broken'>
}

export interface SideProcessParts<Input, Record, S> {
  begin(): Beginning<Input, Record, S>
  /** It has died; effects of the event at hand that were not carried out are lost with it. */
  died?(side: S, lost: readonly SideEffect<Record>[]): void
}

/**
 * A process that can die at any moment, between any two effects of one event: the runtime's host over ports that reach nobody,
 * and are reached by nobody, once it is dead. What its side or a port throws comes out of whatever reached it.
 */
export class SideProcess<
  Input extends { readonly kind: string },
  Record,
  S extends Side<Timed<CommonInput | Input>, Record>,
> {
  /** Undefined while it is down. */
  side: S | undefined
  private host: SideHost<Input, Record> | undefined
  private life: Life<Input, Record> | undefined

  constructor(private readonly parts: SideProcessParts<Input, Record, S>) {}

  get up(): boolean {
    return this.life !== undefined
  }

  start(): void {
    const { side, driven, ports } = this.parts.begin()
    const life: Life<Input, Record> = new Life(() => this.life === life)
    this.life = life
    this.side = side
    this.host = new SideHost<Input, Record>(life.watched(driven ?? side), {
      ...life.mortal(ports),
      broken: (error) => {
        if (!(error instanceof Died)) throw error
        this.kill()
      },
    })
    this.host.start()
  }

  /** A process that is down takes nothing. */
  post(input: CommonInput | Input): void {
    if (this.up) this.host!.post(input)
  }

  kill(): void {
    const { life, side } = this
    if (life === undefined || side === undefined) return
    this.life = undefined
    this.side = undefined
    this.host = undefined
    this.parts.died?.(side, life.lost)
  }

  /** Dies in the middle of carrying out effects, that many later; at once when that is none. */
  killAfter(effects: number): void {
    if (this.life !== undefined) this.life.effectsLeft = effects
    if (effects === 0) this.kill()
  }

  /** It lives on after all. */
  spare(): void {
    if (this.life !== undefined) this.life.effectsLeft = Number.POSITIVE_INFINITY
  }
}

class Died extends Error {
  override readonly name = 'Died'
}

/** From a start to a death. */
class Life<Input, Record> {
  effectsLeft = Number.POSITIVE_INFINITY
  private effects: readonly SideEffect<Record>[] = []
  private carriedOut = 0

  constructor(private readonly lasts: () => boolean) {}

  get lost(): readonly SideEffect<Record>[] {
    return this.effects.slice(this.carriedOut)
  }

  watched(side: Side<Timed<CommonInput | Input>, Record>): Side<Timed<CommonInput | Input>, Record> {
    return {
      handle: (event) => {
        this.effects = side.handle(event)
        this.carriedOut = 0
        return this.effects
      },
      nextDueMs: () => side.nextDueMs(),
      stateHash: () => side.stateHash(),
      checkpoint: () => side.checkpoint(),
    }
  }

  mortal(ports: Beginning<Input, Record, unknown>['ports']): Beginning<Input, Record, unknown>['ports'] {
    const { timer, journal, link, venue } = ports
    return {
      timer: this.timer(timer),
      journal: this.journal(journal),
      link: this.link(link),
      ...(venue === undefined ? {} : { venue: this.venue(venue) }),
      format: ports.format,
      recorded: ports.recorded,
      alerted: (alert) => {
        this.effect()
        ports.alerted(alert)
      },
    }
  }

  private timer(timer: Timer): Timer {
    return {
      epochMs: () => timer.epochMs(),
      at: (epochMs, callback) =>
        timer.at(epochMs, () => {
          if (this.lasts()) callback()
        }),
    }
  }

  private journal(journal: Journal): Journal {
    return {
      append: (line) => {
        this.effect()
        journal.append(line)
      },
      get depth() {
        return journal.depth
      },
      get capacity() {
        return journal.capacity
      },
      listen: (listener) =>
        journal.listen({
          durable: (lines) => {
            if (this.lasts()) listener.durable(lines)
          },
          failed: (message) => {
            if (this.lasts()) listener.failed(message)
          },
          checkpoint: () => (this.lasts() ? listener.checkpoint?.() : undefined),
        }),
      close: () => journal.close(),
    }
  }

  private link(link: Link): Link {
    return {
      send: (text) => {
        this.effect()
        link.send(text)
      },
      listen: (listener) =>
        link.listen((text) => {
          if (this.lasts()) listener(text)
        }),
      close: () => link.close(),
    }
  }

  private venue(venue: HostedVenue<Input>): HostedVenue<Input> {
    return {
      send: (request) => {
        this.effect()
        venue.send(request)
      },
      listen: (listener) =>
        venue.listen((input) => {
          if (this.lasts()) listener(input)
        }),
      close: () => venue.close(),
    }
  }

  /** The next effect is about to be carried out. */
  private effect(): void {
    if (this.effectsLeft-- <= 0) throw new Died()
    this.carriedOut++
  }
}
