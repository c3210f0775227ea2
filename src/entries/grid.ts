/**
 * The grid, the system's shared memory: in this process or of a Hazelcast cluster, its documents, and what reads, writes and runs
 * on it. What stands where: {@link GRID_PLACES}.
 *
 * A cluster needs the package `hazelcast-client`, which is loaded when one is opened and not before.
 *
 * @example
 * ```ts
 * import { FEATURE_KEYS, GRID_MAPS, hazelcastGrid, readEigenScan, readHazelcastUrl } from 'dolphin-engine/grid'
 *
 * // `examples/grid-trader.mjs` does the same with a grid in its own process, and trades what it hears.
 * const grid = await hazelcastGrid({ ...readHazelcastUrl('hazelcast://127.0.0.1:5701'), listenerFailed: console.error })
 * const text = await grid.map(GRID_MAPS.features).get(FEATURE_KEYS.scan)
 * const reading = text === undefined ? undefined : readEigenScan(text)
 * if (reading !== undefined && 'value' in reading) console.log(reading.value.scanNumber, reading.value.velDiv)
 * await grid.close()
 * ```
 *
 * @module
 */

export { type GridFile, type GridFileSettings, openGridFile } from '../adapters/grid-memory/grid-file.js'
export { type MemoryGridSettings, memoryGrid } from '../adapters/grid-memory/memory-grid.js'
export { MemoryGridStore, type MemoryGridStoreSettings } from '../adapters/grid-memory/memory-grid-store.js'
export { hazelcastGrid } from '../adapters/hazelcast/hazelcast-grid.js'
export type { HazelcastLogLevel, HazelcastSettings } from '../adapters/hazelcast/hazelcast-settings.js'
export { type HazelcastAddress, readHazelcastUrl } from '../adapters/hazelcast/url.js'
export type { LiveBreakerSettings } from '../core/breaker/live-breaker.js'
export {
  type Assessment,
  type AssessmentRequest,
  assessTrades,
  type ClosedTrade,
} from '../core/forewarner/assessment.js'
export { CIRCUIT, type CircuitBreaker } from '../core/grid/circuit-breaker.js'
export type { DocumentOf, GridDocument, Reading, Versioned } from '../core/grid/document.js'
export { type Refusal, sayRefusal } from '../core/grid/document-check.js'
export { documentAt, GRID_PLACES, type GridPlace } from '../core/grid/documents.js'
export { type EigenScan, type EigenScanForm, LATEST_EIGEN_SCAN, readEigenScan } from '../core/grid/eigen-scan.js'
export { ACB_BOOST, ACB_STATE, EXTERNAL_FACTORS, FOREWARNER } from '../core/grid/feature-documents.js'
export { type GateSnap, gatesMoved } from '../core/grid/gate-snap.js'
export * from '../core/grid/names.js'
export { ORDER_BOOK, ORDER_BOOK_FEATURES, ORDER_BOOK_SHARD, UNIVERSE } from '../core/grid/order-book-documents.js'
export {
  ageOf,
  SCAN_AGE_LIMITS,
  type ScanAge,
  type ScanAgeLimits,
  type ScanCounts,
  ScanIntake,
  type ScanStamp,
  type ScanVerdict,
} from '../core/grid/scan-intake.js'
export { featureStoreKey, featureStoreMap, SHARD_MAPS, shardMap, shardOf } from '../core/grid/shards.js'
export { DAILY_RESULT, FLOW_STATE, SIGNALS, SUPERVISED_STATE, TRADER_STATE } from '../core/grid/trader-documents.js'
export {
  CERTIFICATE,
  FLOW_HEARTBEAT,
  META_HEALTH,
  PROBE,
  SAFETY,
  SERVICE_HEARTBEAT,
  STATUS,
} from '../core/grid/watch-documents.js'
export type * from '../ports/grid.js'
export { GridUnavailable } from '../ports/grid.js'
export type * from '../ports/scan-sink.js'
export type * from '../ports/vocabulary/eigen-scan.js'
export { type Attempted, GridCircuit, type GridCircuitSettings, type GridTime } from '../runtime/grid/grid-circuit.js'
export { type GridScanSinkParts, openGridScanSink } from '../runtime/grid/grid-scan-sink.js'
export {
  type DocumentFile,
  GridWriter,
  type GridWriterHealth,
  type GridWriterSettings,
  type WriterLimits,
} from '../runtime/grid/grid-writer.js'
export { type FeatureName, ShardedFeatureStore } from '../runtime/grid/sharded-feature-store.js'
export { type Arrival, type TextReader, WatchedKey, type WatchedKeySettings } from '../runtime/grid/watched-key.js'
export { WatchedMap, type WatchedMapSettings } from '../runtime/grid/watched-map.js'
export { type BreakerPorts, BreakerService } from '../runtime/services/breaker/breaker-service.js'
export type { ScanBridgeStart } from '../runtime/services/bridge/first-listing.js'
export { ScanBridge, type ScanBridgeFigures, type ScanBridgeParts } from '../runtime/services/bridge/scan-bridge.js'
export {
  type ForewarnerPorts,
  ForewarnerService,
  type ForewarnerSettings,
} from '../runtime/services/forewarner/forewarner-service.js'
export { recordedScans } from '../runtime/services/scan/recorded-scans.js'
export type { ScanReplay } from '../runtime/services/scan/replay-scans.js'
export { ReplayedScanner } from '../runtime/services/scan/replayed-scanner.js'
export type { Service, ServiceHealth, ServiceName, ServiceState } from '../runtime/services/service.js'
export { hostService, type ServiceEnd, type ServiceHostPorts } from '../runtime/services/service-host.js'
export { FixedPosture } from '../runtime/services/survival/fixed-posture.js'
export type { OrderBookSensor } from '../runtime/services/survival/grid-sensors.js'
export type { SurvivalPorts } from '../runtime/services/survival/posture-publisher.js'
export { SurvivalService, type SurvivalSettings } from '../runtime/services/survival/survival-service.js'
