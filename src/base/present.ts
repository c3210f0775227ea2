/** `T` without undefined: a field that may be undefined may be absent instead, the others stay. */
export type Present<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The fields that are not undefined: an optional field is absent or has a value, and is never undefined itself. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)) as Present<T>
}
