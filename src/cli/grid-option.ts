import { found } from '../base/mistakes.js'
import type { OptionCheck } from './shell/option-check.js'

/** Where a grid that several processes share is found; checked by {@link aSharedGrid}. */
export const GRID_OPTION = '--grid <url>'

/** The grid in the memory of this process. */
export const EMBEDDED_GRID = 'embedded'
export const SHARED_GRID_EXPECTED = 'expected hazelcast://host:port[,host:port…]'

/** Whether other processes see that grid, too. */
export function isSharedGrid(url: string): boolean {
  return /^hazelcast:\/\/[^\s/,:]+:\d{1,5}(,[^\s/,:]+:\d{1,5})*$/.test(url)
}

export function aSharedGrid(check: OptionCheck, url: string): string | undefined {
  return isSharedGrid(url) ? url : check.wrong('--grid', `${SHARED_GRID_EXPECTED}, found ${found(url)}`)
}
