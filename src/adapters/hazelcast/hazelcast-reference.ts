import type { IAtomicReference } from 'hazelcast-client'
import type { GridReference } from '../../ports/grid.js'
import { checkText } from '../../ports/grid-arguments.js'
import { withNull } from './client-internals.js'
import type { ClientParts } from './hazelcast-map.js'
import { Renewed } from './renewed.js'
import { textOf } from './text.js'

/** A reference of the cluster's CP subsystem. */
export class HazelcastReference implements GridReference {
  private readonly proxy: Renewed<IAtomicReference<string | null>>

  constructor(
    readonly name: string,
    private readonly parts: ClientParts,
  ) {
    const { client, module, calls } = parts
    const fetch = async () => withNull(await client.getCPSubsystem().getAtomicReference<string>(name))
    this.proxy = new Renewed(module, calls.connection, fetch)
  }

  async get(): Promise<string | undefined> {
    return await this.run('get', async (proxy) => textOf(this.parts.module, await proxy.get(), this.of))
  }

  async set(value: string): Promise<void> {
    checkText(value)
    await this.run('set', (proxy) => proxy.set(value))
  }

  async compareAndSet(expected: string | undefined, next: string): Promise<boolean> {
    if (expected !== undefined) checkText(expected)
    checkText(next)
    return await this.run('compareAndSet', (proxy) => proxy.compareAndSet(expected ?? null, next))
  }

  private get of(): string {
    return `reference ${this.name}`
  }

  private run<T>(what: string, work: (proxy: IAtomicReference<string | null>) => Promise<T>): Promise<T> {
    return this.parts.calls.run(`${what} of ${this.of}`, () => this.proxy.use(work))
  }
}
