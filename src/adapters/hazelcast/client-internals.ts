import type { Client, IAtomicReference } from 'hazelcast-client'

/**
 * What has to be reached behind the client's surface, all of it here. Each function does without where the client has changed: then a test of this folder fails, and no program.
 */

/**
 * A reference that can ask for "no value". The client writes null as a value of its own, which is none of the values that a reference without a
 * value is equal to: so `compareAndSet(null, …)` never won a fresh reference. With no value in the message it is what the protocol means by null.
 */
export function withNull(reference: IAtomicReference<string>): IAtomicReference<string | null> {
  const inside = reference as IAtomicReference<string | null> & Partial<AtomicRefProxy>
  const toData = inside.toData?.bind(inside)
  if (toData !== undefined) inside.toData = (value) => (value === null ? null : toData(value))
  return inside
}

/** The client looks its settings of a map up in an object, where `constructor` is a name, too. */
export function withOwnNamesOnly(client: Client): Client {
  const { nearCaches } = client.getConfig()
  if (nearCaches !== undefined) Object.setPrototypeOf(nearCaches, null)
  return client
}

/** Near caches hear nothing while the connection is lost. */
export function clearNearCaches(client: Client): void {
  const { nearCacheManager } = client as unknown as Partial<ClientInside>
  nearCacheManager?.clearAllNearCaches?.()
}

/**
 * Ends the client, without leave of the cluster where that does not answer within `withinMs`: the client says goodbye to its lock sessions
 * first, and waits for ever when their majority is lost. Its locks expire then.
 */
export async function shutDown(client: Client, withinMs: number): Promise<void> {
  const inside = client as unknown as Partial<ClientInside>
  const timeout = setTimeout(() => inside.invocationService?.shutdown?.(), withinMs)
  try {
    await client.shutdown()
  } finally {
    clearTimeout(timeout)
  }
}

interface AtomicRefProxy {
  toData(value: unknown): unknown
}

interface ClientInside {
  readonly nearCacheManager: { clearAllNearCaches?(): void }
  readonly invocationService: { shutdown?(): void }
}
