/** Windows in bars of the clock, and the least bars in them that must have a value. Source: spec "Books and features". */
export const FEATURE_WINDOWS = Object.freeze({
  imbalanceBars: 5,
  imbalanceBarsMin: 3,
  persistenceBars: 10,
  persistenceBarsMin: 5,
  changeBars: 5,
  medianBars: 720,
  medianBarsMin: 60,
  qualityMax: 3,
  fillBars: 120,
  fillBarsMin: 20,
})
