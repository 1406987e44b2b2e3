// Kills and waits at named points. A point is a wait in a trigger that only this test installs (scene.sql), for a lock that only it
// holds. So the seed decides who stops where, not the machine.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../../src/db/connection.ts'

export const POINTS = [
  'opens deteccao',
  'found',
  'counts',
  'closes deteccao',
  'parts',
  'opens correcao',
  'images',
  'opens autoverificacao',
  'status',
  'closes correcao',
  'ends',
  'commits',
  'seals',
  'opens aprovacao',
  'decided',
  'closes aprovacao',
  'opens reversao',
  'closes reversao',
] as const
export type Point = (typeof POINTS)[number]

const LOCKS = 20261130
/** Milliseconds before we ask the server who waits; longer each time, because answering costs it more than the waiting does. */
const FIRST_LOOK = 3
const later = (wait: number) => Math.min(2 * wait, 25)

/** Something under way that was stopped at a point. */
export interface Halted {
  readonly pid: number
  /** Ends what is stopped, as kill -9 of its client or loss of its connection would. */
  kill(): Promise<void>
  /** Lets it continue, and waits until it has ended. */
  goOn(): Promise<void>
}

/** @param keeper one connection, which holds the locks; @param sql observes, as a superuser */
export class Points {
  readonly #keeper: Sql
  readonly #sql: Sql
  constructor(keeper: Sql, sql: Sql) {
    this.#keeper = keeper
    this.#sql = sql
  }

  /**
   * Runs work on the connections with one name until it reaches the point, or ends elsewhere.
   * @returns what is stopped there; undefined if the work has ended
   */
  async stop(point: Point, name: string, work: () => Promise<unknown>): Promise<Halted | undefined> {
    const lock = `${point} / ${name}`
    await this.#keeper`select pg_advisory_lock(${LOCKS}, abs(hashtext(${lock}) % 1000000))`
    const open = () => this.#keeper`select pg_advisory_unlock(${LOCKS}, abs(hashtext(${lock}) % 1000000))`
    let over = false
    let failure: unknown
    const running = work()
      .catch((error) => {
        failure = error
      })
      .finally(() => {
        over = true
      })
    for (let wait = FIRST_LOOK; !over; wait = later(wait)) {
      const [waiting] = await this.#sql<{ pid: number }[]>`
        select k.pid from pg_locks k
        where k.locktype = 'advisory' and not k.granted and k.classid = ${LOCKS} and k.objid = abs(hashtext(${lock}) % 1000000)
          and k.database = (select oid from pg_database where datname = current_database())`
      if (waiting) return this.#halted(waiting.pid, running, open, () => failure)
      await Promise.race([running, sleep(wait)])
    }
    await open()
    if (failure) throw failure
    return undefined
  }

  #halted(
    pid: number,
    running: Promise<unknown>,
    open: () => PromiseLike<unknown>,
    failure: () => unknown,
  ): Halted {
    return {
      pid,
      kill: async () => {
        await this.#sql`select pg_terminate_backend(${pid})`
        await running // its failure is expected
        for (;;) {
          const [alive] = await this.#sql`select from pg_stat_activity where pid = ${pid}`
          if (!alive) break
          await sleep(3)
        }
        await open()
      },
      goOn: async () => {
        await open()
        await running
        if (failure()) throw failure()
      },
    }
  }

  /** Does something while others are stopped: if it has to wait for one of them, that one is told to make way. */
  async past<T>(
    halted: () => readonly Halted[],
    work: PromiseLike<T>,
    makeWay: (one: Halted) => Promise<void>,
  ): Promise<T> {
    let over = false
    const done = Promise.resolve(work).finally(() => {
      over = true
    })
    done.catch(() => {})
    for (let wait = FIRST_LOOK; !over && halted().length > 0; wait = later(wait)) {
      // most work is over before anybody could wait for it
      await Promise.race([done.catch(() => {}), sleep(wait)])
      if (over) break
      const pids = halted().map(({ pid }) => pid)
      const [blocked] = await this.#sql<{ by: number }[]>`
        select b as by from pg_stat_activity a cross join unnest(pg_blocking_pids(a.pid)) as b
        where a.datname = current_database() and a.wait_event_type = 'Lock' and b = any (${pids}) limit 1`
      const one = halted().find(({ pid }) => pid === blocked?.by)
      if (one) await makeWay(one)
    }
    return done
  }
}
