import type { DayColumns } from '../../ports/days.js'
import { type Plant, plantedCascades } from './planted-cascades.js'
import { PlantedPath } from './planted-path.js'
import { type SynthSpec, synthesizeDay } from './synthesize.js'
import { syntheticAssets } from './synthetic-assets.js'

/** A day of a market with cascades: but for the prices of the planted symbols while a cascade is, the day of the one without. */
export function synthesizePlantedDay(spec: SynthSpec, plant: Plant, dayIndex: number): DayColumns {
  const day = synthesizeDay(spec, dayIndex)
  const prices = [...day.prices]
  for (const [i, asset] of syntheticAssets(spec.assets).entries()) {
    if (!plant.symbols.includes(asset.symbol)) continue
    prices[i] = new PlantedPath(day, asset, plantedCascades(spec, plant, dayIndex, asset.symbol)).prices()
  }
  return { ...day, prices }
}
