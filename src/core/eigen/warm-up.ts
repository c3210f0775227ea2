import { SCAN_WINDOWS } from '../../ports/vocabulary/scan.js'

/** Prices up to and with the first scan: the longest window's returns, and one more for its velocity. */
export const PRICES_TO_FIRST_SCAN = SCAN_WINDOWS.at(-1)! + 2
