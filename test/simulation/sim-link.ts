import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { Link } from '../../src/ports/link.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import type { FaultBoard } from './fault-board.js'
import type { SideName } from './fault-plan.js'

/** Carries texts between the sides: in order and within a few ms, but for the faults under way. */
export class SimLink {
  private readonly random: Xoshiro128
  private readonly lastArrivalMs: Record<SideName, number> = { decision: 0, execution: 0 }
  private readonly listeners: Partial<Record<SideName, ((text: string) => void) | undefined>> = {}
  private readonly past: Record<SideName, string[]> = { decision: [], execution: [] }

  constructor(
    seed: number,
    private readonly time: VirtualTime,
    private readonly faults: FaultBoard,
  ) {
    this.random = new Xoshiro128(seed, LINK_STREAM)
  }

  /** The end of one side; a process that starts again listens anew. */
  end(side: SideName): Link {
    const other = side === 'decision' ? 'execution' : 'decision'
    return {
      send: (text) => this.send(other, text),
      listen: (listener) => {
        this.listeners[side] = listener
      },
      close: async () => {
        this.listeners[side] = undefined
      },
    }
  }

  private send(to: SideName, text: string): void {
    const latencyMs = this.random.integer(1, 5)
    this.remember(to, text)
    if (this.faults.under('link-partition')?.strikes()) return
    const loss = this.faults.under('link-loss', to)
    if (loss?.strikes(loss.fault.amount)) return
    this.carry(to, this.maybeCorrupt(to, text), latencyMs)

    const duplicate = this.faults.under('link-duplicate', to)
    if (duplicate?.strikes(duplicate.fault.amount)) {
      this.time.after(latencyMs + duplicate.random.integer(0, 2_000), () => this.deliver(to, text))
    }
    const replay = this.faults.under('link-replay', to)
    if (replay?.strikes(replay.fault.amount)) {
      const old = this.past[to][replay.random.integer(0, this.past[to].length - 1)]!
      this.time.after(latencyMs, () => this.deliver(to, old))
    }
  }

  /** In order behind what was sent before, unless it is held back for others to overtake. */
  private carry(to: SideName, text: string, latencyMs: number): void {
    const reorder = this.faults.under('link-reorder', to)
    if (reorder?.strikes(reorder.fault.amount)) {
      this.time.after(latencyMs + reorder.random.integer(5, 1_500), () => this.deliver(to, text))
      return
    }
    const delay = this.faults.under('link-delay', to)
    const extraMs = delay?.strikes() ? delay.random.integer(0, delay.fault.amount) : 0
    const atMs = Math.max(this.time.epochMs() + latencyMs + extraMs, this.lastArrivalMs[to])
    this.lastArrivalMs[to] = atMs
    this.time.at(atMs, () => this.deliver(to, text))
  }

  private maybeCorrupt(to: SideName, text: string): string {
    const corrupt = this.faults.under('link-corrupt', to)
    if (!corrupt?.strikes(corrupt.fault.amount)) return text
    const at = corrupt.random.integer(0, text.length - 1)
    switch (corrupt.random.integer(0, 3)) {
      case 0:
        return text.slice(0, at)
      case 1:
        return text.slice(0, at) + text.slice(at + 1)
      default: {
        const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << corrupt.random.integer(0, 6)))
        return text.slice(0, at) + flipped + text.slice(at + 1)
      }
    }
  }

  private deliver(to: SideName, text: string): void {
    this.listeners[to]?.(text)
  }

  private remember(to: SideName, text: string): void {
    const past = this.past[to]
    if (past.length === PAST_MESSAGES) past.shift()
    past.push(text)
  }
}

const LINK_STREAM = 0x117c
const PAST_MESSAGES = 128
