import { type HarnessFactor, PERMISSIONS, type Permission } from '../../ports/vocabulary/harness.js'

/**
 * What the factor layer says, also where it says nothing: one that is not implemented is bypassed and permits everything, one that is
 * implemented and silent denies everything. Source: execution harness contract §2 "Unknown States"; spec "Conditions", "Validation".
 */
export interface FactorLayer {
  readonly voice: 'SPOKEN' | 'BYPASSED' | 'SILENT'
  /** Of the factor's state, or `BYPASSED`: what an order names as its permission (EXE-2). null: nothing permits. */
  readonly permissionId: string | null
  readonly permitted: Readonly<Record<Permission, boolean>>
  /** 0 … 1. */
  readonly sizeMultiplier: number
}

export function factorLayer(factor: HarnessFactor | null | undefined, isImplemented: boolean): FactorLayer {
  if (factor === null || factor === undefined) return isImplemented ? SILENT : BYPASSED
  return {
    voice: 'SPOKEN',
    permissionId: factor.stateId,
    permitted: each((permission) => factor.permitted[permission] === true),
    sizeMultiplier: factor.sizeMultiplier,
  }
}

const BYPASSED: FactorLayer = Object.freeze({
  voice: 'BYPASSED',
  permissionId: 'BYPASSED',
  permitted: Object.freeze(each(() => true)),
  sizeMultiplier: 1,
})

const SILENT: FactorLayer = Object.freeze({
  voice: 'SILENT',
  permissionId: null,
  permitted: Object.freeze(each(() => false)),
  sizeMultiplier: 0,
})

function each(permits: (permission: Permission) => boolean): Record<Permission, boolean> {
  return Object.fromEntries(PERMISSIONS.map((permission) => [permission, permits(permission)])) as Record<
    Permission,
    boolean
  >
}
