/**
 * What a skill holds in its hands: plain JSON that is frozen through and through, and that tells of every attempt to change it, also
 * where the skill swallows the error. Nothing leads from it to what others share: it has stand-ins for the prototypes, without their
 * constructors.
 */
export class JsonGuard {
  private readonly objectMethods: object
  private readonly arrayMethods: object

  /** @param mutated told of every attempt, with its place. */
  constructor(private readonly mutated: (path: string) => void) {
    this.objectMethods = this.watched(OBJECT_METHODS, 'the prototype of an object')
    this.arrayMethods = this.watched(ARRAY_METHODS, 'the prototype of an array')
  }

  /** A guarded copy. @param path for messages. */
  value<T>(value: T, path: string): T {
    if (typeof value !== 'object' || value === null) return value
    if (!Array.isArray(value)) return this.fields(value as Readonly<Record<string, unknown>>, path) as T
    const children = value.map((child, index) => this.value(child, `${path}[${index}]`))
    return this.watched(frozen(children, this.arrayMethods), path) as T
  }

  /**
   * A guarded copy of an object.
   *
   * @param undeclared told of every look at a field that is not there, by its name.
   */
  fields(
    fields: Readonly<Record<string, unknown>>,
    path: string,
    undeclared?: (name: string) => void,
  ): Readonly<Record<string, unknown>> {
    const entries = Object.entries(fields).map(([name, child]) => [name, this.value(child, `${path}.${name}`)])
    return this.object(Object.fromEntries(entries), path, undeclared)
  }

  /** As {@link fields}, of fields that are guarded already. */
  object<T extends object>(fields: T, path: string, undeclared?: (name: string) => void): T {
    return this.watched(frozen(fields, this.objectMethods), path, undeclared) as T
  }

  private watched(target: object, path: string, undeclared?: (name: string) => void): object {
    const tried = (succeeded: boolean) => {
      if (!succeeded) this.mutated(path)
      return succeeded
    }
    const looked = (key: string | symbol) => {
      if (undeclared !== undefined && typeof key === 'string' && !Object.hasOwn(target, key)) undeclared(key)
    }
    return new Proxy(target, {
      // On a frozen object each of these fails, but for one that changes nothing.
      set: (_, key, value, receiver) => tried(Reflect.set(target, key, value, receiver)),
      defineProperty: (_, key, descriptor) => tried(Reflect.defineProperty(target, key, descriptor)),
      deleteProperty: (_, key) => tried(Reflect.deleteProperty(target, key)),
      setPrototypeOf: (_, prototype) => tried(Reflect.setPrototypeOf(target, prototype)),
      ...(undeclared === undefined
        ? {}
        : {
            get: (_: object, key: string | symbol, receiver: unknown) => {
              looked(key)
              return Reflect.get(target, key, receiver)
            },
            has: (_: object, key: string | symbol) => {
              looked(key)
              return Reflect.has(target, key)
            },
            getOwnPropertyDescriptor: (_: object, key: string | symbol) => {
              looked(key)
              return Reflect.getOwnPropertyDescriptor(target, key)
            },
          }),
    })
  }
}

function frozen(target: object, methods: object | null): object {
  return Object.freeze(Object.setPrototypeOf(target, methods))
}

const OBJECT_METHODS = frozen(methodsOf(Object.prototype), null)
const ARRAY_METHODS = frozen({ ...methodsOf(Object.prototype), ...methodsOf(Array.prototype) }, null)

/** The methods of a prototype, without what leads back to it. */
function methodsOf(prototype: object): object {
  const descriptors = Object.getOwnPropertyDescriptors(prototype) as Record<string | symbol, PropertyDescriptor>
  return Object.fromEntries(
    Reflect.ownKeys(descriptors).flatMap((key) => {
      const method: unknown = descriptors[key]!.value
      return typeof method === 'function' && key !== 'constructor' ? [[key, method]] : []
    }),
  )
}
