import { found, InputMistake } from '../../base/mistakes.js'
import { featureStoreKey, featureStoreMap } from '../../core/grid/shards.js'
import type { Grid } from '../../ports/grid.js'

/** Which feature of which symbol. */
export interface FeatureName {
  readonly symbol: string
  readonly feature: string
}

/**
 * Features of symbols by name, each symbol in one of ten maps: `DOLPHIN_FEATURE_STORE_NN["vel_div_BTCUSDT"]`. The maps are apart
 * from the order-book shards, whose keys are symbols and nothing else. Source: system bible §15.3; spec "The grid".
 *
 * Every call rejects as the grid's do, and with an InputMistake for a name that could be mistaken for another.
 */
export class ShardedFeatureStore {
  constructor(private readonly grid: Pick<Grid, 'map'>) {}

  /** @param text of the value: JSON, as everywhere in the grid. */
  async put(name: FeatureName, text: string): Promise<void> {
    const { map, key } = placeOf(name)
    await this.grid.map(map).set(key, text)
  }

  /** Undefined where there is none. */
  async get(name: FeatureName): Promise<string | undefined> {
    const { map, key } = placeOf(name)
    return this.grid.map(map).get(key)
  }

  async delete(name: FeatureName): Promise<void> {
    const { map, key } = placeOf(name)
    await this.grid.map(map).remove(key)
  }
}

/**
 * Map and key of a feature. The key is `feature_SYMBOL`, and both may have underscores: what begins the symbol is its first word
 * that has more than small letters and digits, so no two names share a key.
 *
 * @throws InputMistake for any other name.
 */
export function placeOf({ symbol, feature }: FeatureName): { readonly map: string; readonly key: string } {
  if (!FEATURE.test(feature)) {
    throw new InputMistake(
      `feature: expected small letters, digits and single underscores, a letter first, at most ${NAME_MAX} characters, found ${found(feature)}`,
    )
  }
  if (!SYMBOL.test(symbol) || SMALL_WORD.test(symbol)) {
    throw new InputMistake(
      `symbol: expected letters, digits, and . _ : / -, a capital before the first underscore, at most ${NAME_MAX} characters, found ${found(symbol)}`,
    )
  }
  return { map: featureStoreMap(symbol), key: featureStoreKey(feature, symbol) }
}

const NAME_MAX = 64
const FEATURE = /^(?=.{1,64}$)[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/
const SYMBOL = /^(?=.{1,64}$)[\p{L}\p{N}][\p{L}\p{N}._:/-]*$/u
/** Its first word could belong to the feature. */
const SMALL_WORD = /^[a-z0-9]*(?:_|$)/
