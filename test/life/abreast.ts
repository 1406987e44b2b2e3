// Several lives at once, one more than there are processors, because each waits now and then. Each has its own database on one throw-away
// server.
import { availableParallelism } from 'node:os'
import { connect } from '../../src/db/connection.ts'
import { databaseUrl, prepare, TEMPLATE } from '../helper/server.ts'
import { throwAwayServer } from '../helper/throwaway.ts'
import { Life } from './life.ts'

/** @param pieces each is taken by the next free one */
export async function abreast<T>(
  pieces: Iterable<T>,
  work: (life: Life, piece: T) => Promise<void>,
): Promise<void> {
  const given = process.env['CONFERENTE_TESTE_URL']
  const server = given ? undefined : await throwAwayServer()
  const url = given ?? (server as NonNullable<typeof server>).url
  const admin = connect(url, { max: 1 })
  const queue = pieces[Symbol.iterator]()
  try {
    if (!given) await prepare(url)
    await Promise.all(
      Array.from({ length: availableParallelism() + 1 }, async (_, n) => {
        const name = `vida_${process.pid}_${n}`
        await admin.unsafe(`create database ${name} template ${TEMPLATE} strategy file_copy`)
        const life = new Life(databaseUrl(url, name))
        try {
          await life.prepare()
          for (let next = queue.next(); !next.done; next = queue.next()) await work(life, next.value)
        } finally {
          await life.end()
          await admin.unsafe(`drop database ${name} with (force)`)
        }
      }),
    )
  } finally {
    await admin.end()
    await server?.release()
  }
}
