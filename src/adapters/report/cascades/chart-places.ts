/** Places of a chart's three panels, in units of its SVG, which is as wide as its card. The page's script has them, too. */
export const CHART = {
  width: 960,
  height: 488,
  left: 70,
  right: 946,
  price: { top: 34, bottom: 232 },
  interest: { top: 244, bottom: 348 },
  forced: { top: 360, bottom: 460 },
  /** Of a panel's name, above what it shows. */
  nameHeight: 20,
} as const

/** A tenth of a unit is a fraction of a pixel. */
export function round(value: number): number {
  return Math.round(value * 10) / 10
}
