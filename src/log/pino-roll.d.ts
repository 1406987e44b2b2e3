declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events'

  export interface RollingStream extends EventEmitter {
    /** Path of the file being written. */
    readonly file: string
    write(line: string): void
  }

  export default function roll(options: {
    readonly file: string
    readonly dateFormat: string
    readonly frequency: 'daily'
    /** Megabytes. */
    readonly size: number
    readonly sync: boolean
    readonly maxLength: number
    readonly mode: number
  }): Promise<RollingStream>
}
