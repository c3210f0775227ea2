import { setTimeout } from 'node:timers/promises'
import type { Client, IAtomicReference } from 'hazelcast-client'

/**
 * What has to be reached behind the client's surface, all of it here. Each function does without where the client has
 * changed: then a test of this folder fails, and no program.
 */

/**
 * A reference that can ask for "no value". The client writes null as a value of its own, which is none of the values that a
 * reference without a value is equal to: so `compareAndSet(null, …)` never won a fresh reference. With no value in the
 * message it is what the protocol means by null.
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
 * Resolves once every listener is heard again at the connection that was made, while `isStill` so. The client says that it is
 * connected when it has asked for that: a change behind what somebody reads at that moment, and before the listener is there,
 * would never be told. One that was refused it drops for good: that is asked for again.
 */
export async function listenersAreBack(client: Client, isStill: () => boolean): Promise<void> {
  const { listenerService, connectionRegistry } = client as unknown as Partial<ClientInside>
  for (let waits = 1; isStill(); waits++) {
    const registrations = [...(listenerService?.registrations?.values() ?? [])]
    if (registrations.every(({ connectionRegistrations }) => connectionRegistrations.size > 0)) return
    if (waits % WAITS_FOR_ANSWER === 0) {
      for (const connection of connectionRegistry?.getConnections?.() ?? []) {
        listenerService?.reregisterListenersOnConnection?.(connection)
      }
    }
    await setTimeout(WAIT_MS)
  }
}

const WAIT_MS = 5
const WAITS_FOR_ANSWER = 400

/** The client keeps listeners that were taken away, and has them told again after each reconnection. */
export function forgetListener(client: Client, id: string): void {
  const { listenerService } = client as unknown as Partial<ClientInside>
  listenerService?.registrations?.delete(id)
}

/**
 * Ends the client, without leave of the cluster where that does not answer within `withinMs`: the client says goodbye to its
 * lock sessions first, and waits for ever when their majority is lost. Its locks expire then.
 */
export async function shutDown(client: Client, withinMs: number): Promise<void> {
  const inside = client as unknown as Partial<ClientInside>
  const ending = new AbortController()
  const patience = setTimeout(withinMs, undefined, { signal: ending.signal }).then(
    () => inside.invocationService?.shutdown?.(),
    () => {},
  )
  try {
    await client.shutdown()
  } finally {
    ending.abort()
    await patience
  }
}

interface AtomicRefProxy {
  toData(value: unknown): unknown
}

interface ClientInside {
  readonly nearCacheManager: { clearAllNearCaches?(): void }
  readonly invocationService: { shutdown?(): void }
  readonly listenerService: {
    readonly registrations?: Map<string, { readonly connectionRegistrations: ReadonlyMap<unknown, unknown> }>
    reregisterListenersOnConnection?(connection: unknown): void
  }
  readonly connectionRegistry: { getConnections?(): readonly unknown[] }
}
