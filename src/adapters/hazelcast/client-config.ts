import type { ClientConfig, ILogger, LifecycleState, NearCacheConfig } from 'hazelcast-client'
import type { NearCacheSettings } from '../../ports/grid.js'
import type { HazelcastModule } from './failure.js'
import type { HazelcastSettings } from './hazelcast-settings.js'

/** How the client is made, each value with its reason. */
export function clientConfig(module: HazelcastModule, settings: HazelcastSettings, told: ClientTold): ClientConfig {
  const { members, cluster, nearCaches = {}, silentMs = SILENT_MS, log = () => {} } = settings
  return {
    clusterName: cluster,
    network: {
      clusterMembers: [...members],
      // One connection, through which everything is heard. With one to each member a listener silently misses what happens at
      // a member that has joined until it is connected to that, up to a second, and so do backups that are to be
      // acknowledged.
      smartRouting: false,
      connectionTimeout: CONNECT_MS,
      // A call that may have been carried out is not made again.
      redoOperation: false,
    },
    connectionStrategy: {
      asyncStart: true,
      reconnectMode: module.ReconnectMode.ASYNC,
      connectionRetry: {
        initialBackoffMillis: 100,
        maxBackoffMillis: 2_000,
        multiplier: 1.5,
        jitter: 0.2,
        clusterConnectTimeoutMillis: -1,
      },
    },
    nearCaches: Object.fromEntries(
      Object.entries(nearCaches).map(([name, near]) => [name, nearCache(module, near)] as const),
    ),
    serialization: { jsonStringDeserializationPolicy: module.JsonStringDeserializationPolicy.NO_DESERIALIZATION },
    lifecycleListeners: [told.state],
    membershipListeners: [{ memberAdded: told.members, memberRemoved: told.members }],
    customLogger: logger(log),
    metrics: { enabled: false },
    properties: {
      'hazelcast.logging.level': 'INFO',
      // A member that is silent for so long is left. A handshake that is refused hangs for as long.
      'hazelcast.client.heartbeat.interval': 1_000,
      'hazelcast.client.heartbeat.timeout': silentMs,
      // Of what a member says may be tried again, a listener's registration above all; whoever asked has been told before.
      'hazelcast.client.invocation.timeout.millis': 10_000,
    },
  }
}

const CONNECT_MS = 2_000
const SILENT_MS = 3_000

/** What the client tells of itself. */
export interface ClientTold {
  state(state: LifecycleState): void
  members(): void
}

/** Whole seconds: an entry is asked for again no later than is asked for, but not more often than once a second. */
function nearCache(module: HazelcastModule, { ttlMs, entriesMax }: NearCacheSettings): NearCacheConfig {
  return {
    timeToLiveSeconds: Math.max(1, Math.floor(ttlMs / 1_000)),
    evictionMaxSize: entriesMax,
    evictionPolicy: module.EvictionPolicy.LRU,
    invalidateOnChange: true,
    inMemoryFormat: module.InMemoryFormat.OBJECT,
  }
}

function logger(log: NonNullable<HazelcastSettings['log']>): ILogger {
  const tell = (level: Parameters<typeof log>[0]) => (place: string, message: string, further?: unknown) => {
    const more = further instanceof Error ? `: ${further.message}` : ''
    log(level, `${place}: ${message}${more}`)
  }
  const silent = (): void => {}
  return { log: silent, error: tell('error'), warn: tell('warning'), info: tell('info'), debug: silent, trace: silent }
}
