import { KERNELS_WASM } from './kernels.wasm.js'
import { Refusal } from './refusal.js'

/** Compiles the kernels. The module can be posted to workers, which then share its machine code. */
export function compileKernels(): WebAssembly.Module {
  return new WebAssembly.Module(Buffer.from(KERNELS_WASM, 'base64'))
}

/** The functions of `kernels.wat`; see there for what each does and promises. */
interface KernelExports {
  readonly memory: WebAssembly.Memory
  snappy(src: number, srcEnd: number, dst: number, dstEnd: number): number
  gather(src: number, srcEnd: number, width: number, count: number, dict: number, entries: number, out: number): number
  levels(src: number, srcEnd: number, count: number, out: number): number
  spread(levels: number, count: number, src: number, out: number, missing: bigint): void
  delta(src: number, srcEnd: number, count: number, narrow: number, out: number): number
  unsplit(src: number, count: number, width: number, out: number): void
  scale(at: number, count: number, factor: bigint, bound: bigint): number
  float(at: number, count: number, unsigned: number): void
  checksum(at: number, size: number): bigint
}

const PAGE_BYTES = 65_536
/** Free bytes kept behind every region: the kernels' wide loads and stores may touch that much. */
const SLACK = 32
const MEMORY_MAX = 2 ** 31

/**
 * One instance of the kernels and its memory: the file at offset 0, then regions handed out by `reserve` until `release`.
 * Views are remade when the memory grows, so they are fetched where they are used and never kept.
 */
export class Kernels {
  readonly run: KernelExports
  private top = 0
  private buffer: ArrayBuffer
  private byteView: Uint8Array
  private dataView: DataView

  constructor(module: WebAssembly.Module = compileKernels()) {
    this.run = new WebAssembly.Instance(module).exports as unknown as KernelExports
    this.buffer = this.run.memory.buffer
    this.byteView = new Uint8Array(this.buffer)
    this.dataView = new DataView(this.buffer)
  }

  /** All of the memory as bytes; valid until the next `reserve`. */
  get bytes(): Uint8Array {
    return this.byteView
  }

  /** All of the memory as a view; valid until the next `reserve`. */
  get view(): DataView {
    return this.dataView
  }

  /** Room for a file at the start of the memory, so that its offsets are the memory's; all regions are given up. */
  fileRoom(size: number): Uint8Array {
    this.top = 0
    this.reserve(size)
    return this.bytes.subarray(0, size)
  }

  /** A region of `size` bytes, 16-byte aligned, its content undefined. */
  reserve(size: number): number {
    const at = this.top
    const end = at + size + SLACK
    if (end > MEMORY_MAX) throw new Refusal('a file that decodes within 2 GiB', `one that needs ${end} bytes at least`)
    if (end > this.buffer.byteLength) this.grow(end)
    this.top = (end + 15) & ~15
    return at
  }

  /** What has been reserved so far, for `release`. */
  mark(): number {
    return this.top
  }

  /** Gives up everything reserved since `mark`. */
  release(mark: number): void {
    this.top = mark
  }

  private grow(bytes: number): void {
    // Growing by half as much again keeps a run over days of rising size from growing at every file.
    const wanted = Math.min(Math.max(bytes, this.buffer.byteLength * 1.5), MEMORY_MAX)
    this.run.memory.grow(Math.ceil((wanted - this.buffer.byteLength) / PAGE_BYTES))
    this.buffer = this.run.memory.buffer
    this.byteView = new Uint8Array(this.buffer)
    this.dataView = new DataView(this.buffer)
  }
}
