import type { GridLock } from '../../ports/grid.js'
import { checkFence, checkWait } from '../../ports/grid-arguments.js'
import type { MemoryClient } from './memory-client.js'
import type { StoredLock } from './stored-lock.js'

/** A lock as one client has it: lost only with the client, since nobody in one process can be silent and go on. */
export class MemoryLock implements GridLock {
  constructor(
    readonly name: string,
    private readonly client: MemoryClient,
    private readonly stored: StoredLock,
  ) {}

  async acquire({ waitMs = 0 }: { readonly waitMs?: number } = {}): Promise<bigint | undefined> {
    checkWait(waitMs)
    this.client.checkOpen()
    const fence = this.stored.acquire(this.client)
    if (fence !== undefined || waitMs === 0) return fence
    return await this.client.waitFor<bigint>(waitMs, (give) => this.stored.wait(this.client, give))
  }

  async release(fence: bigint): Promise<boolean> {
    checkFence(fence)
    this.client.checkOpen()
    return this.stored.release(this.client, fence)
  }
}
