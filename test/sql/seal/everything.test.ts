// Everything that decides, and every way in which a superuser could change it behind our back: each change is named, and undone.
// tampered.test.ts covers the facts themselves; here is what may rightfully change, and the schema that guards it all.
import t, { type Test } from 'tap'
import { one, scenario } from '../../helper/scenario.ts'

const c = await scenario(t)
await c.book({ id: 1 }, ...[2, 3, 4, 5, 6].map((id) => ({ id, confianca: 0.5 })), {
  id: 7,
  confianca: 0.5,
  valor: 200_000,
})
const adelia = c.asPerson('adelia')
await adelia`select audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'x')`
await adelia`select audit.alterar_configuracao('limites.linhas', '10', 'x')`
await c.runSession('auto')
const id = async (entry: number) => (await c.finding(entry)).id
await c.approve('ana', await id(2))
await c.reject('ana', await id(3))
await c.typeIn('ana', await id(4), { categoria: 'DITA' })
await c.postpone('ana', null, await id(5))
await c.approve('ana', await id(7))
await c.asPerson('ana')`select audit.reverter_divergencias(${[await id(1)]}, 'x', 'erradas')`
const exception = one(
  await c.asPerson(
    'ana',
  )`select id from audit.declarar_excecao('errada', 'dw.lancamentos', '6', 'x', now() + interval '1 day')`,
)
await c.asPerson('ana')`select audit.revogar_excecao(${exception['id']}, 'x')`
await adelia`select audit.salvar_padrao('descricao', 'contem', 'campanha', 'incluir', 'x')`
await adelia`select audit.salvar_retencao('ISS', 4.25, '2026-01-01', 'LC 116', 'x')`
await adelia`select audit.salvar_sucessora('A', 'B', '2026-01-01', 'x')`
await adelia`select audit.fechar_periodo('2026-01-01', 'x')`
await adelia`select audit.salvar_canal('avisos', 'x', 'slack', 'https://hooks.slack.com/services/x', eventos => array['falha'])`
await adelia`select audit.registrar_pessoa('maria', 'revisor', 'x', 'maria@empresa.com.br')`
await adelia`select audit.ligar_identidade('maria.s', 'maria', 'x')`
await adelia`select audit.criar_convite('maria', 'revisor', sha256('segredo'))`
const token = one(
  await adelia`select id from audit.registrar_token('Painel', 'leitor', now() + interval '9 days')`,
)
await adelia`select audit.revogar_acesso('perdido', token_id => ${token['id']})`
await adelia`select audit.revogar_acesso('saiu', nome => 'Painel')`
// as the engine leaves them where it reads notes, keeps to a schedule and serves channels
await c.sql.unsafe(`set role conferente_dono;
  insert into audit.agendamentos (previsto_para, agendado_por) values ('2026-11-10 10:00Z', 'trabalhador');
  insert into audit_interno.alarmes (tipo, chave) values ('falha', 'x');
  insert into audit.notas (chave, tipo, numero, emitente, data_emissao, emitida_em, valor_total, valor_liquido, finalidade, producao,
    autorizada, confiavel, certificado, resumo_assinado, arquivo)
  values (repeat('1', 44), 'nfe', 1, '12345678000199', '2026-11-01', '2026-11-01 10:00Z', 100, 100, '1', true, true, true, 'x', 'x', 'x.xml');
  insert into audit.notas_recusadas (pasta, arquivo, motivo) values ('x', 'y.xml', 'xml');
  insert into audit_interno.arquivos_notas (sha256) values (sha256('x'));
  insert into audit_interno.divergencias_arquivadas (divergencia_id, arquivamento_id, vezes) values (99, 1, 0);
  insert into audit_interno.fatos_esquecidos (operacao_id, parte, fato_id, esquecimento_id, resumo, agora) values (1, 'autoria', 1, 1, 'x', 'x');
  insert into audit_interno.certificados_notas (sha256, der, valido_de, valido_ate, confiavel) values (sha256('x'), 'x', now(), now(), false);
  insert into audit_interno.cancelamentos_notas (chave, certificado, cancelada_em, aceito, arquivo)
  values (repeat('1', 44), sha256('x'), now(), true, 'z.xml');
  reset role`)
await c.sql`select audit_interno.selar()`

interface Break {
  situacao: string
  objeto: string
}

/** Acts as a superuser, with triggers or without, and asks as a reader what is broken; nothing of it is kept. */
async function broken(act: string, { triggers = false } = {}): Promise<Break[]> {
  const undone = new Error('undone')
  let found: Break[] = []
  await c.sql
    .begin(async (tx) => {
      await tx.unsafe(
        triggers
          ? act
          : `set local session_replication_role = replica; ${act}; set local session_replication_role = origin`,
      )
      await tx`set local role conferente_leitor`
      found = [...(await tx<Break[]>`select situacao, objeto from audit.verificar_integridade()`)]
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw new Error(act, { cause: error })
    })
  return found
}

type Tampering = readonly [name: string, act: string, situacao: string, objeto: string | RegExp]

/** Each of these is named as expected, whatever else is reported. */
async function eachIsNamed(t: Test, list: readonly Tampering[]) {
  for (const [name, act, situacao, objeto] of list) {
    const found = await broken(act)
    const named = found.filter(
      (row) =>
        row.situacao === situacao &&
        (typeof objeto === 'string' ? row.objeto === objeto : objeto.test(row.objeto)),
    )
    t.equal(named.length, 1, `${name}: ${found.map((row) => `${row.situacao} ${row.objeto}`).join('; ')}`)
  }
}

t.test('untouched it is proven', async (t) => {
  t.match(await broken('select'), [{ situacao: 'provada' }])
})

t.test('rows of every table that may change', async (t) => {
  const changes: Record<string, string> = {
    'audit.agendamentos': 'tentativas = 9',
    'audit.canais': `eventos = '{resolvido}'`,
    'audit.codigos_regra': `visto_em = now()`,
    'audit.configuracoes_sistema': `valor = '99' where chave = 'limites.linhas'`,
    'audit.convites': `expira_em = expira_em - interval '1 second'`,
    'audit.excecoes': `revogada_em = null, revogada_por = null`,
    'audit.execucoes_regra': 'corrigidas = 0',
    'audit.identidades': `pessoa = 'ana'`,
    'audit.notas': 'valor_total = 99',
    'audit.notas_recusadas': `motivo = 'dtd'`,
    'audit.notificacoes': `destinatarios = '{outra@empresa.com.br}' where id = 1`,
    'audit.padroes_trade_marketing': `acao = 'excluir'`,
    'audit.periodos': `reaberto_em = now(), reaberto_por = 'x', reaberto_motivo = 'x'`,
    'audit.pessoas': `papel = 'conferente_administrador'`,
    'audit.regras': `prova = 'provada' where nome = 'errada'`,
    'audit.retencoes': `aliquota = 9 where aliquota = 4.25`,
    'audit.revogacoes': `revogado_em = revogado_em - interval '1 day' where nome is not null`,
    'audit.sessoes_processamento': `solicitada_por = 'outra'`,
    'audit.sucessoras_categoria': `para = 'C'`,
    'audit.tokens': `emitido_em = emitido_em + interval '1 hour'`,
    'audit_interno.alarmes': `encerrado_em = now(), desfecho = 'bem'`,
    'audit_interno.arquivos_notas': 'lido_em = now()',
    'audit_interno.automaticas_erradas': 'confianca = 0.1',
    'audit_interno.cancelamentos_notas': 'aceito = false',
    'audit_interno.certificados_notas': 'confiavel = true',
    'audit_interno.destinos_canais': `endereco = 'https://outro.exemplo/'`,
    'audit_interno.divergencias_arquivadas': 'alteracao_id = 1',
    'audit_interno.fatos_esquecidos': `agora = 'y'`,
    'audit_interno.objetos': `resumo = 'x' where objeto = 'função audit_interno.ator()'`,
    'audit_interno.vereditos':
      'certo = not certo where divergencia_id = (select min(divergencia_id) from audit_interno.vereditos)',
    'regra_validacao_valores.somas_retencao': `soma = 50 where tributos = 'ISS 5%'`,
  }
  const watched = (await c.sql`select tabela from audit_interno.vigiadas() order by tabela`).map(
    ({ tabela }) => tabela,
  )
  t.same(Object.keys(changes).sort(), watched, 'all of them, and no others')
  for (const [table, change] of Object.entries(changes)) {
    const [condition] = / where .*/.exec(change) ?? ['']
    const named = async (act: string, what: string) => {
      const found = await broken(act)
      t.ok(
        found.some((row) => row.situacao === 'estado_alterado' && row.objeto.startsWith(`${table} `)),
        `${table} ${what}: ${found.map((row) => `${row.situacao} ${row.objeto}`).join('; ')}`,
      )
    }
    await named(`update ${table} set ${change}`, 'changed')
    // another test covers addresses of channels
    if (table !== 'audit_interno.destinos_canais') await named(`delete from ${table}${condition}`, 'deleted')
  }
  await eachIsNamed(t, [
    [
      'a setting of its own',
      `insert into audit.configuracoes_sistema (chave, valor, padrao, tipo, descricao) values ('x.y', '1', '1', 'inteiro', 'x')`,
      'estado_alterado',
      'audit.configuracoes_sistema x.y',
    ],
    [
      'a verdict added',
      `insert into audit_interno.vereditos (divergencia_id, regra, hash_regra, confianca, sessao_id, certo)
      values (${await id(5)}, 'errada', 'x', 1, 1, true)`,
      'estado_alterado',
      `audit_interno.vereditos ${await id(5)}`,
    ],
    [
      'a session that never was',
      `insert into audit.sessoes_processamento (modo, incremental, regras, solicitada_por) values ('auto', false, '{errada}', 'x')`,
      'estado_alterado',
      /^audit.sessoes_processamento \d+$/,
    ],
    [
      'a revoked token let in again',
      `update audit.tokens set emitido_em = now() + interval '1 hour', expira_em = now() + interval '9 years'`,
      'estado_alterado',
      `audit.tokens ${token['id']}`,
    ],
  ])
})

t.test('the addresses of all channels may be left out of a copy', async (t) => {
  await adelia`select audit.salvar_canal('outros', 'x', 'slack', 'https://hooks.slack.com/services/y', eventos => array['falha'])`
  const some = await broken(
    `delete from audit_interno.destinos_canais where canal_id = (select min(canal_id) from audit_interno.destinos_canais)`,
  )
  t.match(some, [{ situacao: 'estado_alterado', objeto: 'audit_interno.destinos_canais 1' }])
  t.match(await broken('delete from audit_interno.destinos_canais'), [{ situacao: 'provada' }])
})

t.test('the state of a finding, who proposed and who decided, and what was typed', async (t) => {
  const of = async (entry: number, change: string): Promise<Tampering> => [
    `${entry}: ${change}`,
    `update audit.divergencias_processadas set ${change} where id = ${await id(entry)}`,
    'situacao_alterada',
    `audit.divergencias_processadas ${await id(entry)}`,
  ]
  await eachIsNamed(t, [
    await of(4, `valores_digitados = '{"categoria": "OUTRA"}'`),
    await of(4, `proposta_por = 'bruno'`),
    await of(7, `proposta_por = 'bruno'`),
    await of(7, `status = 'aberta', proposta_por = null`),
    await of(2, `decidida_por = 'bruno'`),
    await of(2, `decidida_em = decidida_em - interval '1 microsecond'`),
    await of(2, `status = 'rejeitada'`),
    await of(3, `motivo = 'outro'`),
    await of(3, `status = 'aberta', motivo = null, decidida_em = null, decidida_por = null`),
    await of(5, 'adiada_ate = null'),
    await of(5, `adiada_ate = '2030-01-01'`),
    await of(6, `status = 'resolvida'`),
    await of(6, `encaminhada_para = 'bruno'`),
    await of(1, 'vezes_desfeita = 9'),
  ])
})

t.test('the facts about rows that change', async (t) => {
  const state = `(select max(id) from audit_interno.estados where tabela = 'audit.periodos')`
  await eachIsNamed(t, [
    [
      'changed',
      `update audit_interno.estados set resumos = array[sha256('x')] where id = ${state}`,
      'operacao_alterada',
      /^audit.operacoes/,
    ],
    [
      'who wrote',
      `update audit_interno.estados set autor = 'postgres' where id = ${state}`,
      'operacao_alterada',
      /^audit.operacoes/,
    ],
    [
      'deleted',
      `delete from audit_interno.estados where id = ${state}`,
      'operacao_alterada',
      /^audit.operacoes/,
    ],
    [
      'added, with the row',
      `update audit.periodos set reaberto_em = now(), reaberto_por = 'x', reaberto_motivo = 'x';
      insert into audit_interno.estados (operacao_id, tabela, chaves, resumos) select 9999, a.tabela, array[a.chave], array[a.resumo]
      from audit_interno.estados_agora() a where a.tabela = 'audit.periodos'`,
      'fato_sem_operacao',
      /^audit_interno.estados \d+: \d+ de audit.periodos$/,
    ],
    [
      'added to an operation',
      `insert into audit_interno.estados (operacao_id, tabela, chaves, resumos) values (1, 'audit.periodos', '{1}', '{x}')`,
      'operacao_alterada',
      'audit.operacoes 1',
    ],
  ])
})

t.test('a fact that belongs to no operation', async (t) => {
  const act = (what: string) =>
    c.sql.begin((tx) => tx.unsafe(`set local session_replication_role = replica; ${what}`))
  const state = `id = (select max(id) from audit_interno.estados)`
  const [of] = await c.sql.unsafe(`select operacao_id from audit_interno.estados where ${state}`)
  await act(`update audit_interno.estados set operacao_id = null where ${state}`)
  const found = await c.asPerson('leo')`select situacao from audit.verificar_integridade()`
  t.same(found.map(({ situacao }) => situacao).sort(), ['fato_sem_operacao', 'operacao_alterada'])
  await act(`update audit_interno.estados set operacao_id = ${of?.['operacao_id']} where ${state}`)
  t.match(await broken('select'), [{ situacao: 'provada' }])
})

t.test('the schema: what decides, what guards, and who may', async (t) => {
  const body = (name: string, args: string, returns: string, text: string): Tampering => [
    `another body of ${name}`,
    `create or replace function audit_interno.${name}(${args}) returns ${returns} language plpgsql volatile security definer
      set search_path = pg_catalog, pg_temp as $t$ begin ${text} end $t$`,
    'esquema_alterado',
    `função audit_interno.${name}(${args})`,
  ]
  const nothing =
    'create function audit_interno.nada() returns trigger language plpgsql as $t$ begin return new; end $t$;'
  await eachIsNamed(t, [
    body('recusar_mudanca', '', 'trigger', 'return new;'),
    body('selar_operacao', '', 'trigger', 'return null;'),
    body('anotar_estados', '', 'trigger', 'return null;'),
    body('anotar_situacoes', '', 'trigger', 'return null;'),
    body('atribuir_estado', '', 'trigger', 'return null;'),
    body('exigir_outra_pessoa', '', 'trigger', 'return new;'),
    body('ator', '', 'text', `return 'ana';`),
    [
      'another body of aprovar_divergencias',
      `do $d$ begin execute replace(pg_get_functiondef('audit.aprovar_divergencias(bigint[], text, text[])'::regprocedure),
      'audit_interno.aprovar(', 'audit_interno.aprovar /**/ ('); end $d$`,
      'esquema_alterado',
      'função audit.aprovar_divergencias(ids bigint[], motivo text, visto text[])',
    ],
    [
      'another body of conferir_acesso',
      `do $d$ begin execute replace(pg_get_functiondef('audit_interno.conferir_acesso'::regproc), 'NC020', 'NC021'); end $d$`,
      'esquema_alterado',
      /^função audit_interno.conferir_acesso/,
    ],
    [
      'another body of a rule',
      `do $d$ begin execute replace(pg_get_functiondef('regra_validacao_valores.detectar'::regproc), '$function$', '$function$ '); end $d$`,
      'esquema_alterado',
      /^função regra_validacao_valores.detectar/,
    ],
    [
      'a function that runs as another',
      `alter function audit.rejeitar_divergencias(bigint[], text) security invoker`,
      'esquema_alterado',
      /^função audit.rejeitar_divergencias/,
    ],
    [
      'its settings',
      `alter function audit_interno.ator() set search_path = public, pg_temp`,
      'esquema_alterado',
      'função audit_interno.ator()',
    ],
    [
      'its owner',
      `alter function audit_interno.ator() owner to postgres`,
      'esquema_alterado',
      'função audit_interno.ator()',
    ],
    [
      'who may run it',
      `grant execute on function audit.aprovar_divergencias(bigint[], text, text[]) to public`,
      'esquema_alterado',
      /^função audit.aprovar_divergencias/,
    ],
    ['one gone', 'drop function audit.repetir_pedido', 'esquema_ausente', /^função audit.repetir_pedido/],
    [
      'one of its own',
      `create function audit.aprovar_divergencias(ids bigint[]) returns void language sql as 'select'`,
      'esquema_estranho',
      'função audit.aprovar_divergencias(ids bigint[])',
    ],
    [
      'a check dropped',
      `alter table audit.divergencias_processadas drop constraint divergencias_processadas_check`,
      'esquema_ausente',
      'restrição divergencias_processadas_check de audit.divergencias_processadas',
    ],
    [
      'a check that checks nothing',
      `alter table audit.regras drop constraint regras_check; alter table audit.regras add constraint regras_check check (true)`,
      'esquema_alterado',
      'restrição regras_check de audit.regras',
    ],
    [
      'a foreign key dropped',
      `alter table audit.tokens drop constraint tokens_operacao_id_fkey`,
      'esquema_ausente',
      'restrição tokens_operacao_id_fkey de audit.tokens',
    ],
    [
      'a unique index dropped',
      `drop index audit.notificacoes_sessao`,
      'esquema_ausente',
      'índice notificacoes_sessao de audit.notificacoes',
    ],
    ['a column', `alter table audit.decisoes add column x text`, 'esquema_alterado', 'tabela audit.decisoes'],
    [
      'a default',
      `alter table audit.decisoes alter decidida_em set default now()`,
      'esquema_alterado',
      'tabela audit.decisoes',
    ],
    [
      'a right on facts',
      `grant delete, update on audit.decisoes to conferente_revisor`,
      'esquema_alterado',
      'tabela audit.decisoes',
    ],
    [
      'a right on a column',
      `grant update (motivo) on audit.decisoes to conferente_revisor`,
      'esquema_alterado',
      'tabela audit.decisoes',
    ],
    [
      'a right on the secrets',
      `grant select on audit_interno.destinos_canais to conferente_leitor`,
      'esquema_alterado',
      'tabela audit_interno.destinos_canais',
    ],
    [
      'the owner of a view',
      `alter view audit.vw_operacoes_resumo owner to conferente_administrador`,
      'esquema_alterado',
      'visão audit.vw_operacoes_resumo',
    ],
    [
      'an extra trigger',
      `${nothing} create trigger z before insert on audit.decisoes for each row execute function audit_interno.nada()`,
      'protecao_estranha',
      'gatilho z de audit.decisoes',
    ],
    [
      'an extra trigger on settings',
      `${nothing} create trigger z before update on audit.configuracoes_sistema for each row execute function audit_interno.nada()`,
      'protecao_estranha',
      'gatilho z de audit.configuracoes_sistema',
    ],
    [
      'what puts down changes switched off',
      `alter table audit.regras disable trigger anotar_update`,
      'protecao_desligada',
      'gatilho anotar_update de audit.regras',
    ],
    [
      'what puts down changes gone',
      `drop trigger anotar_update on audit.divergencias_processadas`,
      'protecao_ausente',
      'gatilho anotar_update de audit.divergencias_processadas',
    ],
    [
      'another condition',
      `create or replace trigger exigir_outra_pessoa before update of status on audit.divergencias_processadas
      for each row when (false) execute function audit_interno.exigir_outra_pessoa()`,
      'protecao_alterada',
      'gatilho exigir_outra_pessoa de audit.divergencias_processadas',
    ],
    [
      'a rewrite rule',
      `create rule z as on insert to audit.revogacoes do instead nothing`,
      'esquema_estranho',
      'regra de reescrita z de audit.revogacoes',
    ],
    [
      'row level security',
      `alter table audit.decisoes enable row level security`,
      'esquema_alterado',
      'tabela audit.decisoes',
    ],
    [
      'a policy',
      `create policy z on audit.decisoes using (false)`,
      'esquema_estranho',
      'política z de audit.decisoes',
    ],
    [
      'a view',
      'alter view audit.vw_divergencias_abertas set (security_barrier = true)',
      'esquema_alterado',
      'visão audit.vw_divergencias_abertas',
    ],
    ['a schema', `grant create on schema audit to conferente_leitor`, 'esquema_alterado', 'esquema audit'],
    [
      'rights that are given at birth',
      `alter default privileges for role conferente_dono grant execute on functions to public`,
      'esquema_ausente',
      /permissões padrão de conferente_dono/,
    ],
  ])
})

t.test('a role of ours that was given more rights', async (t) => {
  // a role belongs to the whole server, so only within a transaction that is undone
  await eachIsNamed(t, [
    [
      'a member',
      'grant pg_read_all_data to conferente_leitor',
      'esquema_alterado',
      'papel conferente_leitor',
    ],
    [
      'past all policies',
      'alter role conferente_leitor bypassrls',
      'esquema_alterado',
      'papel conferente_leitor',
    ],
  ])
})

t.test(
  'a change that bypasses our functions is named, even with all triggers on, and a function settles it',
  async (t) => {
    const direct = [
      [
        `update audit.configuracoes_sistema set valor = '99' where chave = 'limites.linhas'`,
        'audit.configuracoes_sistema limites.linhas',
      ],
      [`update audit.regras set limiar = 0.5 where nome = 'errada'`, 'audit.regras errada'],
      [
        `update audit.divergencias_processadas set status = 'resolvida' where id = ${await id(6)}`,
        `audit.divergencias_processadas ${await id(6)}`,
      ],
      [`update audit.notificacoes set status = 'falhou' where id = 1`, 'audit.notificacoes 1'],
    ] as const
    for (const [act, objeto] of direct)
      t.match(await broken(act, { triggers: true }), [{ situacao: 'estado_por_fora', objeto }], act)

    await c.sql`update audit.configuracoes_sistema set valor = '99' where chave = 'limites.linhas'`
    await c.sql`select audit_interno.selar()`
    const leo = c.asPerson('leo')
    t.match(await leo`select situacao, objeto, encontrado from audit.verificar_integridade()`, [
      {
        situacao: 'estado_por_fora',
        objeto: 'audit.configuracoes_sistema limites.linhas',
        encontrado: 'mudada diretamente por postgres',
      },
    ])
    t.match(
      await leo`select tipo, ator, linhas, detalhes from audit.operacoes order by id desc limit 1`,
      [
        {
          tipo: 'registro',
          ator: 'postgres',
          linhas: 1n,
          detalhes: { tabelas: { 'audit.configuracoes_sistema': 1 } },
        },
      ],
      'and the trail says who and when',
    )
    await adelia`select audit.alterar_configuracao('limites.linhas', '10', 'alguém mudou por fora')`
    t.match(await leo`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
  },
)

t.test('what a DBA may do', async (t) => {
  await c.sql.begin(async (tx) => {
    await tx.unsafe(`create role de_fora_${process.pid}; grant usage on schema audit to de_fora_${process.pid};
      grant select on audit.operacoes to de_fora_${process.pid}; create index on audit.operacoes (ator);
      create schema minha; create function minha.f(audit.janela) returns setof audit.achado language plpgsql stable as 'begin return; end';
      alter table audit.operacoes enable always trigger proteger; alter table audit.operacoes set (fillfactor = 90);
      create trigger meu before update on dw.lancamentos for each row execute function suppress_redundant_updates_trigger()`)
    t.match(await tx`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
    await tx`rollback and chain`
  })
})

t.test('setting constraints to immediate changes nothing of this', async (t) => {
  await adelia.begin(async (tx) => {
    await tx`set constraints all immediate`
    await tx`select audit.alterar_configuracao('limites.linhas', '11', 'x')`
    await tx`select audit.alterar_regra('errada', '{"limiar": 0.97}', 'x')`
    await tx`select audit.salvar_padrao('descricao', 'contem', 'campanha nova', 'incluir', 'x')`
  })
  await c.runSession('auto')
  await c.sql`select audit_interno.selar()`
  t.match(await c.asPerson('leo')`select situacao, objeto from audit.verificar_integridade()`, [
    { situacao: 'provada' },
  ])
})
