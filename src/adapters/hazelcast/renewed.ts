import type { HazelcastConnection } from './connection.js'
import type { HazelcastModule } from './failure.js'

/**
 * A proxy of a reference or a lock. It belongs to a group of members and not to a name: of a cluster that was lost and came
 * back the old one waits for a group that is gone. So it is fetched anew after every connection, and where the cluster says
 * that its group is gone.
 */
export class Renewed<Proxy> {
  private fetched: { readonly epoch: number; readonly proxy: Promise<Proxy> } | undefined

  constructor(
    private readonly module: HazelcastModule,
    private readonly connection: HazelcastConnection,
    private readonly fetch: () => Promise<Proxy>,
  ) {}

  get(): Promise<Proxy> {
    const { epoch } = this.connection
    if (this.fetched?.epoch === epoch) return this.fetched.proxy
    const fetched = { epoch, proxy: this.fetch() }
    this.fetched = fetched
    fetched.proxy.catch(() => this.forget(fetched))
    return fetched.proxy
  }

  /** Works with the proxy, and once more where its group was gone: what was asked of that was not done. */
  async use<T>(work: (proxy: Proxy) => Promise<T>): Promise<T> {
    const proxy = await this.get()
    const { fetched } = this
    try {
      return await work(proxy)
    } catch (error) {
      if (!(error instanceof this.module.CPGroupDestroyedError)) throw error
      this.forget(fetched)
      return await work(await this.get())
    }
  }

  private forget(fetched: object | undefined): void {
    if (this.fetched === fetched) this.fetched = undefined
  }
}
