// What the warehouse checks only at commit: for the written row it is checked at once, for the caller's own writes not before the
// caller commits.
import t from 'tap'
import { type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

/**
 * Two tables of the person's own, one of which waits for the other until the commit, in a place where the engine may name what
 * waits.
 */
const book = (c: Scenario) =>
  c.sql.unsafe(`create schema livro; grant usage on schema livro to public;
    create table livro.nota (id int primary key);
    create table livro.item (id int primary key, nota int references livro.nota deferrable initially deferred);
    grant all on livro.nota, livro.item to public`)

t.test("an approval does not fire deferred triggers of the person's own transaction", async (t) => {
  const c = await scenario(t)
  await book(c)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession()
  const ids = (await Promise.all([1, 2, 3].map(async (n) => (await c.finding(n)).id))) as [
    number,
    number,
    number,
  ]
  const ana = await c.connectAs('ana').reserve()
  const approve = (id: number) =>
    ana`select status, explicacao from audit.aprovar_divergencias(${[id]}, 'confere')`
  await ana`begin`
  await ana`insert into livro.item values (1, 1)`
  t.match(await approve(ids[0]), [{ status: 'corrigida' }])
  await ana`insert into livro.nota values (1)`
  t.match(await approve(ids[1]), [{ status: 'corrigida' }])
  await ana`insert into livro.item values (2, 2)`
  t.match(await approve(ids[2]), [{ status: 'corrigida' }], 'nor anything written between two acts')
  await ana`insert into livro.nota values (2)`
  await ana`commit`
  await ana`begin`
  await ana`insert into livro.item values (3, 3)`
  await ana`select from audit.reverter_divergencias(${[ids[0]]}, 'engano')`
  t.equal(await sqlstate(ana`commit`), '23503', 'and it still waits')
  ana.release()
  t.equal(await c.categoria(1), 'CERTA')
  t.equal(await c.categoria(3), 'CERTA')
})

t.test("a warehouse trigger's deferred work is checked, separately from the person's own", async (t) => {
  const c = await scenario(t)
  await book(c)
  await c.sql.unsafe(`create table livro.trilha (id bigint, nota int references livro.nota deferrable initially deferred);
    grant all on livro.trilha to conferente_escrita;
    create function livro.seguir() returns trigger language plpgsql as $$
    begin insert into livro.trilha values (new.id, case when new.id = 2 then 9 end); return new; end $$;
    create trigger seguir after update on dw.lancamentos for each row execute function livro.seguir()`)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession()
  const ids = await Promise.all([1, 2, 3].map(async (n) => (await c.finding(n)).id))
  const ana = await c.connectAs('ana').reserve()
  await ana`begin`
  await ana`insert into livro.item values (1, 1)`
  // one after the other: what the trigger feeds the second time is the engine's just like the first
  const became = []
  for (const id of ids)
    became.push(...(await ana`select status, explicacao from audit.aprovar_divergencias(${[id]}, 'confere')`))
  t.match(became, [
    { status: 'corrigida' },
    { status: 'falha', explicacao: /23503/ },
    { status: 'corrigida' },
  ])
  await ana`insert into livro.nota values (1)`
  await ana`commit`
  ana.release()
})
