export const VERSION: string
export const CACHE: string
export const JAR: string
export const CLUSTER: string

export function fetchJar(): string
export function freePorts(count: number): Promise<number[]>
export function writeConfiguration(
  folder: string,
  settings: {
    readonly ports: readonly number[]
    readonly cluster?: string
    readonly streamCapacity?: number
    readonly silentSeconds?: number
  },
): string

export interface MemberStart {
  readonly configurationPath: string
  readonly port: number
  /** How many there are once it is ready. */
  readonly members: number
  readonly hasReferences: boolean
  readonly logFile: string
  readonly detached?: boolean
}

export interface StartedMember {
  readonly pid: Promise<number>
  /** How it ended. */
  readonly ended: Promise<string>
  ready(): Promise<void>
}

export function startMember(start: MemberStart): StartedMember
