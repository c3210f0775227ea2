export type { Direction } from '../../base/direction.js'

/** Risk posture set by the survival stack, most to least permissive. Source: system bible §11.5. */
export type Posture = (typeof POSTURES)[number]

export const POSTURES = ['APEX', 'STALKER', 'TURTLE', 'HIBERNATE'] as const

/** A UTC date `YYYY-MM-DD`. */
export type IsoDate = string
