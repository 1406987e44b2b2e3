import t, { type Test } from 'tap'
import { onCitus } from '../helper/cluster.ts'
import { testDatabase } from '../helper/database.ts'
import { drawn } from '../helper/thorough.ts'
import {
  approveAll,
  book,
  findingsIn,
  makeKnown,
  makeRule,
  makeWarehouse,
  photograph,
  proposing,
  rollBack,
  runSession,
} from '../helper/warehouse.ts'

const KEYS = onCitus('it refuses keys and indexes without the distributing column')
const TRIGGER = onCitus('it refuses triggers')
const TYPE = onCitus('it refuses a change of type among other statements')
const WRITER = onCitus('there rules read as the writer does')

/** Five entries in one wrong category, and a rule that corrects them; the test decides what happens on the way. */
async function scene(
  t: Test,
  proposed = `'{"categoria": "Frete"}'::jsonb`,
  columns = ['categoria', 'valor'],
) {
  const { sql, connectAs } = await testDatabase(t)
  const [olivia, adelia, ana, bruno] = [
    connectAs('olivia'),
    connectAs('adelia'),
    connectAs('ana'),
    connectAs('bruno'),
  ]
  await makeWarehouse(sql)
  await makeKnown(sql, 'Frete')
  await book(sql, ...[1, 2, 3, 4, 5].map((id) => ({ id, categoria: 'Errada' })))
  await makeRule(
    { sql, adelia },
    { nome: 'frete', consulta: proposing(proposed, "t.categoria = 'Errada'"), colunas: columns },
  )
  return { sql, olivia, adelia, ana, bruno, url: '' }
}
type Scene = Awaited<ReturnType<typeof scene>>
const categories = async ({ sql }: Scene) =>
  (await sql`select categoria from dw.lancamentos where id > 0 order by id`).map(
    (row) => row['categoria'] as string,
  )
const auto = ({ olivia }: Scene) => runSession(olivia, 'auto', ['frete'])

const DOORKEEPER = (body: string) => `create function dw.porteiro() returns trigger language plpgsql as
  $$ begin if new.id = 3 then ${body} end if; return new; end $$;`
/** The warehouse's objection to row 3, and the SQLSTATE that the person sees. */
const refusals: [string, string, RegExp, string?][] = [
  ['a check', `alter table dw.lancamentos add check (id <> 3 or categoria = 'Errada')`, /23514/],
  [
    'a foreign key',
    `create table dw.pares (id bigint, categoria text, primary key (id, categoria));
     insert into dw.pares select n, c from generate_series(1, 5) n, (values ('Errada'), ('Frete')) v (c) where (n, c) <> (3, 'Frete') union all values (-1001, 'Frete');
     alter table dw.lancamentos add foreign key (id, categoria) references dw.pares`,
    /23503/,
  ],
  [
    'a deferred foreign key',
    `create table dw.pares (id bigint, categoria text, primary key (id, categoria));
     insert into dw.pares select n, c from generate_series(1, 5) n, (values ('Errada'), ('Frete')) v (c) where (n, c) <> (3, 'Frete') union all values (-1001, 'Frete');
     alter table dw.lancamentos add foreign key (id, categoria) references dw.pares deferrable initially deferred`,
    /23503/,
  ],
  [
    'a unique index',
    `update dw.lancamentos set documento = id::text;
     insert into dw.lancamentos (id, documento, categoria) values (9, '3', 'Frete');
     create unique index on dw.lancamentos (documento, categoria)`,
    /23505/,
  ],
  [
    'a trigger that raises',
    `${DOORKEEPER("raise exception 'período fechado';")}
     create trigger porteiro before update on dw.lancamentos for each row execute function dw.porteiro()`,
    /P0001.*período fechado/,
  ],
  [
    'a trigger that raises the SQLSTATE of other databases',
    `${DOORKEEPER("raise exception 'período fechado' using errcode = '45000';")}
     create trigger porteiro before update on dw.lancamentos for each row execute function dw.porteiro()`,
    /45000/,
  ],
  [
    'a trigger whose assertion fails',
    `${DOORKEEPER("assert false, 'sem contrapartida';")}
     create trigger porteiro before update on dw.lancamentos for each row execute function dw.porteiro()`,
    /P0004.*contrapartida/,
  ],
  [
    'a trigger whose subquery finds two rows',
    `${DOORKEEPER('perform (select 1 from generate_series(1, 2));')}
     create trigger porteiro before update on dw.lancamentos for each row execute function dw.porteiro()`,
    /21000/,
  ],
  [
    'a trigger that returns nothing',
    `${DOORKEEPER('return null;')}
     create trigger porteiro before update on dw.lancamentos for each row execute function dw.porteiro()`,
    /não gravou/,
  ],
  [
    'a deferred constraint trigger',
    `${DOORKEEPER("raise exception 'balanço não fecha';")}
     create constraint trigger porteiro after update on dw.lancamentos deferrable initially deferred
     for each row execute function dw.porteiro()`,
    /P0001.*balanço/,
  ],
  ['a column too short', 'alter table dw.lancamentos alter categoria type varchar(6)', /22001/, 'Fretamento'],
  [
    'a domain too short',
    'create domain dw.curta as varchar(6); alter table dw.lancamentos alter categoria type dw.curta',
    /22001/,
    'Fretamento',
  ],
  [
    'a domain that checks',
    `create domain dw.conferida as text check (value <> 'Fretamento');
     alter table dw.lancamentos alter categoria type dw.conferida`,
    /23514/,
    'Fretamento',
  ],
]
for (const [name, ddl, reason, long] of drawn(refusals, 4)) {
  const skip = name.includes('trigger')
    ? TRIGGER
    : /key|index/.test(name)
      ? KEYS
      : name.includes('domain') && TYPE
  t.test(
    `${name} refuses one correction: it fails with the reason, the others are made`,
    { skip },
    async (t) => {
      const proposed = long
        ? `jsonb_build_object('categoria', case t.id when 3 then '${long}' else 'Frete' end)`
        : undefined
      // auto would not write a text that no entry can have
      for (const mode of long ? ['aprovação'] : ['auto', 'aprovação']) {
        const c = await scene(t, proposed)
        await c.sql.unsafe(ddl)
        if (mode === 'auto') {
          t.match(await auto(c), { status: 'concluida_com_falhas', corrigidas: 4n, falhas: 1n }, mode)
        } else {
          await runSession(c.olivia, 'manual', ['frete'])
          await approveAll(c.ana, ...(await findingsIn(c.ana)).map((d) => d['id']))
        }
        t.same((await categories(c)).slice(0, 5), ['Frete', 'Frete', 'Errada', 'Frete', 'Frete'], mode)
        t.match(await findingsIn(c.ana, 'falha'), [{ registro_id: '3', motivo: reason }], mode)
        t.equal(
          (await c.sql`select from audit.alteracoes`).length,
          4,
          'no image of a row that was not written',
        )
      }
    },
  )
}

const changes: [string, string, string[], string][] = [
  ['deleted', 'delete from dw.lancamentos where id = 3', ['obsoleta'], ''],
  [
    'changed in the column',
    "update dw.lancamentos set categoria = 'Outra' where id = 3",
    ['obsoleta'],
    'Outra',
  ],
  ['changed in a watched column', 'update dw.lancamentos set valor = 7 where id = 3', ['obsoleta'], 'Errada'],
  ['put right', "update dw.lancamentos set categoria = 'Frete' where id = 3", ['resolvida'], 'Frete'],
  ['changed elsewhere', "update dw.lancamentos set documento = 'NF' where id = 3", ['corrigida'], 'Frete'],
]
for (const [name, change, [status], stays] of changes) {
  t.test(`a row ${name} between detection and approval is never overwritten`, async (t) => {
    const c = await scene(t)
    await runSession(c.olivia, 'manual', ['frete'])
    await c.sql.unsafe(change)
    const done = await approveAll(c.ana, ...(await findingsIn(c.ana)).map((d) => d['id']))
    t.same(
      done.map((d) => d['status']).sort(),
      ['corrigida', 'corrigida', 'corrigida', 'corrigida', status].sort(),
    )
    t.same(
      await c.sql`select categoria from dw.lancamentos where id = 3`,
      stays ? [{ categoria: stays }] : [],
    )
  })
}

t.test('a row that is gone before the second approval of typed values is obsolete', async (t) => {
  const c = await scene(t)
  await runSession(c.olivia, 'manual', ['frete'])
  const [d] = (await findingsIn(c.ana)).slice(2)
  await c.ana`select audit.corrigir_manualmente(${d?.['id']}, '{"categoria": "Pedágio"}', 'é pedágio')`
  await c.sql`delete from dw.lancamentos where id = 3`
  t.match(await approveAll(c.bruno, d?.['id']), [{ status: 'obsoleta' }])
})

t.test(
  'a write altered by a trigger is undone, and the reason says what was asked and what was stored',
  { skip: TRIGGER },
  async (t) => {
    for (const when of ['before', 'after']) {
      const c = await scene(t)
      await c.sql.unsafe(`create function dw.caixa() returns trigger language plpgsql as $$ begin
      if pg_trigger_depth() > 1 then return new; end if;
      ${when === 'before' ? 'new.categoria := upper(new.categoria);' : 'update dw.lancamentos set categoria = upper(categoria) where id = new.id;'}
      return new; end $$;
      create trigger caixa ${when} update on dw.lancamentos for each row when (new.categoria = 'Frete') execute function dw.caixa()`)
      const earlier = await photograph(c.sql)
      t.match(await auto(c), { status: 'concluida_com_falhas', corrigidas: 0n, falhas: 5n }, when)
      t.same(await photograph(c.sql), earlier, when)
      t.same(await c.sql`select from audit.alteracoes`, [])
      t.match(
        await findingsIn(c.ana, 'falha'),
        Array(5).fill({
          motivo:
            /em categoria foi pedido "Frete", e ficou "FRETE".*Corrija o gatilho.*conferente diagnostico/,
        }),
        when,
      )
    }
  },
)

t.test(
  "values are compared to the byte, whatever the column's collation considers equal",
  { skip: TYPE },
  async (t) => {
    const c = await scene(t)
    await c.sql.unsafe(`
    create collation public.sem_caixa (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    alter table dw.lancamentos alter column categoria type text collate public.sem_caixa;
    create function dw.caixa() returns trigger language plpgsql as $$ begin new.categoria := upper(new.categoria); return new; end $$;
    create trigger caixa before update on dw.lancamentos for each row execute function dw.caixa()`)
    const earlier = await photograph(c.sql)
    t.match(await auto(c), { corrigidas: 0n, falhas: 5n })
    t.same(await photograph(c.sql), earlier)
  },
)

t.test(
  'a row that only the writer cannot see is refused, not reported as gone',
  { skip: WRITER },
  async (t) => {
    const c = await scene(t)
    await c.sql.unsafe(`
    alter table dw.lancamentos enable row level security;
    create policy tudo on dw.lancamentos for select to conferente_regra using (true);
    create policy filial on dw.lancamentos to conferente_escrita using (id <> 3)`)
    t.match(await auto(c), { status: 'concluida_com_falhas', corrigidas: 4n, falhas: 1n, obsoletas: 0n })
    t.match(await findingsIn(c.ana, 'falha'), [{ registro_id: '3', motivo: /conferente_escrita não vê/ }])
    const made = (await findingsIn(c.ana, 'corrigida')).map((d) => d['id'])
    await c.sql.unsafe('alter policy filial on dw.lancamentos using (id <> 2)')
    const back = await rollBack(c.ana, ...made)
    t.match(
      back.filter((r) => r['registro_id'] === '2'),
      [{ resultado: 'recusada', status: 'corrigida', agora: { categoria: 'Frete' } }],
    )
    t.same(await categories(c), ['Errada', 'Frete', 'Errada', 'Errada', 'Errada'])
  },
)

t.test(
  'a change that a foreign key carries into another column of the row is undone',
  { skip: KEYS },
  async (t) => {
    const c = await scene(t, `'{"categoria": "Frete", "documento": "NF-2"}'::jsonb`, [
      'categoria',
      'documento',
    ])
    await c.sql.unsafe(`
    update dw.lancamentos set documento = id::text, descricao = id::text;
    alter table dw.lancamentos add unique (documento);
    alter table dw.lancamentos add foreign key (descricao) references dw.lancamentos (documento) on update cascade;
    update dw.lancamentos set categoria = 'Certa' where id <> 1`)
    const before = await photograph(c.sql)
    await runSession(c.olivia, 'manual', ['frete'])
    const [open] = await findingsIn(c.ana, 'aberta')
    t.match(await approveAll(c.ana, open?.['id']), [{ status: 'falha', motivo: /descricao/ }])
    t.same(await photograph(c.sql), before)
  },
)

t.test('generated columns may change along with a corrected column', { skip: TRIGGER }, async (t) => {
  const c = await scene(t, `'{"categoria": "Frete", "valor": 60}'::jsonb`)
  await c.sql.unsafe(`
    update dw.lancamentos set valor_documento = 100;
    alter table dw.lancamentos drop column valor_desconto;
    alter table dw.lancamentos add column valor_desconto numeric generated always as (valor_documento - valor) stored;
    create function dw.nada() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger nada before update on dw.lancamentos for each row execute function dw.nada()`)
  const earlier = await photograph(c.sql)
  const session = await auto(c)
  t.match(session, { corrigidas: 5n, falhas: 0n }, session['mensagem'])
  t.match(await c.sql`select distinct valor_desconto from dw.lancamentos where id > 0`, [
    { valor_desconto: '40' },
  ])
  await c.olivia`select * from audit.reverter_sessao(${session['id']}, 'engano')`
  t.same(await photograph(c.sql), earlier)
})

t.test('a correction that its rule still flags is undone, and both operations are kept', async (t) => {
  const c = await scene(t)
  await book(c.sql, { id: '-1', data_lancamento: null, categoria: 'Errada!' })
  await makeRule(c, {
    nome: 'teimosa',
    consulta: proposing(
      `jsonb_build_object('categoria', t.categoria || '!')`,
      't.id in (1, 2) or t.id = 4 and length(t.categoria) = 6',
    ),
  })
  const earlier = await photograph(c.sql)
  t.match(await runSession(c.olivia, 'auto', ['teimosa']), {
    status: 'concluida_com_falhas',
    corrigidas: 1n,
    falhas: 2n,
  })
  t.same(await categories(c), ['Errada', 'Errada', 'Errada', 'Errada!', 'Errada'])
  t.match(await findingsIn(c.ana, 'falha'), [
    { registro_id: '1', motivo: /ainda aponta/ },
    { registro_id: '2' },
  ])
  t.match(
    await c.sql`select o.tipo, a.antes ->> 'categoria' as antes from audit.alteracoes a join audit.operacoes o on o.id = a.operacao_id
      join audit.divergencias_processadas d on d.id = a.divergencia_id where d.registro_id = '1' order by o.id`,
    [
      { tipo: 'correcao', antes: 'Errada' },
      { tipo: 'autoverificacao', antes: 'Errada!' },
    ],
  )
  await rollBack(c.ana, (await findingsIn(c.ana, 'corrigida'))[0]?.['id'])
  t.same(await photograph(c.sql), earlier)
})

const ABSURD: [string, string][] = [
  ['the value that the row has by now', `null::text, t.id::text, '{"categoria": "Frete"}'::jsonb, 0.99`],
  [
    'no confidence',
    `null::text, t.id::text, '{"categoria": "Frete"}'::jsonb, case when t.categoria = 'Errada' then 0.99 end`,
  ],
  [
    'another table',
    `case when t.categoria = 'Frete' then 'dw.outra' end, t.id::text, '{"categoria": "Frete"}'::jsonb, 0.99`,
  ],
]
for (const [name, finding] of ABSURD) {
  t.test(`a rule that answers a correction with ${name}: that row is undone, the others stand`, async (t) => {
    for (const mode of ['auto', 'manual'] as const) {
      const c = await scene(t)
      await makeRule(c, {
        nome: 'teimosa',
        consulta: `${finding}, '{}'::jsonb, 'porque sim', 10.00 from dw.lancamentos t
          where t.id > 0 and (t.categoria = 'Errada' or t.id < 3) and (janela.chaves is null or t.id::text = any (janela.chaves))`,
      })
      await runSession(c.olivia, mode, ['teimosa'])
      if (mode === 'manual') await approveAll(c.ana, ...(await findingsIn(c.ana)).map((d) => d['id']))
      t.same(await categories(c), ['Errada', 'Errada', 'Frete', 'Frete', 'Frete'], mode)
      t.match(await findingsIn(c.ana, 'falha'), [
        { registro_id: '1', motivo: /ainda aponta/ },
        { registro_id: '2' },
      ])
    }
  })
}

t.test('verification finds its rows on any booking date, moved dates and none', async (t) => {
  const c = await scene(t)
  await c.adelia`select audit.alterar_configuracao('sessao.tamanho_lote', '2', 'teste')`
  await c.sql`update dw.lancamentos
    set data_lancamento = case id when 1 then date '2026-01-05' when 2 then '2026-12-30' when 4 then '2026-02-10' end where id < 5`
  await book(c.sql, { id: '-1', data_lancamento: null, categoria: 'Errada!' })
  await makeRule(c, {
    nome: 'teimosa',
    // asking for days does not list rows without one, except in the first look over everything
    consulta: proposing(
      `jsonb_build_object('categoria', t.categoria || '!') || case t.id when 5 then '{"data_lancamento": "2027-05-05"}' else '{}' end::jsonb`,
      `t.id > 0 and (janela.data_inicio is null or t.data_lancamento between janela.data_inicio and janela.data_fim
        or t.data_lancamento is null and janela.chaves is null)`,
    ),
    colunas: ['categoria', 'data_lancamento'],
  })
  await c.sql`update audit.regras set coluna_data = 'data_lancamento' where nome = 'teimosa'`
  const earlier = await photograph(c.sql)
  t.match(await runSession(c.olivia, 'auto', ['teimosa']), { corrigidas: 0n, falhas: 5n })
  t.same(await photograph(c.sql), earlier)
})

/** Where five entries are booked, what the warehouse does about them, and the days at which verification must look. */
const verified = [
  {
    caso: 'each in its place',
    dias: ['2026-01-05', '2026-12-30', '2026-03-03', '2026-02-10', '2025-06-01'],
    ddl: '',
    janela: "(date '2026-01-05', date '2027-05-05')",
    recusadas: 0n,
  },
  {
    caso: 'one refused',
    dias: ['2026-01-05', '2026-12-30', '2025-01-01', '2028-08-08', '2025-06-01'],
    ddl: `alter table dw.lancamentos add check (id <> 3 or categoria = 'Errada')`,
    janela: "(date '2026-01-05', date '2028-08-08')",
    recusadas: 1n,
  },
  {
    caso: 'a trigger books one elsewhere afterwards, which is undone',
    dias: ['2026-01-05', '2026-12-30', '2026-03-03', '2026-02-10', '2025-06-01'],
    ddl: `create function dw.remarcar() returns trigger language plpgsql as
        $$ begin update dw.lancamentos set data_lancamento = '2030-10-10' where id = new.id and new.id = 2; return null; end $$;
      create trigger remarcar after update of categoria on dw.lancamentos for each row execute function dw.remarcar()`,
    janela: "(date '2026-01-05', date '2027-05-05')",
    recusadas: 1n,
  },
]
for (const { caso, dias, ddl, janela, recusadas } of verified) {
  const skip = ddl.includes('trigger') && TRIGGER
  t.test(`verification reads only the days of altered rows: ${caso}`, { skip }, async (t) => {
    const c = await scene(t)
    await c.sql`update dw.lancamentos l set data_lancamento = d.dia
      from unnest(${dias}::date[]) with ordinality as d (dia, id) where d.id = l.id`
    await c.sql.unsafe(ddl)
    await book(c.sql, { id: '-1', data_lancamento: null, categoria: 'Errada!' })
    await makeRule(c, {
      nome: 'mesquinha',
      // entry 5 is moved too, so a separate statement corrects it; asked about any other days, the rule stays unhappy
      consulta: proposing(
        `jsonb_build_object('categoria', t.categoria || '!') || case t.id when 5 then '{"data_lancamento": "2027-05-05"}' else '{}' end::jsonb`,
        `case when janela.chaves is null then t.categoria = 'Errada'
          else (janela.data_inicio, janela.data_fim) is distinct from ${janela} end`,
      ),
      colunas: ['categoria', 'data_lancamento'],
    })
    await c.sql`update audit.regras set coluna_data = 'data_lancamento' where nome = 'mesquinha'`
    t.match(await runSession(c.olivia, 'auto', ['mesquinha']), {
      corrigidas: 5n - recusadas,
      falhas: recusadas,
    })
  })
}

t.test('two rules that disagree on a column leave it to a person, however they name the table', async (t) => {
  for (const table of ['dw.lancamentos', 'DW.Lancamentos']) {
    const c = await scene(t)
    await book(c.sql, { id: '-1', data_lancamento: null, categoria: 'Pedágio' })
    await makeRule(c, {
      nome: 'pedagio',
      consulta: proposing(`'{"categoria": "Pedágio"}'::jsonb`, "t.id = 3 and t.categoria = 'Errada'"),
      tabela: table,
    })
    t.match(await runSession(c.olivia, 'auto', ['frete', 'pedagio']), { corrigidas: 4n })
    t.equal((await categories(c))[2], 'Errada', table)
    t.equal((await findingsIn(c.ana, 'aberta')).length, 2)
  }
})

t.test('batches of any size correct the same rows', async (t) => {
  for (const batch of [1, 3]) {
    const c = await scene(t)
    await c.adelia`select audit.alterar_configuracao('sessao.tamanho_lote', ${batch as never}::jsonb, 'teste')`
    t.match(await auto(c), { status: 'concluida', corrigidas: 5n })
    t.same(new Set(await categories(c)), new Set(['Frete']))
    t.equal((await c.sql`select from audit.operacoes where tipo = 'correcao'`).length, Math.ceil(5 / batch))
  }
})
