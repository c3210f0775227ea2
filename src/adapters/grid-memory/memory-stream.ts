import type { GridStream, GridStreamRead } from '../../ports/grid.js'
import { checkRead, checkText } from '../../ports/grid-arguments.js'
import type { MemoryClient } from './memory-client.js'
import type { StoredStream } from './stored-stream.js'

/** A stream as one client has it. */
export class MemoryStream implements GridStream {
  constructor(
    readonly name: string,
    private readonly client: MemoryClient,
    private readonly stored: StoredStream,
  ) {}

  async append(value: string): Promise<number> {
    checkText(value)
    this.client.checkOpen()
    return this.stored.append(value)
  }

  async bounds(): Promise<{ readonly oldest: number; readonly newest: number }> {
    this.client.checkOpen()
    return this.stored.bounds
  }

  async read(from: number, options: { readonly max: number; readonly waitMs?: number }): Promise<GridStreamRead> {
    checkRead(from, options)
    this.client.checkOpen()
    const { max, waitMs = 0 } = options
    const read = this.stored.read(from, max)
    if (waitMs === 0 || read.kind === 'lost' || read.entries.length > 0) return read
    await this.client.waitFor<void>(waitMs, (give) => this.stored.wait(give))
    return this.stored.read(from, max)
  }
}
