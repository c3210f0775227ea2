import type { ReadResultSet, Ringbuffer } from 'hazelcast-client'
import { type GridStream, type GridStreamRead, GridUnavailable } from '../../ports/grid.js'
import { checkRead, checkText } from '../../ports/grid-arguments.js'
import type { ClientParts } from './hazelcast-map.js'
import { textOf } from './text.js'

/** A ring buffer of the cluster, which says itself how many entries it keeps. */
export class HazelcastStream implements GridStream {
  private opened: Promise<Ringbuffer<unknown>> | undefined
  /**
   * Reads that wait for an entry, by its number. The cluster has no end for them: whoever asks for the same entry again waits
   * with the one who gave up, so that no more than one of them waits there.
   */
  private readonly awaited = new Map<number, Promise<unknown>>()

  constructor(
    readonly name: string,
    private readonly parts: ClientParts,
  ) {}

  async append(value: string): Promise<number> {
    checkText(value)
    return await this.run('append to', async (buffer) => numberOf(await buffer.add(value)))
  }

  async bounds(): Promise<{ readonly oldest: number; readonly newest: number }> {
    return await this.run('bounds of', bounds)
  }

  async read(from: number, options: { readonly max: number; readonly waitMs?: number }): Promise<GridStreamRead> {
    checkRead(from, options)
    const { max, waitMs = 0 } = options
    const first = await this.readAtOnce(from, max)
    if (waitMs === 0 || first.kind === 'lost' || first.entries.length > 0) return first
    if (!(await this.comes(from, waitMs))) return first
    return await this.readAtOnce(from, max)
  }

  private readAtOnce(from: number, max: number): Promise<GridStreamRead> {
    return this.run('read of', async (buffer) => {
      for (;;) {
        const found = await buffer.readMany(from, 0, Math.min(max, READ_MAX))
        if (found.getReadCount() > 0) return await this.whatWasRead(buffer, from, found)
        const there = await bounds(buffer)
        if (from === there.newest + 1) return { kind: 'entries', entries: [] }
        if (from > there.newest) return { kind: 'lost', ...there }
        // An entry has come in between.
      }
    })
  }

  private async whatWasRead(
    buffer: Ringbuffer<unknown>,
    from: number,
    found: ReadResultSet<unknown>,
  ): Promise<GridStreamRead> {
    // The cluster answers from where it can: from the oldest that it keeps where that is asked for no more.
    if (firstOf(found) !== from) return { kind: 'lost', ...(await bounds(buffer)) }
    const entries = Array.from({ length: found.getReadCount() }, (_, i) => ({
      sequence: from + i,
      value: this.entryOf(found.get(i)),
    }))
    return { kind: 'entries', entries }
  }

  /** Whether an entry of this number, or one that has replaced it, comes within the wait. */
  private async comes(from: number, waitMs: number): Promise<boolean> {
    let timeout: NodeJS.Timeout | undefined
    const over = new Promise<boolean>((resolve) => {
      timeout = setTimeout(() => resolve(false), Math.min(waitMs, TIMER_MS_MAX))
    })
    try {
      const entry = async (buffer: Ringbuffer<unknown>): Promise<true> => {
        await this.entry(buffer, from)
        return true
      }
      return await this.run('wait for', async (buffer) => await Promise.race([entry(buffer), over]), waitMs)
    } finally {
      clearTimeout(timeout)
    }
  }

  private entry(buffer: Ringbuffer<unknown>, from: number): Promise<unknown> {
    const known = this.awaited.get(from)
    if (known !== undefined) return known
    const entry = buffer.readMany(from, 1, 1)
    this.awaited.set(from, entry)
    const over = (): void => {
      if (this.awaited.get(from) === entry) this.awaited.delete(from)
    }
    entry.then(over, over)
    return entry
  }

  private entryOf(value: unknown): string {
    const text = textOf(this.parts.module, value, this.of)
    if (text === undefined) throw new GridUnavailable('unsupported', `expected a text in ${this.of}, found none`)
    return text
  }

  private get of(): string {
    return `stream ${this.name}`
  }

  private run<T>(what: string, work: (buffer: Ringbuffer<unknown>) => Promise<T>, waitMs?: number): Promise<T> {
    return this.parts.calls.run(`${what} ${this.of}`, async () => await work(await this.open()), waitMs)
  }

  private open(): Promise<Ringbuffer<unknown>> {
    if (this.opened === undefined) {
      const opening = this.parts.client.getRingbuffer<unknown>(this.name)
      this.opened = opening
      opening.catch(() => {
        if (this.opened === opening) this.opened = undefined
      })
    }
    return this.opened
  }
}

/** The most that the client asks for at once. */
const READ_MAX = 1_000
/** A timer waits at most this long; the platform takes a longer one for 1 ms. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** The number of the first entry that was found. */
function firstOf(found: ReadResultSet<unknown>): number {
  return numberOf(found.getNextSequenceToReadFrom()) - found.getReadCount()
}

/** Both only grow, and the oldest is asked for first: they fit, unless the stream was lost in between. */
async function bounds(buffer: Ringbuffer<unknown>): Promise<{ readonly oldest: number; readonly newest: number }> {
  const oldest = numberOf(await buffer.headSequence())
  const newest = numberOf(await buffer.tailSequence())
  if (newest < oldest - 1) throw new GridUnavailable('indeterminate', 'was lost and begun anew while it was asked for')
  return { oldest, newest }
}

function numberOf(sequence: { toNumber(): number }): number {
  return sequence.toNumber()
}
