// What commands act on: a database, its people and its two workers, reset for each life.
import { readFileSync } from 'node:fs'
import { connect, connectAs, type InRole, isDatabaseError, type Sql } from '../../src/db/connection.ts'
import {
  detectPart,
  type Reach,
  resumeSession,
  SessionBusy,
  SessionInterrupted,
} from '../../src/session/session.ts'
import { PASSWORD } from '../helper/server.ts'
import { type Halted, type Point, Points } from './points.ts'

export type Person = 'ana' | 'bruno' | 'olivia' | 'adelia'
const PEOPLE: readonly Person[] = ['ana', 'bruno', 'olivia', 'adelia']
const WORKER = 'trabalhador'

interface Worker {
  readonly name: string
  readonly own: InRole
  readonly close: () => Promise<void>
  halted?: Halted & { readonly dies: boolean; readonly pause: AbortController }
}

/** A promise of the design that does not hold. */
export class Broken extends Error {
  constructor(breaks: readonly string[]) {
    super(breaks.join('\n'))
    this.name = 'Broken'
  }
}

/** Errors that a person may get by asking at the wrong moment; anything else is a fault. */
const REFUSALS = /^(NC0|42501|55P03|P0001)/

export class Life {
  /** The superuser: the source system, and the observer. */
  readonly sql: Sql
  readonly points: Points
  readonly workers: readonly Worker[]
  readonly #people: ReadonlyMap<Person, Sql>
  readonly #keeper: Sql
  /** The schedule's clock: it begins three hours before the clocks go back in Lisbon. */
  clock = new Date(0)

  constructor(url: string) {
    const of = (login: string, name: string) => {
      const personal = new URL(url)
      personal.username = login
      personal.password = PASSWORD
      return [personal.href, { name }] as const
    }
    this.sql = connect(url, { max: 1, name: 'life' })
    this.#keeper = connect(url, { max: 1, name: 'life' })
    this.#people = new Map(
      PEOPLE.map((person) => {
        const [address, options] = of(person, person)
        return [person, connect(address, { ...options, max: 1 })]
      }),
    )
    this.workers = ['first', 'second'].map((name) => {
      const own = connectAs('conferente_dono', ...of(WORKER, name))
      const close = own.end.bind(own) as () => Promise<void>
      // kept open between sessions; what it held is released, as when a connection ends
      own.end = async () => {
        const connection = await own.reserve()
        await connection`delete from audit_interno.posses where pid = pg_backend_pid()`
        connection.release()
      }
      return { name, own, close }
    })
    this.points = new Points(this.#keeper, this.sql)
  }

  async prepare(): Promise<void> {
    // nothing here outlives its server, and one generic plan is enough
    await this.sql.unsafe(`do $$ begin
      execute format('alter database %I set synchronous_commit = off', current_database());
      execute format('alter database %I set plan_cache_mode = force_generic_plan', current_database());
    end $$;
    do $$ begin
      create role ${WORKER} login password '${PASSWORD}';
    exception when duplicate_object or unique_violation then null; end $$;
    grant conferente_dono to ${WORKER}`)
    for (const name of ['scene', 'promises', 'begin_again'])
      await this.sql.unsafe(readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8'))
  }

  async begin(): Promise<void> {
    // after a life that broke off, somebody may still be waiting at a point
    for (const worker of this.workers) {
      const { halted } = worker
      delete worker.halted
      await halted?.kill()
    }
    await this.sql`select life.begin_again()`
    this.clock = new Date('2026-10-24T22:00:00Z')
  }

  async end(): Promise<void> {
    await this.stand()
    await Promise.all([
      this.sql.end(),
      this.#keeper.end(),
      ...[...this.#people.values()].map((one) => one.end()),
      ...this.workers.map((worker) => worker.close()),
    ])
  }

  as(person: Person): Sql {
    return this.#people.get(person) as Sql
  }

  halted = (): Halted[] => this.workers.flatMap((worker) => worker.halted ?? [])

  /** Ends the wait of a stopped worker, in the way its command says. */
  #makeWay = async (one: Halted): Promise<void> => {
    const worker = this.workers.find(({ halted }) => halted === one) as Worker
    const { halted } = worker
    delete worker.halted
    if (halted?.dies) await halted.kill()
    else {
      halted?.pause.abort() // it ends its step and begins no other
      await halted?.goOn()
    }
  }

  /** Something that a person, or the source, does; returns the SQLSTATE if it is refused. */
  async attempt(work: () => PromiseLike<unknown>): Promise<string | undefined> {
    try {
      await this.points.past(this.halted, work(), this.#makeWay)
    } catch (error) {
      if (isDatabaseError(error) && REFUSALS.test(error.code)) return error.code
      throw error
    }
    return undefined
  }

  /** The same by a person whose connection is lost at a point. */
  async attemptUntil(
    point: Point | null,
    name: Person,
    work: () => Promise<unknown>,
  ): Promise<string | undefined> {
    if (point === null || this.halted().length > 0) return this.attempt(work)
    return this.attempt(async () => {
      const halted = await this.points.stop(point, name, work)
      await halted?.kill()
      // the driver reports the error once more to the next query
      if (halted) await this.as(name)`select`.catch(() => {})
    })
  }

  /** A worker takes what there is: a session that nobody is running, or else parts of one that somebody is running. */
  async work(index: number, stop: Point | null, dies: boolean): Promise<void> {
    const worker = this.workers[index] as Worker
    if (worker.halted) return this.#makeWay(worker.halted)
    const pause = new AbortController()
    const reach: Reach = {
      open: () => worker.own,
      over: async () => false,
      signal: new AbortController().signal,
      pause: pause.signal,
    }
    const [next] = await this.sql<{ id: bigint }[]>`
      select s.id from audit.sessoes_processamento s
      where s.status in ('agendada', 'em_andamento') and not audit_interno.possuida('sessao ' || s.id)
        and exists (select from graphile_worker.jobs j where j.key = 'processar_sessao:' || s.id) order by s.id limit 1`
    const parts = next
      ? []
      : await this.sql<{ sessao_id: bigint; regra: string; parte: number }[]>`
          select p.sessao_id, p.regra, p.parte from audit_interno.partes_sessao p
          join audit.sessoes_processamento s on s.id = p.sessao_id and s.status = 'em_andamento'
          where p.status = 'pendente' order by p.sessao_id, p.regra, p.parte`
    const work = async () => {
      try {
        if (next) {
          await resumeSession(next.id, {}, reach)
          await this.sql`select graphile_worker.remove_job(${`processar_sessao:${next.id}`})`
        }
        for (const part of parts) await detectPart(part, {}, reach)
      } catch (error) {
        if (!(error instanceof SessionInterrupted || error instanceof SessionBusy)) throw error
      }
    }
    if (stop === null) {
      await this.attempt(work)
      return
    }
    await this.attempt(async () => {
      const halted = await this.points.stop(stop, worker.name, work)
      if (halted) worker.halted = { ...halted, dies, pause }
    })
  }

  /** Waits until nobody waits at a point. */
  async stand(): Promise<void> {
    for (const one of this.halted()) await this.#makeWay(one)
  }

  /** @param whole a session that has just looked at everything while nobody else did anything */
  async keepsPromises(whole: bigint | null = null): Promise<void> {
    const rows = await this
      .sql`select distinct promise, break from life.breaks(${whole}) order by 1, 2 limit 20`
    if (rows.length > 0) throw new Broken(rows.map((row) => `${row['promise']}: ${row['break']}`))
  }

  /** Verifies the chain, all facts and all states; @param publicly as a person would ask for it */
  async proves(publicly = false): Promise<void> {
    const rows = publicly
      ? await this
          .sql`select * from audit.verificar_integridade() where situacao !~ '^(provada|esquema_|protecao_)'`
      : await this.sql`select * from life.unproved()`
    if (rows.length > 0)
      throw new Broken(
        rows.map(
          (row) => `the chain: ${row['situacao']} ${row['objeto']}: ${row['esperado']}, ${row['encontrado']}`,
        ),
      )
  }
}
