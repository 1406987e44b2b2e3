// People who write code that we run (an administrator a rule, a warehouse's owner a trigger, a view, a cast) can do nothing with it
// that they could not do themselves: not in the name of the operator who starts the session, and not with the engine's rights.
// After each attempt nothing of ours has changed, and the session continues without the rule, or the row, concerned.
import t, { type Test } from 'tap'
import { connect, connectAs } from '../../src/db/connection.ts'
import { resumeSession } from '../../src/session/session.ts'
import { ATTACKS, type Attack, carried, ours } from '../helper/adversary.ts'
import { testDatabase } from '../helper/database.ts'
import { asOwner } from '../helper/owner.ts'
import { drawn } from '../helper/thorough.ts'
import { book, makeRule, makeWarehouse, refusalOf } from '../helper/warehouse.ts'

const DOOR = 'audit_interno.ler(text, audit.janela, text[])'
const PATH = 'set search_path = pg_catalog, pg_temp'
/** A rule of the owner's table dela.fato: ERRADA should be CERTA. `onde` is another condition, in which their code may run. */
const RULE = (
  where = 'true',
) => `create or replace function regra_dela.regra(janela audit.janela) returns setof audit.achado
  language plpgsql stable ${PATH} as $regra$ begin
    return query select null::text, t.id::text, '{"categoria": "CERTA"}'::jsonb, 0.99, '{}'::jsonb, 'porque sim', 1.00
    from dela.fato t
    where t.categoria = 'ERRADA' and ${where} and (janela.chaves is null or t.id::text = any (janela.chaves));
  end $regra$`
const TRIGGER = `create or replace function dela.gatilho() returns trigger language plpgsql as $$
  begin perform dela.ataque(); return new; end $$`
const TABLE = 'create table dela.fato (id bigint primary key, categoria text, valor numeric)'

interface Place {
  readonly name: string
  /** To be run as the owner: the relation dela.fato, and where its code runs. */
  readonly setup: string
  readonly afterwards?: string
  readonly prepares?: boolean
  /** Code that runs while we write, in a session that corrects. */
  readonly writes?: boolean
  /** Every attack is tried here; elsewhere only some of them. */
  readonly main?: boolean
  readonly table?: string
}

const PLACES: readonly Place[] = [
  {
    name: 'a preparation',
    setup: `${TABLE}; create function dela.preparar(audit.janela) returns void language plpgsql ${PATH}
      as $$ begin perform dela.ataque(); end $$`,
    prepares: true,
    main: true,
  },
  { name: 'a rule replaced after its trial', setup: TABLE, afterwards: RULE('dela.ataque()'), main: true },
  {
    name: 'an operator that a rule uses',
    setup: `${TABLE};
      create function dela.igual(text, text) returns boolean language plpgsql as $$ begin return dela.ataque(); end $$;
      create operator dela.=== (leftarg = text, rightarg = text, function = dela.igual)`,
    afterwards: RULE(`t.categoria operator(dela.===) 'ERRADA'`),
  },
  {
    name: 'a cast that a rule uses',
    setup: `${TABLE}; create type dela.rotulo as enum ('ERRADA');
      create function dela.como_numero(dela.rotulo) returns bigint language plpgsql as $$ begin return dela.ataque()::int; end $$;
      create cast (dela.rotulo as bigint) with function dela.como_numero(dela.rotulo)`,
    afterwards: RULE(`'ERRADA'::dela.rotulo::bigint = 1`),
  },
  {
    name: 'a function of a view',
    setup: `create table dela.base (id bigint primary key, categoria text, valor numeric);
      create view dela.fato as select id, categoria, valor from dela.base where dela.ataque()`,
    table: 'dela.base',
  },
  {
    name: 'a policy that hides rows',
    setup: `${TABLE}; alter table dela.fato enable row level security; create policy sua on dela.fato using (dela.ataque())`,
  },
  {
    name: `a domain's check`,
    setup: `create domain dela.texto as text check (value is null or value <> 'CERTA' or dela.ataque());
      create table dela.fato (id bigint primary key, categoria dela.texto, valor numeric)`,
    writes: true,
  },
  {
    name: 'a policy on what is written',
    setup: `${TABLE}; alter table dela.fato enable row level security; create policy sua on dela.fato using (true)
      with check (categoria <> 'CERTA' or dela.ataque())`,
    writes: true,
  },
  {
    name: 'a trigger before',
    setup: `${TABLE}; ${TRIGGER}; create trigger sua before update on dela.fato for each row execute function dela.gatilho()`,
    writes: true,
    main: true,
  },
  {
    name: 'a trigger after',
    setup: `${TABLE}; ${TRIGGER}; create trigger sua after update on dela.fato for each statement execute function dela.gatilho()`,
    writes: true,
  },
  {
    name: 'a trigger instead',
    setup: `create table dela.base (id bigint primary key, categoria text, valor numeric);
      create view dela.fato as select id, categoria, valor from dela.base;
      create function dela.gravar() returns trigger language plpgsql security definer as $$
      begin update dela.base b set categoria = new.categoria where b.id = new.id; return new; end $$;
      ${TRIGGER}; create trigger a_sua instead of update on dela.fato for each row execute function dela.gatilho();
      create trigger gravar instead of update on dela.fato for each row execute function dela.gravar()`,
    table: 'dela.base',
    writes: true,
  },
  {
    name: 'a constraint trigger that waits for the end',
    setup: `${TABLE}; ${TRIGGER}; create constraint trigger sua after update on dela.fato deferrable initially deferred
      for each row execute function dela.gatilho()`,
    writes: true,
  },
  {
    name: 'a constraint trigger of another table, fed by a trigger, that waits for the end',
    setup: `${TABLE}; create table dela.outra (id bigint); ${TRIGGER};
      create constraint trigger sua after insert on dela.outra deferrable initially deferred for each row execute function dela.gatilho();
      grant insert on dela.outra to conferente_escrita;
      create function dela.alimentar() returns trigger language plpgsql as $$
      begin insert into dela.outra values (new.id); return new; end $$;
      create trigger alimentar before update on dela.fato for each row execute function dela.alimentar()`,
    writes: true,
  },
]

async function scene(t: Test, place: Place) {
  const { sql, url, connectAs: connectPerson } = await testDatabase(t)
  const adelia = connectPerson('adelia')
  await makeWarehouse(sql)
  await book(sql, { id: '1', categoria: 'ERRADA' }, { id: '2', categoria: 'CERTA' })
  await asOwner(
    sql,
    (owner) => owner`update audit.configuracoes_sistema set valor = '1' where chave = 'limites.fracao'`,
  )
  await sql.unsafe(`create schema dela authorization adelia; grant all on schema dela to public;
    create schema fundo authorization adelia`)
  if ((await sql`select from pg_available_extensions where name = 'dblink'`)[0])
    await sql.unsafe(
      'create schema dela_dblink; grant usage on schema dela_dblink to public; create extension dblink schema dela_dblink',
    )
  const attack = (body: string, how = '') =>
    adelia.unsafe(`create or replace function dela.ataque() returns boolean language plpgsql ${how}
      as $attack$ begin ${body} return true; end $attack$`)
  // each rule has its own schema: when its code changes, auto is taken from it
  await sql.unsafe(
    'create schema regra_dela authorization adelia; grant usage on schema regra_dela to public',
  )
  await attack('')
  await adelia.unsafe(`
    create function dela.no_fim() returns int language plpgsql as $$
    begin update audit.regras set limiar = 0 where nome = 'calma'; perform audit.solicitar_processamento('auto'); return 1; end $$;
    create function dela.como_dona() returns void language plpgsql security definer as $$
    begin execute 'create temp table conferente_reversao (n int)'; end $$;
    create function dela.gatilho_vazio() returns trigger language plpgsql as $$ begin return new; end $$;
    create function dela.nada(audit.janela) returns void language sql return null;
    ${place.setup};
    grant select on dela.fato to conferente_regra, conferente_escrita; grant update on dela.fato to conferente_escrita;
    ${RULE()}`)
  await sql.unsafe(`insert into ${place.table ?? 'dela.fato'} values (0, 'CERTA', 1)`)
  // if a pinned path is changed, functions of PostgreSQL are found here first
  await sql.unsafe(
    'create schema dela_antes authorization adelia; grant usage on schema dela_antes to public',
  )
  await adelia.unsafe(`
    create function dela_antes.format(text, text) returns text language plpgsql as $$
    begin perform dela.no_fim(); return pg_catalog.format($1, $2); end $$;
    create function dela_antes.differs(text, text) returns boolean language plpgsql as $$
    begin perform dela.no_fim(); return not pg_catalog.texteq($1, $2); end $$;
    create operator dela_antes.<> (leftarg = text, rightarg = text, function = dela_antes.differs);
    create function dela_antes.same(bigint, bigint) returns boolean language plpgsql as $$
    begin perform dela.no_fim(); return pg_catalog.int8eq($1, $2); end $$;
    create operator dela_antes.= (leftarg = bigint, rightarg = bigint, function = dela_antes.same)`)
  await adelia`select audit.registrar_regra('atacada', 'dela', 'regra_dela.regra', 'dela.fato', 'id', array['categoria'],
    limiar => 0.9, concessao_correcoes => ${place.writes ? 1_000_000 : null}, concessao_valor => ${place.writes ? 1e12 : null}, preparacao => ${place.prepares ? 'dela.preparar' : null})`
  if (place.afterwards) await adelia.unsafe(place.afterwards)
  const quiet = `null::text, t.id::text, '{}'::jsonb, 0.5, '{}'::jsonb, 'porque sim', 10.00 from dw.lancamentos t
    where t.categoria = 'ERRADA'`
  await makeRule({ sql, adelia }, { nome: 'calma', consulta: quiet })
  await makeRule({ sql, adelia }, { nome: 'parada', consulta: quiet })
  const olivia = await connectPerson('olivia').reserve()
  t.teardown(() => olivia.release())
  await olivia`select from audit.processar_divergencias('manual', '-infinity', 'infinity', '{parada}')`
  await olivia`reset all`
  const baseline = { session: 0n, ours: {} as Record<string, string> }
  const settle = async () => {
    const [last] = await sql`select max(id) as id from audit.sessoes_processamento`
    baseline.session = last?.['id']
    baseline.ours = await ours(sql, baseline.session)
  }
  t.teardown(async () => {
    // roles are the cluster's
    for (const role of ['conferente_regra', 'conferente_escrita'])
      await sql.unsafe(`alter role ${role} reset all`)
  })
  return { sql, url, adelia, olivia, attack, baseline, settle }
}

type Scene = Awaited<ReturnType<typeof scene>>

let next = 100

/** One entry to be corrected, and the operator's session over it. Returns what became of the entry and of the session. */
async function session({ sql, olivia, baseline }: Scene, { writes, table = 'dela.fato' }: Place) {
  const id = next++
  await sql.unsafe(`delete from ${table} where id <> 0; insert into ${table} values (${id}, 'ERRADA', 1)`)
  await olivia.unsafe('reset all; unlisten *; select pg_advisory_unlock_all()')
  if ((await carried(olivia)).preparados.length) await olivia.unsafe('deallocate dela')
  const before = await carried(olivia)
  let failure: string | undefined
  try {
    await olivia`select from audit.processar_divergencias(${writes ? 'auto' : 'manual'}, '-infinity', 'infinity', '{atacada,calma}')`
  } catch (error) {
    failure = (error as Error).message
  }
  const [last] =
    await sql`select id from audit.sessoes_processamento where not incremental order by id desc limit 1`
  const after = { ours: await ours(sql, baseline.session), carried: await carried(olivia) }
  const rules =
    await sql`select regra, status, erro_codigo, erro_mensagem from audit.execucoes_regra where sessao_id = ${last?.['id']}`
  const [finding] = await sql`
    select status, motivo from audit.divergencias_processadas where regra = 'atacada' and registro_id = ${String(id)}`
  const [row] = await sql.unsafe(`select categoria from ${table} where id = ${id}`)
  return {
    failure,
    before: { ours: baseline.ours, carried: before },
    after,
    attacked: rules.find((rule) => rule['regra'] === 'atacada'),
    calm: rules.find((rule) => rule['regra'] === 'calma'),
    finding,
    categoria: row?.['categoria'],
  }
}

type Outcome = Awaited<ReturnType<typeof session>>

/** Nothing of ours has changed, on record or on the connection, and the other rule had its session. */
function unharmed(t: Test, outcome: Outcome) {
  t.equal(outcome.failure, undefined, 'the session goes on')
  t.same(outcome.after.ours, outcome.before.ours, 'nothing of ours has changed')
  t.same(outcome.after.carried, outcome.before.carried, 'nothing stays behind on the connection')
  t.match(outcome.calm, { status: 'concluida' }, 'the other rule ran')
}

/** The rule failed, or the row did, with the reason. */
function told(t: Test, outcome: Outcome) {
  const failed = outcome.attacked?.['status'] === 'falhou'
  t.ok(
    failed
      ? outcome.attacked?.['erro_mensagem']
      : outcome.finding?.['status'] === 'falha' && outcome.finding?.['motivo'],
    `told: ${JSON.stringify([outcome.attacked, outcome.finding])}`,
  )
  t.not(outcome.categoria, 'CERTA', 'the entry was left alone')
}

/** These places share the attacks among them: each attack is tried in one, those marked everywhere in all. */
const main = PLACES.filter((place) => place.main)
const chosen = (place: Place): readonly Attack[] =>
  ATTACKS.filter(
    (attack, i) =>
      ((place.main && i % main.length === main.indexOf(place)) || attack.everywhere) &&
      !(place.writes && attack.readOnly) &&
      !((place.writes || place.prepares) && attack.onlyReading),
  )

for (const place of drawn(PLACES, 4)) {
  t.test(`${place.name} runs with no more rights than its own`, async (t) => {
    const all = await scene(t, place)
    const calm = await session(all, place)
    t.match(calm.attacked, { status: 'concluida' }, 'harmless, it runs')
    if (place.writes) t.equal(calm.categoria, 'CERTA', 'and corrects')
    await all.attack(`raise exception using errcode = 'P0001', message = 'cheguei';`)
    const reached = await session(all, place)
    told(t, reached)
    t.match(JSON.stringify([reached.attacked, reached.finding]), /cheguei/, 'its code does run there')

    await all.settle()
    for (const attack of drawn(chosen(place), 3)) {
      const unable = await attack.unless?.(all.sql)
      await t.test(attack.name, { skip: unable ?? false }, async (t) => {
        await all.attack(attack.body)
        const outcome = await session(all, place)
        if (attack.stays) outcome.after.carried = outcome.before.carried
        unharmed(t, outcome)
        if (!attack.healed && (place.writes || place.prepares || !attack.undone)) told(t, outcome)
      })
    }
    await t.test('all of it, with the traces covered up', async (t) => {
      const attacks = chosen(place).filter(({ unless, stays }) => !unless && !stays)
      await all.attack(
        attacks.map(({ body }) => `begin ${body} exception when others then null; end;`).join('\n'),
      )
      unharmed(t, await session(all, place))
    })
    t.match(await all.sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
    await t.test('as its owner, in the name of the operator', async (t) => {
      await all.attack(
        `perform audit.alterar_configuracao('limites.fracao', '0.77', 'porque sim');`,
        'security definer',
      )
      const outcome = await session(all, place)
      unharmed(t, outcome)
      told(t, outcome)
    })
  })
}

t.test('a rule prepares its own statistics without affecting other rules', async (t) => {
  const place = PLACES.find(({ prepares }) => prepares) as Place
  const all = await scene(t, place)
  const theirs = 'regra_pendente_verificacao.estatistica_mes'
  await all.sql.unsafe(`insert into ${theirs} (mes, linhas) values (1, 1)`)
  await all.adelia.unsafe(`create table dela.contagem (n int); grant all on dela.contagem to conferente_regra;
    create table regra_dela.lista (n int);
    create function dela.na_dela() returns void language plpgsql security definer as $$ begin insert into regra_dela.lista values (1); end $$`)
  await all.attack('insert into dela.contagem values (1);')
  t.match((await session(all, place)).attacked, { status: 'concluida' }, 'it may write in its own schema')
  await all.settle()
  for (const body of [
    `update ${theirs} set linhas = 99;`,
    `delete from ${theirs};`,
    `truncate ${theirs};`,
    `lock table ${theirs} in exclusive mode;`,
    `perform setval('regra_pendente_verificacao.estatistica_categoria_id_seq', 4242);`,
    'perform regra_pendente_verificacao.preparar(null);',
    'perform dela.na_dela();',
    `execute 'grant insert (mes), select (linhas) on ${theirs} to public';`,
    `execute 'alter table ${theirs} rename column linhas to x';`,
    `execute 'alter table ${theirs} drop column linhas';`,
    `execute 'alter table ${theirs} alter column linhas set default 7';`,
    `execute 'alter table ${theirs} set (fillfactor = 10)';`,
    `execute 'alter table ${theirs} drop constraint estatistica_mes_pkey';`,
    `execute 'alter function ${DOOR} depends on extension plpgsql';`,
    `execute 'alter function ${DOOR} security invoker';`,
  ]) {
    await t.test(body, async (t) => {
      await all.attack(body)
      const outcome = await session(all, place)
      unharmed(t, outcome)
      told(t, outcome)
    })
  }
  await t.test('not even in the transaction in which another rule wrote its own', async (t) => {
    await book(all.sql, { id: '3', categoria: 'PENDENTE' })
    await all.attack(`update ${theirs} set linhas = 99;`)
    await all.adelia`select audit.alterar_regra('atacada', '{"prioridade": 999}', 'por último')`
    await all.olivia`
      select from audit.processar_divergencias('manual', '-infinity', 'infinity', '{pendente_verificacao,atacada}')`
    t.match(
      await all.sql`select regra, status from audit.execucoes_regra
        where regra in ('atacada', 'pendente_verificacao') order by sessao_id desc, regra limit 2`,
      [
        { regra: 'atacada', status: 'falhou' },
        { regra: 'pendente_verificacao', status: 'concluida' },
      ],
    )
    t.same([...(await all.sql.unsafe(`select from ${theirs} where linhas = 99`))], [])
  })
})

t.test('foreign code cannot change the door for the next call', async (t) => {
  const place: Place = {
    name: 'a trigger and a policy',
    setup: `${TABLE}; ${TRIGGER}; create trigger sua before update on dela.fato for each row execute function dela.gatilho();
      alter table dela.fato enable row level security; create policy sua on dela.fato using (dela.ataque());
      grant all on dela.fato to conferente_dono`,
    writes: true,
  }
  const all = await scene(t, place)
  await all.settle()
  const write = 'audit_interno.escrever(text, bigint[], text[], text, jsonb)'
  const attack = (change: string, asOwner: string) =>
    all.attack(`if current_user = 'conferente_escrita' then execute 'alter function ${write} ${change}';
      elsif current_user = 'conferente_dono' then ${asOwner} end if;`)
  for (const change of ['security invoker', 'reset all', 'set search_path = dela_antes, pg_catalog']) {
    await t.test(change, async (t) => {
      await attack(
        change,
        `update audit.regras set limiar = 0 where nome = 'calma';
        execute 'create or replace function audit_interno.conferir_rastro(papel regrole, antes text, quem text)
          returns void language sql as $nada$ select $nada$';`,
      )
      const outcome = await session(all, place)
      unharmed(t, outcome)
      told(t, outcome)
      await attack(change, `perform setval('audit.operacoes_id_seq', 4242);`)
      const before = await ours(all.sql, 0n)
      await all.adelia`select * from audit.experimentar_escrita('dela.fato')`
      t.same(await ours(all.sql, 0n), before, 'nor through a trial write')
    })
  }
})

/** Writing to dela.fato feeds a queue whose trigger waits for the commit. */
const QUEUE = (
  schema: string,
  waiting: string,
  { before = '', how = '', first = 'deferred' } = {},
) => `${TABLE};
  create table ${schema}.fila (n int); grant insert on ${schema}.fila to conferente_escrita;
  create function ${schema}.espera() returns trigger language plpgsql as $$ begin ${waiting} return null; end $$;
  create constraint trigger sua after insert on ${schema}.fila deferrable initially ${first}
    for each row execute function ${schema}.espera();
  create function dela.alimentar() returns trigger language plpgsql ${how} as $$
  begin ${before} insert into ${schema}.fila values (1); return new; end $$;
  create trigger alimentar before update on dela.fato for each row execute function dela.alimentar()`

t.test("deferred work gets nobody's rights", async (t) => {
  const again = `if current_user = 'conferente_escrita' then
    set constraints dela.sua deferred; insert into dela.fila values (1); return null; end if; perform dela.ataque();`
  const queues = {
    'it waits again whenever it is fired': QUEUE('dela', again),
    'it is told to wait': QUEUE('dela', again, {
      before: 'set constraints dela.sua deferred;',
      first: 'immediate',
    }),
    'out of reach, after all that waited was fired': QUEUE('fundo', 'perform dela.ataque();', {
      how: 'security definer',
      before: 'set constraints all immediate; set constraints fundo.sua deferred;',
    }),
  }
  const anything = [
    `perform audit.solicitar_processamento('auto');`,
    `perform audit.alterar_configuracao('limites.fracao', '0.77', 'porque sim');`,
    `update audit.regras set limiar = 0 where nome = 'calma';`,
  ]
  for (const [name, setup] of Object.entries(queues)) {
    for (const how of ['in psql', 'by a worker', 'by a superuser at the command line']) {
      await t.test(`${name}, ${how}`, async (t) => {
        const all = await scene(t, { name, setup, writes: true })
        await all.attack(
          anything.map((body) => `begin ${body} exception when others then null; end;`).join('\n'),
        )
        const rules = await all.sql`select nome, limiar from audit.regras order by nome`
        await all.sql.unsafe(`insert into dela.fato values (1, 'ERRADA', 1)`)
        if (how === 'in psql')
          await all.olivia`select from audit.processar_divergencias('auto', '-infinity', 'infinity', '{atacada}')`
        else {
          const [asked] = await all.olivia`
            select id from audit.solicitar_processamento('auto', '-infinity', 'infinity', '{atacada}')`
          const open = () =>
            how === 'by a worker' ? connectAs('conferente_dono', all.url) : connect(all.url, { max: 1 })
          await resumeSession(
            asked?.['id'],
            {},
            { signal: new AbortController().signal, open, over: async () => false },
          )
        }
        t.same(await all.sql`select nome, limiar from audit.regras order by nome`, rules)
        t.match(await all.sql`select valor from audit.configuracoes_sistema where chave = 'limites.fracao'`, [
          { valor: 1 },
        ])
        t.same([...(await all.sql`select from audit.sessoes_processamento where status = 'agendada'`)], [])
        t.match(await all.sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
      })
    }
  }
})

t.test('acts are recorded under the login, whatever foreign code leaves on the connection', async (t) => {
  const place = PLACES.find(({ name }) => name === 'a trigger before') as Place
  const all = await scene(t, place)
  await all.attack(
    `perform set_config('conferente.ator', 'ana', false); perform set_config('conferente.ator', '', true);`,
  )
  await session(all, place)
  await all.olivia`select audit.finalizar_operacao(audit.registrar_operacao('externa', 'depois'))`
  t.match(await all.sql`select ator from audit.operacoes where motivo = 'depois'`, [{ ator: 'olivia' }])
})

t.test("previews and proposals run the warehouse's code with the same care as sessions", async (t) => {
  const { sql, connectAs: connectPerson } = await testDatabase(t)
  const [ana, adelia] = [connectPerson('ana'), connectPerson('adelia')]
  await makeWarehouse(sql)
  await book(sql, { id: '1', descricao: 'brindes' })
  await sql.unsafe(`
    create schema dela authorization adelia; grant usage on schema dela to public; grant usage, create on schema dw to adelia;
    alter table dw.lancamentos rename to base; alter table dw.base owner to adelia`)
  const attack = (body: string) =>
    adelia.unsafe(
      `create or replace function dela.ataque() returns boolean language plpgsql as $$ begin ${body} return true; end $$`,
    )
  await attack('')
  await adelia.unsafe(`create view dw.lancamentos as select * from dw.base where dela.ataque();
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita`)
  const asked = {
    preview: `select from audit.previsao_padrao('descricao', 'contem', 'brinde')`,
    proposals: 'select from audit.propor_padroes()',
  }
  for (const [name, query] of Object.entries(asked)) {
    await attack('')
    t.equal(await refusalOf(ana.unsafe(query)), undefined, `${name} runs`)
    for (const body of [
      'perform from audit.tokens;',
      `update audit.regras set limiar = 0;`,
      `execute 'create table dela.deixada ()';`,
      `execute 'set role conferente_dono';`,
    ]) {
      await attack(body)
      const before = await ours(sql, 0n)
      t.match(
        await refusalOf(ana.unsafe(query)),
        /^(42501|25006|42601|22023|NC012|0A000|2F003)$/,
        `${name}: ${body}`,
      )
      t.same(await ours(sql, 0n), before, 'nothing of ours has changed')
    }
  }
})
