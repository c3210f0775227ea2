import { FEATURE_KEYS } from '../src/core/grid/names.js'
import type { Grid, GridMap } from '../src/ports/grid.js'

/** The same grid; `heard` is told of a scan just before whoever listens to the key is. */
export function heardGrid(grid: Grid, heard: () => void): Grid {
  const map = (name: string): GridMap => {
    const own = grid.map(name)
    return {
      name,
      get: (key) => own.get(key),
      getAll: (keys) => own.getAll(keys),
      set: (key, value, options) => own.set(key, value, options),
      setAll: (entries) => own.setAll(entries),
      remove: (key) => own.remove(key),
      keys: () => own.keys(),
      listen: (listener, options) =>
        own.listen((event) => {
          if (event.key === FEATURE_KEYS.scan) heard()
          listener(event)
        }, options),
    }
  }
  return {
    map,
    reference: (name) => grid.reference(name),
    lock: (name) => grid.lock(name),
    stream: (name) => grid.stream(name),
    connection: grid.connection,
    close: () => grid.close(),
  }
}
