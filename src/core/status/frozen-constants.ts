import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { ACB } from '../breaker/breaker.js'
import { CHAMPION } from '../engine/parameters.js'
import { POSTURE_LEVELS, SURVIVAL } from '../survival/survival.js'

/**
 * First 16 hex digits of the SHA-256 over every frozen constant: champion, daily breaker, survival stack. Source: system
 * bible §19. One that is loosened in the code shows here.
 */
export const CONSTANTS_HASH: string = bytesToHex(
  sha256(
    utf8ToBytes(
      canonicalJson({
        champion: CHAMPION,
        breaker: ACB,
        survival: SURVIVAL,
        // The lowest level has no threshold of its own, and −∞ is no JSON.
        postures: POSTURE_LEVELS.map(([posture, least]) => [posture, Number.isFinite(least) ? least : null]),
      }),
    ),
  ),
).slice(0, 16)
