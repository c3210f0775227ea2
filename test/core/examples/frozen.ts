/** The same object, in which nothing can be changed any more. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const field of Object.values(value)) frozen(field)
  return Object.freeze(value)
}
