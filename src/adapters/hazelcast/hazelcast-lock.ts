import type { FencedLock } from 'hazelcast-client'
import type { GridLock } from '../../ports/grid.js'
import { checkFence, checkWait } from '../../ports/grid-arguments.js'
import type { HazelcastModule } from './failure.js'
import type { ClientParts } from './hazelcast-map.js'
import { Renewed } from './renewed.js'

/** A fenced lock of the cluster's CP subsystem. */
export class HazelcastLock implements GridLock {
  private readonly proxy: Renewed<FencedLock>
  /** The last one that this client was given: those before are lost, since another one came after them. */
  private held: Holding | undefined

  constructor(
    readonly name: string,
    private readonly parts: ClientParts,
  ) {
    const { client, module, calls } = parts
    this.proxy = new Renewed(module, calls.connection, () => client.getCPSubsystem().getLock(name))
  }

  async acquire({ waitMs = 0 }: { readonly waitMs?: number } = {}): Promise<bigint | undefined> {
    checkWait(waitMs)
    let isWanted = true
    const work = (proxy: FencedLock) => this.tryLock(proxy, { waitMs, isWanted: () => isWanted })
    try {
      return await this.parts.calls.run(`acquire of ${this.of}`, () => this.proxy.use(work), waitMs)
    } catch (error) {
      isWanted = false
      throw error
    }
  }

  async release(fence: bigint): Promise<boolean> {
    checkFence(fence)
    return await this.parts.calls.run(`release of ${this.of}`, () => this.unlock(fence))
  }

  private get of(): string {
    return `lock ${this.name}`
  }

  private async tryLock(
    proxy: FencedLock,
    { waitMs, isWanted }: { readonly waitMs: number; readonly isWanted: () => boolean },
  ): Promise<bigint | undefined> {
    const token = await proxy.tryLock(Math.ceil(waitMs))
    if (token === undefined) return undefined
    if (!isWanted()) {
      // Granted after its caller was told that it was not: nobody else would let go of it.
      await proxy.unlock(token)
      return undefined
    }
    const fence = BigInt(token.toString())
    this.held = { fence, token, proxy }
    return fence
  }

  private async unlock(fence: bigint): Promise<boolean> {
    const { held } = this
    if (held?.fence !== fence) return false
    // Of a cluster that was lost and came back the lock is another one.
    const isSame = (await this.proxy.get()) === held.proxy
    const isReleased = isSame && (await unlocked(this.parts.module, held))
    if (this.held === held) this.held = undefined
    return isReleased
  }
}

async function unlocked(module: HazelcastModule, { proxy, token }: Holding): Promise<boolean> {
  try {
    await proxy.unlock(token)
    return true
  } catch (error) {
    const lost = [module.LockOwnershipLostError, module.IllegalMonitorStateError, module.CPGroupDestroyedError]
    if (lost.some((kind) => error instanceof kind)) return false
    throw error
  }
}

interface Holding {
  readonly fence: bigint
  readonly token: Awaited<ReturnType<FencedLock['lock']>>
  readonly proxy: FencedLock
}
