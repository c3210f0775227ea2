/** Trading direction: −1 is SHORT (the champion), +1 is LONG. */
export type Direction = -1 | 1

/** Risk posture set by the survival stack, most to least permissive. Source: system bible §11.5. */
export type Posture = 'APEX' | 'STALKER' | 'TURTLE' | 'HIBERNATE'

/** A UTC date `YYYY-MM-DD`. */
export type IsoDate = string
