// What code of the warehouse leaves in a connection of the API is refused where it ran, and gone before the next caller comes.
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { cenario } from '../helper/cenario.ts'

test('a lock by number and a prepared statement do not outlive the next request', async (t) => {
  const cena = await cenario(t)
  await cena.lancar({ id: 1 })
  await cena.processar()
  await cena.sql.unsafe(`
    create function dw.larga() returns trigger language plpgsql as $$
    begin perform pg_advisory_lock(20261123, 4242); execute 'prepare "de ""la" as select 1'; return new; end $$;
    create trigger larga before update on dw.lancamentos for each row execute function dw.larga()`)
  const server = await api(t, cena)
  const ana = await server.token('revisor', 'ana')
  const held = async () => {
    const [row] =
      await cena.sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and objid = 4242
      and database = (select oid from pg_database where datname = current_database())`
    return row?.['n']
  }
  const list = () => server.pedir('/api/v1/divergencias?ordem=id', { token: ana })
  const { id, visto } = (await list()).json.itens[0]
  const approve = () =>
    server.pedir('/api/v1/divergencias/aprovar', {
      token: ana,
      body: { ids: [id], visto: [visto], motivo: 'confere' },
    })
  t.match((await approve()).json, { codigo: 'NC012' })
  t.equal(await held(), 1, 'no rollback takes it out of the session')
  // the pool gives its connections in turn
  for (let n = 0; n < 10; n += 1) t.equal((await list()).status, 200)
  t.equal(await held(), 0, 'the lock is free')
  // the statement's name as well: it would be refused as taken, not as left behind
  for (let n = 0; n < 5; n += 1) t.match((await approve()).json, { codigo: 'NC012' })
})
