import type { ModuleContract } from './contract-table.js'

/** Layers 1 and 2, and the assumptions of layer 6. */
export const OBSERVING_CONTRACTS: readonly ModuleContract[] = []
