import type { GridConnection, GridStream } from '../../../ports/grid.js'

/**
 * The entry of a stream that was read last, and whether the stream still is the one that it was read from. Numbers of a stream that
 * was lost with its cluster and begun anew lead on as if nothing had happened, to other entries.
 */
export class LastEntry {
  private entry: { readonly sequence: number; readonly value: string } | undefined
  private isInQuestion = false

  /** @param signal aborted when nobody reads any more */
  constructor(
    private readonly stream: GridStream,
    connection: GridConnection,
    signal: AbortSignal,
  ) {
    const stop = connection.listen((state) => {
      if (state !== 'CONNECTED') this.isInQuestion = true
    })
    signal.addEventListener('abort', stop, { once: true })
  }

  read(entry: { readonly sequence: number; readonly value: string }): void {
    this.entry = entry
  }

  /** Asks the grid once after each loss of the connection, and rejects as it does. After a false it begins anew, too. */
  async isOfThisStream(): Promise<boolean> {
    const { entry, stream } = this
    if (!this.isInQuestion) return true
    this.isInQuestion = false
    if (entry === undefined) return true
    try {
      const read = await stream.read(entry.sequence, { max: 1 })
      // The oldest go, as they always do.
      if (read.kind === 'lost' ? read.oldest > entry.sequence : read.entries[0]?.value === entry.value) return true
    } catch (error) {
      this.isInQuestion = true
      throw error
    }
    this.entry = undefined
    return false
  }
}
