// When a correction is read again after it was written: wherever PostgreSQL could have stored something other than was asked.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { makeWarehouse } from '../helper/warehouse.ts'

const FACTS = 'create table dw.fatos as select * from dw.lancamentos; drop table dw.lancamentos;'
const VIEWS: Record<string, [string, boolean]> = {
  'a table': ['', false],
  'a view that only shows a table': [`${FACTS} create view dw.lancamentos as select * from dw.fatos`, false],
  'a view that gives columns other names and another order': [
    `${FACTS} alter table dw.fatos rename id to numero;
     create view dw.lancamentos as select categoria, numero as id, valor from dw.fatos`,
    false,
  ],
  'a view of such a view': [
    `${FACTS} create view dw.primeira as select * from dw.fatos; create view dw.lancamentos as select * from dw.primeira`,
    false,
  ],
  'a view that leaves rows out': [
    `${FACTS} create view dw.lancamentos as select * from dw.fatos where categoria <> 'Frete'`,
    true,
  ],
  'a view of a view that leaves rows out': [
    `${FACTS} create view dw.primeira as select * from dw.fatos where valor > 0; create view dw.lancamentos as select * from dw.primeira`,
    true,
  ],
  'a view that shows a column twice, so that one write moves both': [
    `${FACTS} create view dw.lancamentos as select id, categoria, categoria as conta_contabil, valor from dw.fatos`,
    true,
  ],
  'a view that computes a column': [
    `${FACTS} create view dw.lancamentos as select id, upper(categoria) as categoria, valor from dw.fatos`,
    true,
  ],
  'a view that looks a column up': [
    `${FACTS} create view dw.lancamentos as select f.id, f.categoria, (select max(valor) from dw.fatos) as valor from dw.fatos f`,
    true,
  ],
  'a view of two tables': [
    `${FACTS} create view dw.lancamentos as select f.id, f.categoria, g.valor from dw.fatos f join dw.fatos g on g.id = f.id`,
    true,
  ],
  'a view that writes by a trigger': [
    `${FACTS} create view dw.lancamentos as select * from dw.fatos;
     create function dw.gravar() returns trigger language plpgsql as $$ begin return new; end $$;
     create trigger gravar instead of update on dw.lancamentos for each row execute function dw.gravar()`,
    true,
  ],
  'a view that writes by a rule': [
    `${FACTS} create view dw.lancamentos as select * from dw.fatos;
     create rule gravar as on update to dw.lancamentos do instead update dw.fatos set categoria = new.categoria where id = old.id`,
    true,
  ],
  'a view of a table with a trigger': [
    `${FACTS} create view dw.lancamentos as select * from dw.fatos;
     create function dw.gravar() returns trigger language plpgsql as $$ begin return new; end $$;
     create trigger gravar before update on dw.fatos for each row execute function dw.gravar()`,
    true,
  ],
}

t.test('is a row read again after a correction', async (t) => {
  for (const [name, [make, again]] of Object.entries(VIEWS))
    await t.test(name, async (t) => {
      const { sql } = await testDatabase(t)
      await makeWarehouse(sql)
      await sql.unsafe(make)
      const [row] = await sql`select audit_interno.exige_releitura('dw.lancamentos') as again`
      t.equal(row?.['again'], again)
    })
})
