import type { GridStream } from '../../src/ports/grid.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { FakeGrid } from './fake-grid.js'

/** A fake grid whose reads of a stream that find nothing wait as they are asked to. */
export class WaitingGrid extends FakeGrid {
  constructor(private readonly time: VirtualTime) {
    super()
  }

  override stream(name: string): GridStream {
    const stream = super.stream(name)
    return {
      ...stream,
      read: async (from, options) => {
        const read = await stream.read(from, options)
        if (read.kind === 'lost' || read.entries.length > 0) return read
        await this.time.sleep(options.waitMs ?? 0)
        return stream.read(from, options)
      },
    }
  }
}
