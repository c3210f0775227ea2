/**
 * What a skill holds in its hands: plain JSON that is frozen through and through, and that tells of every attempt to change it, also
 * where the skill swallows the error. Nothing leads from it to what others share: it has the methods of objects and arrays without
 * their prototypes.
 */
export class JsonGuard {
  private readonly objects: Watch
  private readonly arrays: Watch

  /** @param mutated told of every attempt, with the field that it was made on. */
  constructor(private readonly mutated: (field: string) => void) {
    this.objects = new Watch(mutated, OBJECT_METHODS)
    this.arrays = new Watch(mutated, ARRAY_METHODS)
  }

  /** A guarded copy. */
  value<T>(value: T): T {
    if (typeof value !== 'object' || value === null) return value
    if (!Array.isArray(value)) return this.fields(value)
    const children = value.map((child) => this.value(child))
    return new Proxy(Object.freeze(Object.setPrototypeOf(children, null)), this.arrays) as T
  }

  /**
   * A guarded copy of an object.
   *
   * @param undeclared told of every look at a field that is not there, by its name.
   */
  fields<T extends object>(fields: T, undeclared?: (name: string) => void): T {
    const copy = new Bare()
    for (const name of Object.keys(fields)) copy[name] = this.value(fields[name as keyof T])
    return this.watched(copy, undeclared) as T
  }

  /** An object of values that are guarded already. */
  object<T extends object>(guarded: T): T {
    return this.watched(Object.assign(new Bare(), guarded)) as T
  }

  private watched(copy: object, undeclared?: (name: string) => void): object {
    const watch = undeclared === undefined ? this.objects : new Watch(this.mutated, OBJECT_METHODS, undeclared)
    return new Proxy(Object.freeze(copy), watch)
  }
}

/** An object whose prototype has nothing and leads nowhere: five times as fast to make as one without a prototype. */
class Bare {
  [name: string]: unknown

  static {
    Reflect.deleteProperty(Bare.prototype, 'constructor')
    Object.freeze(Object.setPrototypeOf(Bare.prototype, null))
  }
}

class Watch implements ProxyHandler<object> {
  constructor(
    private readonly mutated: (field: string) => void,
    private readonly methods: Methods,
    private readonly undeclared?: (name: string) => void,
  ) {}

  // On a frozen object each of these four fails, but for one that changes nothing.
  set(target: object, key: string | symbol, value: unknown, receiver: unknown): boolean {
    return this.tried(Reflect.set(target, key, value, receiver), key)
  }

  defineProperty(target: object, key: string | symbol, descriptor: PropertyDescriptor): boolean {
    return this.tried(Reflect.defineProperty(target, key, descriptor), key)
  }

  deleteProperty(target: object, key: string | symbol): boolean {
    return this.tried(Reflect.deleteProperty(target, key), key)
  }

  setPrototypeOf(target: object, prototype: object | null): boolean {
    return this.tried(Reflect.setPrototypeOf(target, prototype), '__proto__')
  }

  get(target: object, key: string | symbol): unknown {
    if (Object.hasOwn(target, key)) return Reflect.get(target, key)
    // Whoever looks for a prototype looks for what others share.
    if (key === '__proto__') return this.mutated(key)
    this.looked(target, key)
    return this.methods.get(key)
  }

  has(target: object, key: string | symbol): boolean {
    this.looked(target, key)
    return Reflect.has(target, key)
  }

  getOwnPropertyDescriptor(target: object, key: string | symbol): PropertyDescriptor | undefined {
    this.looked(target, key)
    return Reflect.getOwnPropertyDescriptor(target, key)
  }

  private tried(succeeded: boolean, field: string | symbol): boolean {
    if (!succeeded) this.mutated(String(field))
    return succeeded
  }

  private looked(target: object, key: string | symbol): void {
    if (this.undeclared !== undefined && typeof key === 'string' && !Object.hasOwn(target, key)) this.undeclared(key)
  }
}

type Methods = ReadonlyMap<string | symbol, unknown>

const OBJECT_METHODS: Methods = new Map(methodsOf(Object.prototype))
const ARRAY_METHODS: Methods = new Map([...methodsOf(Object.prototype), ...methodsOf(Array.prototype)])

/** The methods of a prototype, without what leads back to it. */
function methodsOf(prototype: object): (readonly [string | symbol, unknown])[] {
  const descriptors = Object.getOwnPropertyDescriptors(prototype) as Record<string | symbol, PropertyDescriptor>
  return Reflect.ownKeys(descriptors).flatMap((key) => {
    const method: unknown = descriptors[key]!.value
    return typeof method === 'function' && key !== 'constructor' ? [[key, method] as const] : []
  })
}
