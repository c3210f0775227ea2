import { join } from 'node:path'
import { scanFileName } from '../../adapters/arrow/scan-archive.js'
import { encodeScan } from '../../adapters/arrow/scan-encoder.js'
import { arrowScanFolder } from '../../adapters/arrow/scan-folder.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { CHAMPION_CONFIG, loadConfig } from '../../config/strategy-config.js'
import { shardMap } from '../../core/grid/shards.js'
import { ChampionStrategy } from '../../core/strategy/champion.js'
import { writeAtomically } from '../../files/whole-file.js'
import type { Grid } from '../../ports/grid.js'
import { ScanBridge } from '../../runtime/services/bridge/scan-bridge.js'
import { SurvivalService } from '../../runtime/services/survival/survival-service.js'
import { LiveTraderProbe } from '../../runtime/verification/live-trader-probe.js'
import { orderBookPath } from '../../runtime/verification/order-book-path.js'
import type { SignalPath } from '../../runtime/verification/path-verification.js'
import { posturePath } from '../../runtime/verification/posture-path.js'
import { scanPath } from '../../runtime/verification/scan-path.js'
import { type TraderProbe, traderPath } from '../../runtime/verification/trader-path.js'
import { gridTime } from './grid-parts.js'

export interface VerifiedPathsSettings {
  /** The grid that is verified, under names that nobody else uses. */
  readonly grid: Grid
  /** A folder that is this verification's own. */
  readonly folder: string
  /** What the services say meanwhile. */
  tell(text: string): void
  /** Whose trader is verified: the champion's, unless another is given. */
  readonly trader?: TraderProbe
}

/** The four paths of the system, each with services of its own that run nowhere else. Source: system bible §23.1. */
export function verifiedPaths({ grid, folder, tell, trader }: VerifiedPathsSettings): readonly SignalPath[] {
  const clock = systemClock
  return [
    orderBookPath({ grid, clock, write: (symbol, features) => grid.map(shardMap(symbol)).set(symbol, features) }),
    scanPath({
      grid,
      clock,
      writeFile: (scan) => writeAtomically(join(folder, scanFileName(scan)), encodeScan(scan)),
      bridge: () => new ScanBridge({ folder: arrowScanFolder(folder), grid, clock, start: 'newest', tell }),
    }),
    traderPath({ grid, clock, trader: trader ?? championProbe() }),
    posturePath({
      grid,
      clock,
      survival: () =>
        new SurvivalService({ everyMs: SURVIVAL_EVERY_MS, orderBook: 'none' }, { grid, clock, warn: tell }),
    }),
  ]
}

/** The packaged champion, stepped by the live trader. */
function championProbe(): TraderProbe {
  const { parameters, direction, strategy, initialCapital } = loadConfig(CHAMPION_CONFIG)
  const champion = new ChampionStrategy({ id: strategy, parameters, direction, initialCapital })
  return new LiveTraderProbe({ clock: systemClock, time: gridTime, random: Math.random, strategy: champion })
}

/** Good news counts with the regular looks at the sensors: a verification does not wait 5 s for each. */
const SURVIVAL_EVERY_MS = 250
